import type { At } from '../facts/index.ts';
import type { History } from '../lifecycle/index.ts';
import type { OpsEntry, Program } from '../program/index.ts';
import { compare } from '../rules/index.ts';
import { registrationsOf } from '../rules/reading.ts';
import { isIn, type Focus } from './focus.ts';
import type { OpsReading, SourceRange } from './types.ts';

/** What histories show of registrations: plain data. */
export interface Registered {
  /** For each module the ops that its init registers when all goes well, in order. */
  readonly lists: readonly { readonly module: string; readonly list: readonly { ops: string; isDevice: boolean }[] }[];
  readonly calls: readonly { readonly ops: string; readonly at: OpsReading['registrations'][number] }[];
}

/** The registrations of modules, as far as they have been seen. */
export class Registrations {
  private readonly lists = new Map<string, Registered['lists'][number]['list']>();
  private readonly calls = new Map<string, Registered['calls'][number]>();

  /** Looks at a run: the one with the most registrations shows the order. */
  note(history: History): void {
    const list: { ops: string; isDevice: boolean }[] = [];
    for (const { step, ops, phase } of registrationsOf(history)) {
      if (!step.call.startsWith('register')) continue;
      const { file, fn, at } = step.place;
      const call = { ops: ops.id, at: { call: step.call, function: fn, ...rangeOf(file, at) } };
      this.calls.set(`${ops.id}|${step.call}|${file}|${at.join(':')}`, call);
      if (step.ok && phase === 'load') list.push({ ops: ops.id, isDevice: step.call.endsWith('device') });
    }
    if (history.fate !== 'loaded' && history.fate !== 'unloaded') return;
    this.offer(`${history.module.file}|${history.module.init?.fn.id ?? ''}`, list);
  }

  data(): Registered {
    return { lists: [...this.lists].map(([module, list]) => ({ module, list })), calls: [...this.calls.values()] };
  }

  adopt({ lists, calls }: Registered): void {
    for (const { module, list } of lists) this.offer(module, list);
    for (const { ops, at } of calls)
      this.calls.set(`${ops}|${at.call}|${at.file}|${at.line}:${at.column}:${at.endLine}:${at.endColumn}`, { ops, at });
  }

  /**
   * What there is to say of each ops that the focus file defines, or that is registered with one of its; of all without
   * one. pernet_list has subsystems before devices, each in the order of registration (net/core/net_namespace.c,
   * first_device); init runs along it and exit in reverse.
   */
  readings(
    program: Program,
    of: { readonly focus: Focus | undefined; readonly moduleOf: (file: string) => string },
  ): OpsReading[] {
    const lists = [...this.lists.values()].map((list) =>
      [...list.filter(({ isDevice }) => !isDevice), ...list.filter(({ isDevice }) => isDevice)].map(({ ops }) => ops),
    );
    const isOfFocus = (id: string): boolean => isIn(of.focus, program.opsEntry(id)?.file ?? '');
    const near = new Set(lists.filter((list) => list.some(isOfFocus)).flat());
    return program
      .allOps()
      .filter(({ id, file }) => isIn(of.focus, file) || near.has(id))
      .sort((a, b) => compare(a.id, b.id))
      .map((ops) => {
        const list = lists.find((each) => each.includes(ops.id));
        return {
          ...readingOf(program, ops, of.moduleOf(ops.file)),
          registrations: [...this.calls.values()].filter((call) => call.ops === ops.id).map(({ at }) => at),
          order: list
            ? { position: list.indexOf(ops.id) + 1, list: list.map((id) => id.slice(id.indexOf('#') + 1)) }
            : null,
        };
      });
  }

  private offer(module: string, list: Registered['lists'][number]['list']): void {
    if (list.length > (this.lists.get(module)?.length ?? 0)) this.lists.set(module, list);
  }
}

function readingOf(
  program: Program,
  { file, fact }: OpsEntry,
  module: string,
): Omit<OpsReading, 'registrations' | 'order'> {
  const text = (name: string): string | null => fact.fields.find((field) => field.name === name)?.text ?? null;
  return {
    name: fact.name,
    ...rangeOf(file, fact.at),
    span: rangeOf(file, fact.span),
    module,
    id: text('id')?.replace(/^&/, '') ?? null,
    size: text('size'),
    callbacks: fact.fields.flatMap(({ name, text: fn, at }) => {
      if (!/^(init|(pre_)?exit\w*)$/.test(name) || fn === 'NULL') return [];
      const entry = program.lookUp(file, fn);
      return [
        {
          field: name,
          function: fn,
          at: rangeOf(file, at),
          definition: entry ? rangeOf(entry.file, entry.fact.at) : null,
        },
      ];
    }),
  };
}

function rangeOf(file: string, [line, column, endLine, endColumn]: At): SourceRange {
  return { file, line, column, endLine, endColumn };
}

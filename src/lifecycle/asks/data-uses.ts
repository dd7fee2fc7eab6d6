import { walkExpression } from '../../facts/ir.ts';
import type { FunctionEntry, Id, OpsEntry, Program } from '../../program/program.ts';
import type { Reach } from '../../program/reach.ts';
import { callbackOf } from '../bodies/callbacks-of.ts';
import { asksFor, asksForLocal, asksOfData, type certainNames } from '../bodies/certain.ts';
import { idOf } from '../bodies/known.ts';

/** When callbacks run that use another ops' data: while it may not be there yet, or no more, or is known to be freed. */
export type When = 'init' | 'exit' | 'gone';

/** That a callback of an ops may use the per-net data of another one. */
export interface DataUse {
  readonly used: Id;
  readonly at: Exclude<When, 'gone'>;
}

/** Which callbacks of a program's ops use the per-net data of which other ops. */
export class DataUses {
  private ids: ReadonlyMap<string, readonly OpsEntry[]> | undefined;

  constructor(
    private readonly program: Program,
    private readonly certain: ReturnType<typeof certainNames>,
  ) {}

  /**
   * Which init or exit callback of an ops comes by another one's id on each of its paths, given a namespace (on each on
   * which it succeeds, where it is the init): one that may return before may well do so when it must. What is freed is not
   * there to be asked whether anything is left to do, whatever its own exit does.
   */
  by(ops: OpsEntry, other: OpsEntry, at: When): string | null {
    const id = idOf(this.program, other);
    if (id === undefined || (at === 'exit' && !hasExit(other))) return null;
    const certain = this.certain[at === 'init' ? 'onSuccess' : 'eachTime'];
    for (const fn of this.callbacksOf(ops, at)) {
      const files = certain.of(fn).get(id);
      if (files && (files.has(other.file) || this.isOnlyId(id)) && (at === 'gone' || !this.asksBefore(fn, id, at)))
        return `${fn.fact.name}()`;
    }
    return null;
  }

  /** Whether the init callback of an ops comes by a variable of a file on each path on which it succeeds. */
  usesAtInit(ops: OpsEntry, name: string, file: string): boolean {
    return this.callbacksOf(ops, 'init').some((fn) => {
      const names = this.certain.onSuccess.of(fn);
      const called = [...names].flatMap(([callee, files]) =>
        [...files].flatMap((by) => this.program.resolveFunction(by, callee) ?? []),
      );
      return names.get(name)?.has(file) === true && ![fn, ...called].some((each) => asksFor(each, name));
    });
  }

  /** Whose data callbacks of an ops may come by, as far as the words of functions tell. */
  mayBy(ops: OpsEntry, reach: Reach): DataUse[] {
    const whens = ['init', 'exit'] as const;
    return whens.flatMap((at) => {
      const used = new Set<Id>();
      for (const fn of this.callbacksOf(ops, at)) {
        const words = reach.from(fn.file, fn.fact.name, 'calls');
        for (const [id, all] of this.idsByName()) {
          const way = words.get(id);
          if (!way) continue;
          for (const other of all)
            if ((way.file === other.file || all.length === 1) && (at === 'init' || hasExit(other))) used.add(other.id);
        }
      }
      used.delete(ops.id);
      return [...used].map((each) => ({ used: each, at }));
    });
  }

  private callbacksOf(ops: OpsEntry, at: When): FunctionEntry[] {
    const isIt = (field: string): boolean =>
      at === 'init' ? field === 'init' : field.startsWith('exit') || (at === 'gone' && field === 'pre_exit');
    return ops.fact.fields.flatMap(({ name }) => (isIt(name) ? (callbackOf(this.program, ops, name) ?? []) : []));
  }

  /** Whether a function, or one that it calls, looks into the data of an id to see whether anything is left to do. */
  private asksBefore(fn: FunctionEntry, id: string, at: When): boolean {
    const names = this.certain.eachTime.of(fn);
    const own = [
      fn,
      ...[...names].flatMap(([name, files]) =>
        [...files].flatMap((file) => this.program.resolveFunction(file, name) ?? []),
      ),
    ];
    const yields =
      (by: FunctionEntry) =>
      (name: string): boolean => {
        const callee = this.program.resolveFunction(by.file, name);
        return callee !== undefined && this.certain.always.of(callee).has(id);
      };
    return own.some(
      (each) =>
        asksOfData(each, id, yields(each)) ||
        // Data that is not there yet is NULL.
        (at === 'init' && (asksForLocal(each, id, yields(each)) || comparesId(each, id))),
    );
  }

  /** Whether no two ops have an id of this name: elsewhere than in its own file, it is another's then. */
  private isOnlyId(id: string): boolean {
    return this.idsByName().get(id)?.length === 1;
  }

  private idsByName(): ReadonlyMap<string, readonly OpsEntry[]> {
    if (!this.ids) {
      const ids = new Map<string, OpsEntry[]>();
      for (const ops of this.program.allOps()) {
        const name = idOf(this.program, ops);
        if (name !== undefined) ids.set(name, [...(ids.get(name) ?? []), ops]);
      }
      this.ids = ids;
    }
    return this.ids;
  }
}

/** Whether an ops has an exit callback that takes its state down: after pre_exit there may still be readers. */
function hasExit(ops: OpsEntry): boolean {
  return ops.fact.fields.some(({ name }) => name.startsWith('exit'));
}

/** Whether a function asks whether an id is given already. */
function comparesId({ fact }: FunctionEntry, id: string): boolean {
  return (fact.blocks ?? []).some(
    ({ end }) =>
      end.e === 'branch' &&
      [...walkExpression(end.on)].some(
        (e) =>
          (e.k === 'unary' && e.of.k === 'id' && e.of.name === id) || (e.k === 'id' && e.name === id && e === end.on),
      ),
  );
}

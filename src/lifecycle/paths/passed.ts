import { expressionsOf, successorsOf, walkExpression, type Block, type Expr } from '../../facts/ir.ts';
import { wholeMask } from './place-names.ts';
import type { Summary } from './summary.ts';
import type { TraceStep } from './trace.ts';

/** One call that is passed the address of a local. */
interface Pass {
  readonly call: string;
  readonly index: number;
}

/** The summary of a function that a call by a name follows, and by nothing else; null for any other call. */
export type SummaryOf = (name: string) => Summary | null;

/**
 * What lies in a structure of the function's own, where a block does nothing with it but pass its address to functions
 * that are followed, and nothing after the block looks at it: of that only those members matter that these look at.
 */
export class Passed {
  private readonly passes: readonly (ReadonlyMap<string, readonly Pass[]> | null)[];
  private readonly asked = new Map<number, ReadonlyMap<string, ReadonlySet<string>>>();

  constructor(
    blocks: readonly Block[],
    of: { readonly locals: ReadonlySet<string>; readonly live: readonly ReadonlySet<string>[] },
    private readonly summaryOf: SummaryOf,
  ) {
    this.passes = blocks.map((block) => passesOf(block, of));
  }

  /** Whether what lies at a place (`%param.channels`) makes no difference from a block on. */
  isIdle(block: number, place: string): boolean {
    const passes = this.passes[block];
    if (!passes) return false;
    const [, local, member] = /^%(\w+)\.(\w+)/.exec(place) ?? [];
    if (local === undefined || member === undefined) return false;
    const asked = this.askedIn(block, passes).get(local);
    return asked?.has(member) === false;
  }

  private askedIn(
    block: number,
    passes: ReadonlyMap<string, readonly Pass[]>,
  ): ReadonlyMap<string, ReadonlySet<string>> {
    let asked = this.asked.get(block);
    if (!asked) {
      const members = new Map<string, ReadonlySet<string>>();
      for (const [local, all] of passes) {
        const each = all.map(({ call, index }) => membersAsked(this.summaryOf(call), index));
        if (each.every((one) => one !== null)) members.set(local, new Set(each.flatMap((one) => [...one])));
      }
      this.asked.set(block, (asked = members));
    }
    return asked;
  }
}

/** The locals that a block only passes on by their address, in calls that it makes in any case, and that are not looked at after it. */
function passesOf(
  block: Block,
  { locals, live }: { readonly locals: ReadonlySet<string>; readonly live: readonly ReadonlySet<string>[] },
): ReadonlyMap<string, readonly Pass[]> | null {
  const passes = new Map<string, Pass[]>();
  for (const { fn, args } of certainCalls(block)) {
    if (fn.k !== 'id' || locals.has(fn.name)) continue;
    for (const [index, arg] of args.entries()) {
      if (arg.k !== 'unary' || arg.op !== '&' || arg.of.k !== 'id' || !locals.has(arg.of.name)) continue;
      passes.set(arg.of.name, [...(passes.get(arg.of.name) ?? []), { call: fn.name, index }]);
    }
  }
  if (passes.size === 0) return null;
  const uses = usesIn(block);
  for (const [local, all] of passes)
    if (uses.get(local) !== all.length || successorsOf(block).some((to) => live[to]!.has(local))) passes.delete(local);
  return passes.size === 0 ? null : passes;
}

/** The calls that are made whenever a block is gone through: `f(&x);`, `err = f(&x);`. */
function certainCalls({ steps }: Block): (Expr & { k: 'call' })[] {
  return steps.flatMap((step) => {
    const whole = step.s === 'eval' ? step.of : step.init;
    const made = whole?.k === 'assign' && whole.to.k === 'id' ? whole.from : whole;
    return made?.k === 'call' ? [made] : [];
  });
}

/** How often a block names what. */
function usesIn(block: Block): Map<string, number> {
  const uses = new Map<string, number>();
  const add = (name: string): void => {
    uses.set(name, (uses.get(name) ?? 0) + 1);
  };
  for (const whole of expressionsOf([block]))
    for (const e of walkExpression(whole)) {
      if (e.k === 'id') add(e.name);
      if (e.k === 'other') for (const word of e.text.match(/[A-Za-z_]\w*/g) ?? []) add(word);
    }
  return uses;
}

/** The members behind a parameter that any outcome of a function speaks of; null where one speaks of all that lies there. */
function membersAsked(summary: Summary | null, index: number): ReadonlySet<string> | null {
  if (!summary) return null;
  const members = new Set<string>();
  const parameter = new RegExp(`\\$${index}(?!\\d)(?:->(\\w+))?`, 'g');
  for (const { symbols, writes, steps, handed, value, pending } of summary.outcomes) {
    const names = [...handed, ...writes.keys(), ...steps.flatMap(namesIn)];
    const used = new Set(pending);
    for (const each of [...writes.values(), ...(value ? [value] : [])]) {
      if (each.v === 'addr') names.push(each.path);
      if (each.v === 'sym') used.add(each.id);
    }
    for (const name of names) for (const [, id] of name.matchAll(/#(\d+)/g)) used.add(Number(id));
    for (const [id, { input, mask, place, from }] of symbols) {
      if (!used.has(id) && (input === undefined || mask === wholeMask(input))) continue;
      // That there is something at an address is known.
      if (input !== undefined && input !== `$${index}`) names.push(input);
      names.push(...[place, from].filter((name) => name !== undefined));
    }
    for (const name of names)
      for (const [, member] of name.matchAll(parameter)) {
        if (member === undefined) return null;
        members.add(member);
      }
  }
  return members;
}

/** What a step names in the terms of its function. */
function namesIn(step: TraceStep): string[] {
  switch (step.t) {
    case 'acquire':
      return [...step.of, ...step.args, ...[step.result, step.at].filter((name) => name !== null)];
    case 'release':
      return [...step.of, ...step.targets.flatMap(({ of }) => of.filter((name) => name !== null))];
    case 'stored':
      return [step.result, step.at];
    case 'stop':
      return [step.of];
    case 'use':
      return [step.id];
    case 'pernet':
      return [step.ops];
    default:
      return [];
  }
}

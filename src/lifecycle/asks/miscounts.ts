import { childrenOf, type Expr, type FileFacts } from '../../facts/ir.ts';
import { elementsIn, ofWholeFile } from '../../facts/words.ts';
import type { Program } from '../../program/program.ts';
import { argumentsAt, callsIn, type CallAt } from '../bodies/calls-at.ts';
import { printExpression } from '../bodies/print.ts';

/** Of calls that are passed an array and how much of it is meant: by the kind of their things, which arguments these are. */
interface Counted {
  readonly array: number;
  /** Where the acquiring call is told the number. */
  readonly done: number;
  /** Where the releasing call is. */
  readonly undone: number;
}

const kinds: ReadonlyMap<string, Counted> = new Map([
  ['netfilter hooks', { array: 1, done: 2, undone: 2 }],
  ['xt targets', { array: 0, done: 1, undone: 1 }],
  ['xt matches', { array: 0, done: 1, undone: 1 }],
  ['conntrack helpers', { array: 0, done: 1, undone: 1 }],
  ['percpu counters', { array: 0, done: 3, undone: 1 }],
  ['ciphers', { array: 0, done: 1, undone: 1 }],
]);

/** Whether things of a kind come as an array with their number. */
export function isCounted(kind: string): boolean {
  return kinds.has(kind);
}

/** How many elements a call acquires of an array, and how many another one gives back. */
export interface Miscount {
  readonly array: string;
  /** By what they are: numbers, or what is written where the size of the array is not known. */
  readonly done: string;
  readonly undone: string;
  readonly isFewer: boolean;
}

/** So many elements more than an array has whose size is not known (less, where that is negative), or than none. */
interface Amount {
  readonly base: string;
  readonly more: number;
}

interface Site {
  readonly kind: string;
  readonly acquire: CallAt;
  readonly release: CallAt;
}

/**
 * The numbers that a release and the acquisition which it undoes are passed with the same array, where both are known and
 * they differ: `nf_unregister_net_hooks(net, foo_ops, ARRAY_SIZE(foo_other_ops))`, or what is the size of one array and not
 * quite that (`ARRAY_SIZE(foo_ops) - 1`). Where other calls beside these two name
 * the array in one of the two functions, or another function of the file does, what is left may be theirs; so it may where
 * the array is not the file's own.
 */
export function miscount(program: Program, { kind, acquire, release }: Site): Miscount | null {
  const at = kinds.get(kind);
  if (!at) return null;
  const [done, undone] = [argumentsAt(program, acquire), argumentsAt(program, release)];
  const array = done?.[at.array];
  if (!done || !undone || array?.k !== 'id') return null;
  const other = undone[at.array];
  if (other?.k !== 'id' || other.name !== array.name) return null;
  if (!isOwnOf(program, array.name, [acquire, release])) return null;
  const first = amountOf(program, acquire.place.file, done[at.done], array.name);
  const second = amountOf(program, release.place.file, undone[at.undone], array.name);
  if (!first || !second || first.base !== second.base || first.more === second.more) return null;
  const isOne = [acquire, release].every((own) => {
    const texts = new Map<string, Set<string>>();
    for (const { fn, args } of callsIn(program, own.place)) {
      const name = printExpression(fn);
      if (name === 'ARRAY_SIZE' || !args.some((arg) => isNamed(arg, array.name))) continue;
      texts.set(name, (texts.get(name) ?? new Set()).add(args.map(printExpression).join()));
    }
    const isOther = (name: string): boolean => name !== acquire.call && name !== release.call;
    return texts.get(own.call)?.size === 1 && ![...texts.keys()].some(isOther);
  });
  const amounts = { done: textOf(first), undone: textOf(second), isFewer: second.more < first.more };
  return isOne && !mayGiveSome(program, release, array.name) ? { array: array.name, ...amounts } : null;
}

/**
 * Whether who gives back elements of an array may give back others of it one by one: by a pointer to one (`last = &foo_ops[1]`),
 * or by the call for a single one.
 */
function mayGiveSome(program: Program, { call: release, place }: CallAt, array: string): boolean {
  const fn = program.functionById(`${place.file}#${place.fn}`);
  if (!fn) return true;
  const steps = (fn.fact.blocks ?? []).flatMap((block) => block.steps);
  const isPointer = ({ k }: Expr): boolean => k !== 'call';
  if (steps.some((step) => step.s === 'declare' && step.init && isPointer(step.init) && isNamed(step.init, array)))
    return true;
  return callsIn(program, place).some(({ fn: called }) => `${printExpression(called)}s` === release);
}

function namesCalled(program: Program, place: CallAt['place']): string[] {
  return callsIn(program, place).flatMap(({ fn }) => (fn.k === 'id' ? fn.name : []));
}

/** Whether an array is a static one of a file in which nothing but the functions of some calls names it. */
function isOwnOf(program: Program, array: string, calls: readonly CallAt[]): boolean {
  const [file = '', ...others] = new Set(calls.map(({ place }) => place.file));
  const facts = program.facts(file);
  if (!facts || others.length > 0 || !facts.statics.includes(array)) return false;
  const isLocal = ({ place }: CallAt): boolean => {
    const fact = program.functionById(`${place.file}#${place.fn}`)?.fact;
    const steps = (fact?.blocks ?? []).flatMap((block) => block.steps);
    return fact?.params.includes(array) === true || steps.some((step) => step.s === 'declare' && step.name === array);
  };
  const own = new Set([array, ...calls.map(({ place }) => place.fn)]);
  // Where a function undoes what it has done itself, others only matter that it calls.
  const called = own.size > 2 ? null : new Set(calls.flatMap(({ place }) => namesCalled(program, place)));
  const isNamed = Object.entries(facts.mentions).some(
    ([name, words]) => !own.has(name) && words.includes(array) && (!called || called.has(name)),
  );
  return !isNamed && !calls.some(isLocal) && !isNamedOutside(facts, array);
}

/** Whether what is no function's names an array: a macro, or the initializer of a variable. */
function isNamedOutside({ mentions, aliases }: Pick<FileFacts, 'mentions' | 'aliases'>, array: string): boolean {
  return Object.values(aliases).includes(array) || (mentions[ofWholeFile] ?? []).includes(array);
}

/** Whether an expression names an array for more than its size. */
function isNamed(e: Expr, array: string): boolean {
  if (e.k === 'id') return e.name === array;
  if (e.k === 'call' && e.fn.k === 'id' && e.fn.name === 'ARRAY_SIZE') return false;
  return childrenOf(e).some((child) => isNamed(child, array));
}

/** A number, that of the elements of an array of the file, or what is that much more or less than either. */
function amountOf(program: Program, file: string, e: Expr | undefined, array: string): Amount | null {
  if (e?.k === 'num') return e.value === null ? null : { base: '', more: e.value };
  if (e?.k === 'binary' && (e.op === '-' || e.op === '+')) {
    const of = amountOf(program, file, e.l, array);
    const by = e.r.k === 'num' ? e.r.value : null;
    return of && by !== null ? { base: of.base, more: e.op === '-' ? of.more - by : of.more + by } : null;
  }
  if (e?.k !== 'call' || e.fn.k !== 'id' || e.fn.name !== 'ARRAY_SIZE') return null;
  const [of] = e.args;
  if (of?.k !== 'id') return null;
  const words = program.facts(file)?.mentions[ofWholeFile] ?? [];
  const sizes = words.flatMap((word) => elementsIn(word, of.name) ?? []);
  if (sizes.length === 1) return { base: '', more: sizes[0]! };
  return of.name === array ? { base: printExpression(e), more: 0 } : null;
}

function textOf({ base, more }: Amount): string {
  if (base === '') return `${more}`;
  return more === 0 ? base : `${base} ${more < 0 ? '-' : '+'} ${Math.abs(more)}`;
}

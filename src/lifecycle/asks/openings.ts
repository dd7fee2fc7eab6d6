import { expressionsOf, walkExpression, type Expr } from '../../facts/ir.ts';
import { asksMember, gateAsked } from '../../facts/words.ts';
import type { FunctionEntry, Id, Program } from '../../program/program.ts';
import type { Way } from '../../program/reach.ts';
import { certainBlocks, certainIn } from '../bodies/certain.ts';
import type { Pair, PairsByCall } from '../resources/index.ts';
import type { Place } from '../paths/trace.ts';

/** A call by which an init lets the outside come in, in each namespace; what it is passed as `TraceStep` names that. */
export interface Opening {
  readonly call: string;
  readonly pair: Pair;
  readonly args: readonly string[];
  readonly place: Place;
}

/** What the init of an ops lets the outside call in each namespace, and what of another ops that uses. */
export interface Opened {
  readonly init: string;
  readonly call: string;
  /** The kind of thing that it makes (`Pair.kind`). */
  readonly kind: string;
  readonly uses: string;
  /** Whether what may be called holds the module (`Pair.holdsModule`). */
  readonly holdsModule: boolean;
}

/** Functions farther away are not looked into. */
const mostCalls = 3;

/** The first of these calls whose callbacks use something; null where none is known to. */
export function openedBy(
  program: Program,
  table: PairsByCall,
  init: FunctionEntry,
  uses: (opening: Opening) => string | null,
): Opened | null {
  for (const opening of openingsOf(program, table, init)) {
    const used = uses(opening);
    const { call, pair } = opening;
    if (used !== null)
      return { init: init.fact.name, call, kind: pair.kind, uses: used, holdsModule: pair.holdsModule === true };
  }
  return null;
}

/** The calls that let the outside in and that an init makes on each path on which it succeeds, itself or by what it calls. */
function openingsOf(program: Program, table: PairsByCall, init: FunctionEntry): Opening[] {
  const openings: Opening[] = [];
  const seen = new Set<Id>();
  const collect = (fn: FunctionEntry, calls: number, failures: boolean): void => {
    if (seen.has(fn.id)) return;
    seen.add(fn.id);
    for (const block of certainBlocks(fn.fact.blocks ?? [], { loops: false, failures }))
      for (const whole of certainIn(block))
        for (const e of whole) {
          if (e.k !== 'call' || e.fn.k !== 'id') continue;
          const pair = table.acquires.get(e.fn.name);
          if (pair?.exposes) {
            const place = { file: fn.file, fn: fn.fact.name, at: e.at };
            openings.push({ call: e.fn.name, pair, args: e.args.flatMap((arg) => passedBy(program, fn, arg)), place });
            continue;
          }
          const callee = calls > 0 ? program.resolveFunction(fn.file, e.fn.name) : undefined;
          if (callee) collect(callee, calls - 1, true);
        }
  };
  collect(init, mostCalls, false);
  return openings;
}

/** The functions and variables that an argument is, or that a local which it is was made with: a device's set-up function. */
function passedBy(program: Program, fn: FunctionEntry, arg: Expr): string[] {
  const direct = globalOf(program, fn, arg);
  if (direct !== null) return [direct];
  if (arg.k !== 'id') return [];
  return [...madeFrom(fn, arg.name)].flatMap((e) => globalOf(program, fn, e) ?? []);
}

/** What a function puts into a local, or passes to the call that makes it: `dev->netdev_ops = &foo_ops`. */
function* madeFrom({ fact }: FunctionEntry, local: string): Generator<Expr> {
  const isIt = (e: Expr): boolean => e.k === 'id' && e.name === local;
  for (const { steps } of fact.blocks ?? [])
    for (const step of steps)
      if (step.s === 'declare' && step.name === local && step.init?.k === 'call') yield* step.init.args;
  for (const whole of expressionsOf(fact.blocks ?? []))
    for (const e of walkExpression(whole)) {
      if (e.k !== 'assign') continue;
      if (isIt(e.to) && e.from.k === 'call') yield* e.from.args;
      if (e.to.k === 'field' && e.to.name === 'netdev_ops' && isIt(e.to.of)) yield e.from;
    }
}

function globalOf(program: Program, fn: FunctionEntry, e: Expr): string | null {
  if (e.k === 'unary' && e.op === '&') return e.of.k === 'id' ? globalOf(program, fn, e.of) : null;
  if (e.k !== 'id' || fn.fact.params.includes(e.name)) return null;
  const callee = program.resolveFunction(fn.file, e.name);
  if (callee) return `&fn:${callee.file}#${e.name}`;
  return program.facts(fn.file)?.mentions[e.name] ? `&${e.name}` : null;
}

/** Questions of what is published when all is there, or of who holds the module. */
const askingState = /^(?:smp_load_acquire|READ_ONCE|(?:test_|atomic_|refcount_|static_)\w+|try_module_get)$/;

/** In how few steps what is called may ask. */
const mostStepsToAsking = 3;

/** Whether who is called asks for a variable or a member on the way: it may be shut out until all ops are there. */
export function goesByState(words: ReadonlyMap<string, Way>): boolean {
  const isAsking = (word: string): boolean =>
    word.startsWith(gateAsked('')) || word.startsWith(asksMember('')) || askingState.test(word);
  return [...words].some(([word, way]) => way.within && way.steps <= mostStepsToAsking && isAsking(word));
}

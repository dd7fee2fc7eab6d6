import { expressionsOf, walkExpression, type At, type Block, type Expr } from '../facts/ir.ts';
import type { FunctionEntry, Program } from '../program/program.ts';
import { certainBlocks } from './certain.ts';
import { handsOn } from './known.ts';

/** Calls that open a gate which others ask for by what they pass (include/linux/jump_label.h, arch's barrier.h, rcupdate.h). */
const opening = /^(?:rcu_assign_pointer|smp_store_(?:release|mb)|static_branch_(?:enable|inc)|static_key_enable)$/;

/** The globals that a function sets to a constant, or publishes for others to find: `rcu_assign_pointer(foo_conf, conf)`. */
export function flagsIn(fact: FunctionEntry['fact']): ReadonlySet<string> {
  const flags = new Set<string>();
  for (const expression of expressionsOf(fact.blocks ?? [])) {
    for (const e of walkExpression(expression)) {
      const [to, from] =
        e.k === 'assign' && e.op === '='
          ? [e.to, e.from]
          : e.k === 'call' && e.fn.k === 'id' && e.fn.name === 'WRITE_ONCE'
            ? [e.args[0], e.args[1]]
            : [undefined, undefined];
      if (to?.k === 'id' && from?.k === 'num') flags.add(to.name);
      const gate = e.k === 'call' && e.fn.k === 'id' && opening.test(e.fn.name) ? addressed(e.args[0]) : undefined;
      if (gate?.k === 'id') flags.add(gate.name);
    }
  }
  return flags;
}

/** Calls that close a gate: what they pass is no longer found by who asks for it (the same headers). */
const closing = /^(?:static_branch_(?:disable|dec)|static_key_disable)$/;

/** Calls that reset what they are passed first to what they are passed then. */
const resetting = /^(?:WRITE_ONCE|RCU_INIT_POINTER|rcu_(?:assign|replace)_pointer|smp_store_(?:release|mb)|xchg)$/;

/** A gate that is closed, or opened again, at a place of a function. */
interface Closed {
  readonly name: string;
  readonly at: At;
  /** By how many calls it comes after. */
  readonly calls: number;
  readonly isOpened: boolean;
  /** Whether each way through the function comes by, but for those that ask for the gate itself. */
  readonly isAlways: boolean;
}

/**
 * The gates that a function closes: globals that it resets to 0 or NULL. What it has passed to others by then is rather
 * what has gone: `destroy_workqueue(foo_wq); foo_wq = NULL;`.
 */
function closedIn(fact: FunctionEntry['fact']): readonly Closed[] {
  let closed = closedOf.get(fact);
  if (!closed) closedOf.set(fact, (closed = closedOnce(fact)));
  return closed;
}

const closedOf = new WeakMap<FunctionEntry['fact'], readonly Closed[]>();

function closedOnce({ blocks = [] }: { readonly blocks?: readonly Block[] | null }): readonly Closed[] {
  const closed: Closed[] = [];
  const passed = new Set<string>();
  let calls = 0;
  for (const block of blocks ?? []) {
    for (const e of [...expressionsOf([block])].flatMap((whole) => [...walkExpression(whole)])) {
      const gate = addressed(resetBy(e));
      const opened = addressed(setBy(e));
      const isAlways = (name: string): boolean => isCertain(blocks!, block) || isAskedIn(blocks!, name);
      if (gate?.k === 'id' && !passed.has(gate.name))
        closed.push({ name: gate.name, at: e.at, calls, isOpened: false, isAlways: isAlways(gate.name) });
      else if (opened?.k === 'id')
        closed.push({ name: opened.name, at: e.at, calls, isOpened: true, isAlways: isCertain(blocks!, block) });
      if (e.k !== 'call' || e.fn.k !== 'id') continue;
      calls++;
      if (handsOn.has(e.fn.name) || resetting.test(e.fn.name) || closing.test(e.fn.name)) continue;
      for (const arg of e.args) for (const { name } of namesIn(arg)) passed.add(name);
    }
  }
  // Of what is only set nobody asks.
  const gates = new Set(closed.flatMap(({ name, isOpened }) => (isOpened ? [] : name)));
  return closed.filter(({ name }) => gates.has(name));
}

function isCertain(blocks: readonly Block[], block: Block): boolean {
  return certainBlocks(blocks, { loops: false, failures: true }).includes(block);
}

/** Whether a function decides anything by a variable. */
function isAskedIn(blocks: readonly Block[], name: string): boolean {
  return blocks.some(({ end }) => end.e === 'branch' && namesIn(end.on).some((each) => each.name === name));
}

function namesIn(arg: Expr): readonly (Expr & { readonly k: 'id' })[] {
  return [...walkExpression(arg)].flatMap((e) => (e.k === 'id' ? e : []));
}

/** What an expression resets; undefined for any other. */
function resetBy(e: Expr): Expr | undefined {
  if (e.k === 'assign') return e.op === '=' && isNothing(e.from) ? e.to : undefined;
  if (e.k !== 'call' || e.fn.k !== 'id') return undefined;
  if (closing.test(e.fn.name)) return e.args[0];
  return resetting.test(e.fn.name) && isNothing(e.args[1]) ? e.args[0] : undefined;
}

/** What an expression sets to something else than nothing. */
function setBy(e: Expr): Expr | undefined {
  if (e.k === 'assign') return e.op === '=' && !isNothing(e.from) ? e.to : undefined;
  if (e.k !== 'call' || e.fn.k !== 'id') return undefined;
  return opening.test(e.fn.name) || (resetting.test(e.fn.name) && !isNothing(e.args[1])) ? e.args[0] : undefined;
}

function isNothing(e: Expr | undefined): boolean {
  return (e?.k === 'num' && e.value === 0) || (e?.k === 'id' && e.name === 'NULL');
}

/** Farther than this what closes a gate is not looked for. */
const mostCalls = 2;

/** The gates that a function has closed when it comes to a place of its own, itself or by what it has called by then. */
export function closedBefore(program: Program, fn: FunctionEntry, place: At): ReadonlySet<string> {
  const isBefore = ([line, column]: At): boolean => line < place[0] || (line === place[0] && column < place[1]);
  // What is come to on some ways only may be so for what closes the gate there as well.
  const isAlways = callsIn(fn.fact).some(({ at, isCertain }) => isCertain && at[0] === place[0] && at[1] === place[1]);
  return new Set(closedBy(program, fn, { isDone: isBefore, isAlways }));
}

function closedBy(
  program: Program,
  fn: FunctionEntry,
  { isDone, isAlways }: { readonly isDone: (at: At) => boolean; readonly isAlways: boolean },
  depth = mostCalls,
): string[] {
  const all = closedIn(fn.fact).filter(({ at }) => isDone(at));
  const isClosed = (each: Closed, index: number): boolean =>
    !each.isOpened &&
    (each.isAlways || !isAlways) &&
    !all.slice(index + 1).some((later) => later.name === each.name && later.isOpened && later.isAlways);
  const own = all.filter(isClosed).map(({ name }) => name);
  if (depth === 0) return own;
  const called = callsIn(fn.fact).flatMap(({ name, at }) => {
    const callee = isDone(at) ? program.resolveFunction(fn.file, name) : undefined;
    return callee ? closedBy(program, callee, { isDone: () => true, isAlways: true }, depth - 1) : [];
  });
  return [...own, ...called];
}

/** The calls of a function by name, each with whether every way through the function comes by. */
function callsIn({ blocks }: FunctionEntry['fact']): { name: string; at: At; isCertain: boolean }[] {
  return (blocks ?? []).flatMap((block) =>
    [...expressionsOf([block])].flatMap((whole) =>
      [...walkExpression(whole)].flatMap((e) =>
        e.k === 'call' && e.fn.k === 'id'
          ? { name: e.fn.name, at: e.at, isCertain: isCertain(blocks ?? [], block) }
          : [],
      ),
    ),
  );
}

/** What `flagsIn` and `closedBefore` tell from a function's body, as a text that changes when that does. */
export function flagsText(fact: FunctionEntry['fact']): string {
  const closed = closedIn(fact);
  const gates = closed.map(
    ({ name, calls, isOpened, isAlways }) => `${name}${isOpened ? '+' : '@'}${calls}${isAlways ? '!' : ''}`,
  );
  const calls = closed.length > 0 ? callsIn(fact).map((call) => (call.isCertain ? '!' : '.')) : [];
  return [...flagsIn(fact), ...gates, calls.join('')].join();
}

function addressed(e: Expr | undefined): Expr | undefined {
  return e?.k === 'unary' && e.op === '&' ? e.of : e;
}

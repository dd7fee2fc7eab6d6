import { expressionsOf, walkExpression, type At, type Block, type Expr } from '../../facts/ir.ts';
import type { FunctionEntry, Program } from '../../program/program.ts';
import { certainBlocks } from './certain.ts';
import { handsOn } from './known.ts';
import { settingBy, variableIn, type Setting } from './settings.ts';

/** A variable that is set at a place of a function. */
interface SetAt extends Setting {
  readonly at: At;
  /** By how many calls it comes after. */
  readonly calls: number;
  /** Whether each way through the function comes by. */
  readonly isAlways: boolean;
  /** Whether each way does that does not fail. */
  readonly isUsual: boolean;
}

type Fact = FunctionEntry['fact'];

const setsOf = new WeakMap<Fact, readonly SetAt[]>();

/**
 * What a function sets that others may ask for: what it resets, and what it sets to a constant or publishes. What it has
 * passed to others by the time it resets it is rather what has gone: `destroy_workqueue(foo_wq); foo_wq = NULL;`.
 */
function setsIn(fact: Fact): readonly SetAt[] {
  let sets = setsOf.get(fact);
  if (!sets) setsOf.set(fact, (sets = readSets(fact.blocks ?? [])));
  return sets;
}

function readSets(blocks: readonly Block[]): readonly SetAt[] {
  const sets: SetAt[] = [];
  const passed = new Set<string>();
  const certain = certainIn(blocks);
  let calls = 0;
  for (const block of blocks) {
    for (const e of [...expressionsOf([block])].flatMap((whole) => [...walkExpression(whole)])) {
      const set = settingBy(e);
      if (set && (set.isSet || !passed.has(set.name))) {
        const [isAlways, isUsual] = [certain.all.has(block), certain.usual.has(block)];
        sets.push({ ...set, at: e.at, calls, isAlways, isUsual });
      }
      if (e.k !== 'call' || e.fn.k !== 'id') continue;
      calls++;
      if (set || handsOn.has(e.fn.name) || asking.test(e.fn.name)) continue;
      for (const arg of e.args) for (const name of namesIn(arg)) passed.add(name);
    }
  }
  // Of what is only set to what somebody hands over nobody asks whether it is open.
  const gates = sets.flatMap(({ name, isSet }) => (isSet ? [] : name));
  return sets.filter(({ name, isSet, isPlain }) => !isSet || isPlain || gates.includes(name));
}

/** Calls that only look at what they are passed. */
const asking = /^(?:test_bit(?:_acquire)?|atomic(?:64|_long)?_read(?:_acquire)?)$/;

interface Certain {
  readonly all: ReadonlySet<Block>;
  readonly usual: ReadonlySet<Block>;
}

const certainOf = new WeakMap<readonly Block[], Certain>();

/** Of a function with more blocks than this it is not known by which every way comes. */
const mostBlocks = 400;

/** The blocks by which every way through a function comes, and those by which every one does that does not fail. */
function certainIn(blocks: readonly Block[]): Certain {
  let certain = certainOf.get(blocks);
  if (!certain) {
    const on = (failures: boolean): ReadonlySet<Block> =>
      new Set(blocks.length > mostBlocks ? [] : certainBlocks(blocks, { loops: false, failures }));
    certainOf.set(blocks, (certain = { all: on(true), usual: on(false) }));
  }
  return certain;
}

function namesIn(e: Expr): readonly string[] {
  return [...walkExpression(e)].flatMap((each) => variableIn(each) ?? []);
}

/** Farther than this what sets a gate is not looked for. */
const mostCalls = 2;

/** What sets more than this is no switch of a module. */
const mostSets = 100;

/** A module's functions that make and take down what it is. */
export interface Ends {
  readonly init: FunctionEntry | null;
  readonly exit: FunctionEntry | null;
}

/** The gates that a module's exit has closed when it comes to a place of its own, itself or by what it has called by then. */
export function closedBefore(program: Program, { init, exit }: Ends, place: At): ReadonlySet<string> {
  if (!exit) return new Set();
  const all = setsThrough(program, exit).filter(({ at }) => isBefore(at, place));
  const opened = init ? setsThrough(program, init).flatMap(({ name, isSet }) => (isSet ? name : [])) : null;
  const isClosed = (each: SetAt, index: number): boolean =>
    !each.isSet && !all.slice(index + 1).some((later) => isSame(later, each) && later.isSet && later.isAlways);
  // A gate that stands open until somebody sets it, as `foo_dying` does.
  const isRaised = ({ name, isSet, isPlain }: SetAt): boolean =>
    isSet && isPlain && opened?.includes(name) === false && all.every((other) => other.name !== name || other.isSet);
  return new Set(all.filter((each, index) => isClosed(each, index) || isRaised(each)).map(({ name }) => name));
}

/**
 * The gates that a module's init opens, itself or by what it calls: globals that it sets to a constant, or publishes for
 * others to find, as `rcu_assign_pointer(foo_conf, conf)` does. With a place of its own, not those that stand open there
 * already, which let everybody through.
 */
export function openedBy(program: Program, { init, exit }: Ends, place: At | null): ReadonlySet<string> {
  if (!init) return new Set();
  const all = setsThrough(program, init).filter(({ isSet, isPlain }) => !isSet || isPlain);
  const closed = exit ? setsThrough(program, exit).flatMap(({ name, isSet }) => (isSet ? [] : name)) : [];
  const isOpenAlready = (name: string): boolean => {
    const sets = all.filter((each) => each.name === name);
    const last = sets.at(-1)!;
    // Which way round others ask for it is told by what closes it.
    const isGate = last.isPublished || closed.includes(name);
    return isGate && last.isSet && last.isUsual && sets.every(({ at }) => place !== null && isBefore(at, place));
  };
  return new Set(all.map(({ name }) => name).filter((name) => !isOpenAlready(name)));
}

function isSame(one: Setting, other: Setting): boolean {
  return one.name === other.name && one.bit === other.bit;
}

function isBefore([line, column]: At, place: At): boolean {
  return line < place[0] || (line === place[0] && column < place[1]);
}

/** What a function sets, itself or by what it calls, each at the place of its own where it does. */
function setsThrough(program: Program, fn: FunctionEntry, depth = mostCalls): readonly SetAt[] {
  const own = setsIn(fn.fact);
  if (depth === 0) return own;
  const called = callsIn(fn.fact).flatMap(({ name, at, isAlways, isUsual }) => {
    const callee = program.resolveFunction(fn.file, name);
    if (!callee) return [];
    const sets = setsThrough(program, callee, depth - 1);
    if (sets.length > mostSets) return [];
    return sets.map((set) => ({ ...set, at, isAlways: set.isAlways && isAlways, isUsual: set.isUsual && isUsual }));
  });
  return called.length === 0 ? own : [...own, ...called].sort((a, b) => a.at[0] - b.at[0] || a.at[1] - b.at[1]);
}

/** The calls of a function by name, each with which ways through the function come by. */
function callsIn(fact: Fact): readonly Call[] {
  let calls = callsOf.get(fact);
  if (!calls) callsOf.set(fact, (calls = readCalls(fact.blocks ?? [])));
  return calls;
}

const callsOf = new WeakMap<Fact, readonly Call[]>();

interface Call {
  readonly name: string;
  readonly at: At;
  readonly isAlways: boolean;
  readonly isUsual: boolean;
}

function readCalls(blocks: readonly Block[]): Call[] {
  const { all, usual } = certainIn(blocks);
  return blocks.flatMap((block) =>
    [...expressionsOf([block])].flatMap((whole) =>
      [...walkExpression(whole)].flatMap((e) =>
        e.k === 'call' && e.fn.k === 'id'
          ? { name: e.fn.name, at: e.at, isAlways: all.has(block), isUsual: usual.has(block) }
          : [],
      ),
    ),
  );
}

/** What `openedBy` and `closedBefore` tell from a function's body, as a text that changes when that does. */
export function flagsText(fact: Fact): string {
  const sets = setsIn(fact);
  const each = sets.map(({ name, bit, isSet, isPlain, isPublished, calls, isAlways, isUsual }) =>
    [name, bit, isSet ? '+' : '@', isPlain ? '=' : '', isPublished ? '^' : '', calls, waysOf(isAlways, isUsual)].join(
      '',
    ),
  );
  const calls = sets.length > 0 ? callsIn(fact).map((call) => waysOf(call.isAlways, call.isUsual)) : [];
  return [...each, calls.join('')].join();
}

function waysOf(isAlways: boolean, isUsual: boolean): string {
  return isAlways ? '!' : isUsual ? ':' : '.';
}

import { expressionsOf, type At, type Block, type Expr } from '../facts/ir.ts';
import type { FunctionEntry, Id, OpsEntry, Program } from '../program/program.ts';
import { callbackOf } from './callbacks-of.ts';
import { asksWhich } from './first-namespace.ts';
import { mentions } from './joins.ts';
import { bodyOf, decidesOver } from './loops.ts';
import { callsIn, type Call } from './may-stop.ts';
import { reachedFrom } from './known.ts';
import { speaksOfFirst } from './of-init-net.ts';
import { nameOf } from './body.ts';

/** A call by which an exit callback takes away what init_net has, which it names. */
export interface NamedInitNet {
  readonly call: string;
  readonly at: At;
}

/** What takes something away for good, by its name; not what gives back a reference, nor what tells others of it. */
const takesAway =
  /(?:^|_)(?:unregister\w*|deregister|deinit|destroy|k?v?free\w*|exit|fini|cleanup|kill|queue_purge|retire|teardown)(?:_|$)/;
const tellsOthers = /lock|notif|event|send|msg|trace|log|audit|emit|report|timer/;
/** Takes an element out of a list. */
const takesOff = /^(?:h?list_del(?:_init|_rcu|_init_rcu)?|rb_erase(?:_cached)?)$/;

/**
 * A call by which an exit callback of an ops takes away what it names as init_net's (`retire_sysctl_set(&init_net.sysctls)`,
 * a loop over a list of init_net's), whichever namespace dies: whatever it asks, and with nothing in the call that is not
 * the same for all. Null where it, or what init leads to, speaks of init_net in any other way: it may ask which namespace it is.
 */
export function namedInitNet(program: Program, ops: OpsEntry, fn: FunctionEntry): NamedInitNet | null {
  const blocks = fn.fact.blocks ?? [];
  const init = callbackOf(program, ops, 'init');
  if (speaksOfFirst(fn) !== 1 || (init && [...reachedFrom(program, [init.id])].some(speaksOfIt(program)))) return null;
  const own = new Set([...fn.fact.params, ...localsOf(blocks)]);
  const isOfOwn = (e: Expr): boolean => [...own].some((name) => mentions(e, name));
  const found = blocks.flatMap((block, index) => {
    const { steps, end } = block;
    const called = steps.flatMap((step) => (step.s === 'eval' && step.of.k === 'call' ? [step.of] : []));
    const call = called.find(({ args }) => args.some((arg) => mentions(arg, 'init_net')));
    if (call) return isTaking(program, fn, call) && !isOfOwn(call) && isAlways(blocks, index) ? [call] : [];
    if (end.e !== 'each' || !end.args.slice(1).some((arg) => mentions(arg, 'init_net'))) return [];
    const inside = bodyOf(blocks, index, end.body).map((at) => blocks[at]!);
    const isPlain = inside.every((each) => each.end.e === 'goto');
    const isForOwn = [...expressionsOf(inside)].some((e) => fn.fact.params.some((name) => mentions(e, name)));
    const cursors = end.args.slice(0, 2);
    const isTaken = (each: Call): boolean =>
      takesOff.test(nameOf(each)) ||
      (isTaking(program, fn, each) &&
        cursors.some((cursor) => cursor.k === 'id' && mentions(each.args[0]!, cursor.name)));
    const taken = inside.flatMap(callsIn).find((each) => each.args.length > 0 && isTaken(each));
    return taken && isPlain && !isForOwn && isAlways(blocks, index) ? [taken] : [];
  });
  const [first] = found;
  return first ? { call: nameOf(first), at: first.at } : null;
}

/** Whether a function, by its name, speaks of the first namespace. */
function speaksOfIt(program: Program): (id: Id) => boolean {
  return (id) => {
    const fn = program.functionById(id);
    return fn !== undefined && asksWhich(fn);
  };
}

/** What a function has by a name of its own, the cursors of its loops and what macros declare (`LIST_HEAD(kill)`) included. */
function localsOf(blocks: readonly Block[]): string[] {
  const named = (args: readonly Expr[]): string[] => args.flatMap((arg) => (arg.k === 'id' ? arg.name : []));
  return blocks.flatMap((block) => [
    ...block.steps.flatMap((step) => (step.s === 'declare' ? step.name : [])),
    ...callsIn(block).flatMap((call) => (/^[A-Z_]+$/.test(nameOf(call)) ? named(call.args) : [])),
    ...(block.end.e === 'each' ? named(block.end.args) : []),
  ]);
}

/** Whether a call takes something away by its name, and its body, where it is at hand, whatever that asks. */
function isTaking(program: Program, fn: FunctionEntry, call: Call): boolean {
  const name = nameOf(call);
  if (name === '' || tellsOthers.test(name) || !takesAway.test(name)) return false;
  return (
    program.lookUp(fn.file, name)?.fact.blocks?.every(({ end }) => end.e !== 'branch' || end.loop === true) ?? true
  );
}

/** Whether a block is come to once, whatever a function asks, but for loops through what dies. */
function isAlways(blocks: readonly Block[], target: number): boolean {
  return blocks.every(
    ({ end }, asking) => (end.e !== 'switch' && end.e !== 'branch') || !decidesOver(blocks, asking, target),
  );
}

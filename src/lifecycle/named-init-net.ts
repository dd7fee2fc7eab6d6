import type { At, Block } from '../facts/ir.ts';
import { successorsOf } from '../facts/ir.ts';
import type { FunctionEntry, OpsEntry, Program } from '../program/program.ts';
import { callbackOf } from './callbacks-of.ts';
import { asksWhich } from './first-namespace.ts';
import { mentions } from './joins.ts';
import { blocksFrom, bodyOf } from './loops.ts';
import { callsIn, type Call } from './may-stop.ts';
import { speaksOfFirst } from './of-init-net.ts';
import { kernelTable } from './resources/index.ts';

/** A call by which an exit callback takes away what init_net has, which it names. */
export interface NamedInitNet {
  readonly call: string;
  readonly at: At;
}

/** What takes something away for good, by its name; not what empties it, nor what gives back a reference. */
const takesAway =
  /(?:^|_)(?:un(?:register|hook|link|bind|map|publish|charge)\w*|de(?:register|init|stroy|tach)|free|release|remove|del|delete|exit|fini|cleanup|shutdown|kill|purge|retire|teardown)(?:_|$)/;

/**
 * A call by which an exit callback of an ops takes away what it names as init_net's (`retire_sysctl_set(&init_net.sysctls)`,
 * a loop over a list of init_net's), whichever namespace dies: on all ways through it, with nothing of that namespace in the
 * call. Null where it, or init, speaks of init_net in any other way: it may ask which namespace it is.
 */
export function namedInitNet(program: Program, ops: OpsEntry, fn: FunctionEntry): NamedInitNet | null {
  const blocks = fn.fact.blocks ?? [];
  const all = speaksOfFirst(fn);
  const init = callbackOf(program, ops, 'init');
  if (all === 0 || (init && asksWhich(init))) return null;
  const own = new Set([
    ...fn.fact.params,
    ...blocks.flatMap(({ end }) => (end.e === 'each' ? cursorsOf(end.args) : [])),
  ]);
  const isOfOwn = ({ args }: Call): boolean => args.some((arg) => [...own].some((name) => mentions(arg, name)));
  const found = blocks.flatMap((block, index) => {
    const named = callsIn(block).filter((call) => call.args.some((arg) => mentions(arg, 'init_net')));
    if (named.length === 1 && isTaking(named[0]!) && !isOfOwn(named[0]!) && isAlways(blocks, index)) return [named[0]!];
    const { end } = block;
    if (end.e !== 'each' || !end.args.slice(1).some((arg) => mentions(arg, 'init_net'))) return [];
    const inside = bodyOf(blocks, index, end.body).flatMap((at) => callsIn(blocks[at]!));
    const cursors = cursorsOf(end.args);
    const isNet = inside.some(({ args }) => args.some((arg) => fn.fact.params.some((name) => mentions(arg, name))));
    const taken = inside.find(
      (call) => isTaking(call) && cursors.some((name) => call.args.some((arg) => mentions(arg, name))),
    );
    return taken && !isNet && isAlways(blocks, index) ? [taken] : [];
  });
  const [first] = found;
  return first && found.length === 1 && all === 1 ? { call: nameOf(first), at: first.at } : null;
}

/** The names of what a loop macro goes through, and of what it needs beside that. */
function cursorsOf(args: readonly Call['args'][number][]): string[] {
  return args.flatMap((arg) => (arg.k === 'id' ? arg.name : []));
}

function isTaking(call: Call): boolean {
  const name = nameOf(call);
  return name !== '' && !/lock/.test(name) && (takesAway.test(name) || kernelTable.releases.has(name));
}

/** Whether a block is come to whatever a function asks, but for what loops ask. */
function isAlways(blocks: readonly Block[], target: number): boolean {
  const isAsking = ({ end }: Block): boolean => end.e === 'switch' || (end.e === 'branch' && end.loop !== true);
  return blocks.every((block, index) => {
    if (!isAsking(block) || index === target) return true;
    const arms = successorsOf(block).map((arm) => arm === target || blocksFrom(blocks, [arm], index).has(target));
    return new Set(arms).size === 1;
  });
}

function nameOf({ fn }: Call): string {
  return fn.k === 'id' ? fn.name : '';
}

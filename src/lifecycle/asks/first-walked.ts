import { expressionsOf, type Block, type Expr } from '../../facts/ir.ts';
import type { FunctionEntry, OpsEntry, Program } from '../../program/program.ts';
import { nameOf } from '../bodies/body.ts';
import { callbackOf } from '../bodies/callbacks-of.ts';
import { mentions } from '../bodies/joins.ts';
import { reachedFrom } from '../bodies/known.ts';
import { blocksFrom, bodyOf, isBatch } from '../bodies/loops.ts';
import { callsIn, type Call } from '../bodies/may-stop.ts';
import { isAlways, speaksOfIt, type NamedInitNet } from './named-init-net.ts';
import { isInitNet, speaksOfFirst } from './of-init-net.ts';

/** Brings something to another namespace (net/devlink/dev.c, net/core/dev.c, net/wireless/core.c). */
const moves = /^devlink_reload$|(?:^|_)(?:change|switch|move_to)_net(?:ns|_namespace)?$/;
/** Takes a device away, now or with others (net/core/dev.c). */
const takesDevice = /^unregister_netdevice(?:_queue)?$/;

/** Whether an exit callback looks at the namespaces that die no more than to go through them. */
export function isBlind(fn: FunctionEntry): boolean {
  const blocks = fn.fact.blocks ?? [];
  // The batch itself is only gone through.
  const batches = blocks.flatMap(({ end }) => (end.e === 'each' && isBatch(end.args) ? [end.args] : []));
  const dying = batches.flatMap(([net]) => (net?.k === 'id' ? net.name : []));
  const looked = [...expressionsOf(blocks)].filter((whole) => !batches.some((args) => args.includes(whole)));
  return ![...fn.fact.params, ...dying].some((name) => looked.some((whole) => mentions(whole, name)));
}

/**
 * A call by which an exit callback goes through what init_net has: to take away its devices, of one kind or all, as in
 * `for_each_netdev_safe(&init_net, dev, next) unregister_netdevice_queue(dev, &list)`, or, where it does not look at the
 * namespaces that die, to bring it to init_net, where it is.
 */
export function walkedInFirst(program: Program, ops: OpsEntry, fn: FunctionEntry): NamedInitNet | null {
  const blocks = fn.fact.blocks ?? [];
  const init = callbackOf(program, ops, 'init');
  const spoken = speaksOfFirst(fn);
  if (spoken === 0 || spoken > 2) return null;
  for (const [index, { end }] of blocks.entries()) {
    if (end.e !== 'each' || !isAlways(blocks, index)) continue;
    const cursors = end.args.flatMap((arg) => (arg.k === 'id' ? arg.name : []));
    const body = bodyOf(blocks, index, end.body);
    const inside = body.map((at) => blocks[at]!);
    const isOfCursor = ({ args: [of] }: Call): boolean => of?.k === 'id' && cursors.includes(of.name);
    const isWalked = end.args.some(isInitNet);
    if (spoken === 2 && isBlind(fn)) {
      const ofFirst = isWalked ? inside : onlyOfFirst(blocks, index, body).map((at) => blocks[at]!);
      const isMove = (each: Call): boolean =>
        isOfCursor(each) && moves.test(nameOf(each)) && each.args.slice(1).some(isInitNet);
      const moved = ofFirst.flatMap(callsIn).find(isMove);
      if (moved) return { call: `${nameOf(moved)}()`, at: moved.at, isMove: true };
    }
    if (spoken !== 1 || !isWalked || !inside.every((each) => isPlain(each, cursors))) continue;
    if (init && [...reachedFrom(program, [init.id])].some(speaksOfIt(program))) continue;
    const taken = inside.flatMap(callsIn).find((each) => isOfCursor(each) && takesDevice.test(nameOf(each)));
    if (taken) return { call: `${nameOf(taken)}()`, at: taken.at };
  }
  return null;
}

/** The blocks of a loop that are come to for what is in init_net alone: `if (net_eq(foo_net(foo), &init_net))`. */
function onlyOfFirst(blocks: readonly Block[], head: number, body: readonly number[]): number[] {
  return body.flatMap((asking) => {
    const { end } = blocks[asking]!;
    if (end.e !== 'branch' || end.loop === true) return [];
    const isEqual = saysEqual(end.on);
    if (isEqual === null) return [];
    const [to, other] = isEqual ? [end.then, end.else] : [end.else, end.then];
    const others = blocksFrom(blocks, [other], head);
    const own = blocksFrom(blocks, [to], head);
    return body.filter((at) => own.has(at) && (other === head || !others.has(at)));
  });
}

/** Whether a condition holds for what is init_net, and for nothing else; or for all but that; null where it asks something else. */
function saysEqual(e: Expr): boolean | null {
  if (e.k === 'unary' && e.op === '!') {
    const of = saysEqual(e.of);
    return of === null ? null : !of;
  }
  if (e.k === 'call') return nameOf(e) === 'net_eq' && e.args.some(isInitNet) ? true : null;
  return e.k === 'binary' && /^[!=]=$/.test(e.op) && [e.l, e.r].some(isInitNet) ? e.op === '==' : null;
}

/** Whether all that a block of a loop asks is what kind of thing has been found: `dev->rtnl_link_ops == &foo_link_ops`. */
function isPlain({ end }: Block, cursors: readonly string[]): boolean {
  if (end.e === 'goto') return true;
  if (end.e !== 'branch' || end.loop === true || end.on.k !== 'binary' || !/^[!=]=$/.test(end.on.op)) return false;
  const { l, r } = end.on;
  return (
    l.k === 'field' &&
    l.of.k === 'id' &&
    cursors.includes(l.of.name) &&
    r.k === 'unary' &&
    r.op === '&' &&
    r.of.k === 'id'
  );
}

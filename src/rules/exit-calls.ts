import { expressionsOf, successorsOf, walkExpression, type Block, type Expr } from '../facts/ir.ts';
import type { History } from '../lifecycle/index.ts';
import { callEventOf } from './reading.ts';
import type { Problem } from './rule.ts';

/** Calls of some functions that the callbacks make which cleanup_net() runs once for each namespace. */
export function callsInExit(
  history: History,
  names: readonly string[],
  message: (fn: string, call: string) => string,
): Problem[] {
  const { of } = history.path;
  if (history.fate !== 'net-gone' || !of) return [];
  return of.phases.flatMap(({ callback, fn }) => {
    if (callback !== 'exit' && callback !== 'pre_exit') return [];
    const blocks = fn.fact.blocks ?? [];
    const forInitNet = onlyForInitNet(blocks);
    const call = blocks
      .filter((_, index) => !forInitNet.has(index))
      .flatMap((block) => [...expressionsOf([block])].flatMap((expression) => [...walkExpression(expression)]))
      .find((e) => e.k === 'call' && e.fn.k === 'id' && names.includes(e.fn.name));
    if (call?.k !== 'call' || call.fn.k !== 'id') return [];
    return [
      {
        spot: { file: fn.file, at: call.at },
        fn: fn.fact.name,
        ops: of.ops,
        message: message(fn.fact.name, call.fn.name),
        failing: callEventOf(history, callback),
        related: [],
      },
    ];
  });
}

/** The blocks that only run where the namespace is init_net, which dies with nobody watching: `if (net_eq(net, &init_net))`. */
function onlyForInitNet(blocks: readonly Block[]): ReadonlySet<number> {
  const only = new Set<number>();
  for (const { end } of blocks) {
    const isInitNet = end.e === 'branch' ? asksForInitNet(end.on) : null;
    if (end.e !== 'branch' || isInitNet === null) continue;
    const others = reachable(blocks, isInitNet ? end.else : end.then);
    for (const index of reachable(blocks, isInitNet ? end.then : end.else)) if (!others.has(index)) only.add(index);
  }
  return only;
}

/** Whether a condition says that a namespace is init_net (true), or that it is not (false); null where it says neither. */
function asksForInitNet(e: Expr): boolean | null {
  if (e.k === 'unary' && e.op === '!') {
    const inner = asksForInitNet(e.of);
    return inner === null ? null : !inner;
  }
  const isMentioned = [...walkExpression(e)].some((each) => each.k === 'id' && each.name === 'init_net');
  if (e.k === 'call' && e.fn.k === 'id' && e.fn.name === 'net_eq') return isMentioned ? true : null;
  return e.k === 'binary' && (e.op === '==' || e.op === '!=') && isMentioned ? e.op === '==' : null;
}

function reachable(blocks: readonly Block[], from: number): Set<number> {
  const seen = new Set<number>();
  const queue = [from];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    queue.push(...successorsOf(blocks[at]!));
  }
  return seen;
}

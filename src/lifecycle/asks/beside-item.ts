import type { Expr } from '../../facts/ir.ts';
import type { FunctionEntry } from '../../program/program.ts';
import { certainBlocks, certainIn } from '../bodies/certain.ts';
import { ownersIn } from '../bodies/frees-itself.ts';

/** A part of a thing by the name of that: `&generic(foo_net_id)->*->timer`. */
const part = /^&?(.*)(?:->|\.)(\w+)$/;

/** Where memory is kept beside a work item or a timer, in the same thing: the members that both are; else null. */
export function besideItem(item: string, memory: string): { readonly item: string; readonly memory: string } | null {
  const [, owner, name] = part.exec(item) ?? [];
  const [, other, kept] = part.exec(memory) ?? [];
  return owner === undefined || owner !== other || name === undefined || kept === undefined
    ? null
    : { item: name, memory: kept };
}

/**
 * Whether the function of a work item or a timer goes from that to what it lies in, and uses what another member of it points
 * at, whatever else is so: `ts = from_timer(ts, t, timer); ts->samples[0]++;`.
 */
export function usesBeside(fn: FunctionEntry, of: { readonly item: string; readonly memory: string }): boolean {
  const owners = ownersIn(fn, of.item);
  if (owners.size === 0) return false;
  const isIt = (e: Expr): boolean =>
    e.k === 'field' && e.arrow && e.name === of.memory && e.of.k === 'id' && owners.has(e.of.name);
  const isUsed = (e: Expr): boolean =>
    ((e.k === 'index' || (e.k === 'field' && e.arrow)) && isIt(e.of)) ||
    (e.k === 'unary' && e.op === '*' && isIt(e.of));
  return certainBlocks(fn.fact.blocks ?? [], { loops: false, failures: true }).some((block) =>
    [...certainIn(block)].some((whole) => [...whole].some(isUsed)),
  );
}

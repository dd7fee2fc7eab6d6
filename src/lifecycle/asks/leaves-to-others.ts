import { type At, type Expr } from '../../facts/ir.ts';
import type { FunctionEntry } from '../../program/program.ts';
import { allIn, callsOf, nameOf } from '../bodies/body.ts';
import { onlyTells } from '../bodies/known.ts';
import { callsIn } from '../bodies/may-stop.ts';
import { printExpression } from '../bodies/print.ts';
import type { Source } from './result-signs.ts';

/** What gets at data, holds off others, asks, or sets up a device and leaves open who frees it. */
const plain =
  /^(?:net_generic|netdev_priv|dev_net_set|dev_net|ether_setup|eth_hw_addr_(?:random|set)|eth_(?:random|zero)_addr|netif_carrier_o(?:n|ff)|netif_keep_dst|_*rtnl_(?:un)?lock|mutex_(?:un)?lock|ASSERT_RTNL|IS_ERR|PTR_ERR|memset|likely|unlikely|WARN_ON(?:_ONCE)?|list_for_each_entry(?:_safe)?|for_each_netdev(?:_safe)?)$/;

/**
 * Whether a function passes what a call of its own makes to a function that is not at hand and not known: that may know of it
 * for good, with all that lies in it.
 */
export function isHandedOn({ program, table }: Source, fn: FunctionEntry, at: At): boolean {
  const isMade = (e: Expr): boolean => e.k === 'call' && e.at.join() === at.join();
  const kept = new Set(
    [...allIn(fn)].flatMap((e) => (e.k === 'assign' && isMade(e.from) ? printExpression(e.to) : [])),
  );
  for (const { steps } of fn.fact.blocks ?? [])
    for (const step of steps) if (step.s === 'declare' && step.init && isMade(step.init)) kept.add(step.name);
  for (const e of allIn(fn)) if (e.k === 'assign' && kept.has(printExpression(e.from))) kept.add(printExpression(e.to));
  return callsOf(fn).some((call) => {
    const name = nameOf(call);
    if (isPlain(table, name) || program.lookUp(fn.file, name)) return false;
    return call.args.some((arg) => kept.has(printExpression(arg)));
  });
}

/** Whether the exit of a module comes to what is not at hand and not known before it unregisters its ops. */
export function beginsUnread({ program, table }: Source, fn: FunctionEntry): boolean {
  const names = callsOf(fn).map(nameOf);
  const last = names.findIndex((name) => name.startsWith('unregister_pernet_'));
  return names.slice(0, Math.max(0, last)).some((name) => !isPlain(table, name) && !program.lookUp(fn.file, name));
}

function isPlain(table: Source['table'], name: string): boolean {
  return (
    plain.test(name) ||
    table.releases.has(name) ||
    table.acquires.has(name) ||
    onlyTells(name) ||
    /^(?:READ|WRITE)_ONCE$/.test(name)
  );
}

/** Whether a function calls anything that is not known to leave alone what it is not for: another function, a macro. */
export function leavesToOthers({ table }: Source, { fact }: FunctionEntry): boolean {
  const isKnown = (name: string): boolean =>
    plain.test(name) ||
    table.releases.has(name) ||
    table.acquires.has(name) ||
    (onlyTells(name) && !/^netdev_(?!(?:dbg|info|notice|warn|err)$)/.test(name));
  return (fact.blocks ?? []).some(
    (block) =>
      (block.end.e === 'each' && !isKnown(block.end.macro)) ||
      callsIn(block).some(({ fn }) => fn.k !== 'id' || !isKnown(fn.name)),
  );
}

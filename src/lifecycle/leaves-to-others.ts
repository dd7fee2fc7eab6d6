import type { FunctionEntry } from '../program/program.ts';
import { onlyTells } from './known.ts';
import { callsIn } from './may-stop.ts';
import type { Source } from './result-signs.ts';

/** What gets at data, holds off others, asks, or sets up a device and leaves open who frees it. */
const plain =
  /^(?:net_generic|netdev_priv|dev_net_set|dev_net|ether_setup|eth_hw_addr_(?:random|set)|eth_(?:random|zero)_addr|netif_carrier_o(?:n|ff)|netif_keep_dst|_*rtnl_(?:un)?lock|mutex_(?:un)?lock|ASSERT_RTNL|IS_ERR|PTR_ERR|memset|likely|unlikely|WARN_ON(?:_ONCE)?|list_for_each_entry(?:_safe)?|for_each_netdev(?:_safe)?)$/;

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

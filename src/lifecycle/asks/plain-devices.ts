import { folderOf } from '../../facts/folder.ts';
import { expressionsOf, walkExpression, type Expr } from '../../facts/ir.ts';
import type { Program } from '../../program/program.ts';

/** What has the core free a device when it is unregistered, or calls something then (include/linux/netdevice.h). */
const freesItself = /->(?:needs_free_netdev|priv_destructor|destructor|rtnl_link_ops)$/;

/** Calls of a device's setup that leave that alone (net/ethernet/eth.c, include/linux/netdevice.h). */
const plain =
  /^(?:ether_setup|eth_hw_addr_(?:random|set)|eth_(?:random|zero)_addr|random_ether_addr|netif_keep_dst|netif_carrier_o(?:n|ff)|dev_addr_(?:mod|set)|dev_net_set|SET_NETDEV_\w+|memset|memcpy|sizeof|netdev_priv|spin_lock_init|mutex_init|INIT_\w+)\(\)$/;

/**
 * Whether a device that is set up by a function, or like any Ethernet device by none, stays in memory when it is unregistered
 * until free_netdev(): nothing in its folder says otherwise. With the functions of the folder that free devices.
 */
export function plainDevices(
  program: Program,
  file: string,
  setup: { readonly file: string; readonly name: string } | null,
): { readonly freeing: readonly string[] } | null {
  const words = setup ? program.facts(setup.file)?.mentions[setup.name] : [];
  if (!words?.every((word) => !word.endsWith('()') || plain.test(word))) return null;
  // What the operations of another family's core do when the device is registered is not seen (`ndo_init`).
  const isOfFolder = (e: Expr): boolean =>
    e.k === 'unary' &&
    e.of.k === 'id' &&
    program.fileNames().some((each) => isOwn(each, (e.of as { name: string }).name));
  const isOwn = (each: string, name: string): boolean =>
    folderOf(each) === folderOf(file) && Object.hasOwn(program.facts(each)?.mentions ?? {}, name);
  const freeing: string[] = [];
  for (const each of program.fileNames()) {
    if (folderOf(each) !== folderOf(file)) continue;
    for (const { blocks } of program.facts(each)?.functions ?? [])
      for (const whole of expressionsOf(blocks ?? []))
        for (const e of walkExpression(whole)) {
          if (e.k === 'field' && freesItself.test(`->${e.name}`)) return null;
          if (e.k === 'assign' && e.to.k === 'field' && e.to.name === 'netdev_ops' && !isOfFolder(e.from)) return null;
        }
    for (const [name, mentioned] of Object.entries(program.facts(each)?.mentions ?? {})) {
      if (mentioned.some((word) => freesItself.test(word))) return null;
      if (mentioned.includes('free_netdev()') || mentioned.includes('free_netdev')) freeing.push(name);
    }
  }
  return { freeing };
}

import { matchesOf } from './matches.ts';
import { keepsDevice, memberWord } from './words.ts';

/** `list_add(&foo->next, &fn->list)`, `rcu_assign_pointer(fn->foo, foo)`. */
const adding = /\bh?list_add\w*\s*\(\s*&(\w+)->[\w.]+\s*,\s*&(\w+)->([\w.]+)\s*\)/g;
const assigning = /\brcu_assign_pointer\s*\(\s*(\w+)->([\w.]+)\s*,\s*(\w+)\s*\)/g;
const gettingPrivate = /\b(\w+)\s*=\s*netdev_priv\s*\(/g;
const pointer = /\bstruct\s+(\w+)\s*\*\s*(\w+)\b/g;

/**
 * Where a function keeps what is a device's private data (`foo = netdev_priv(dev)`), and that a device stays in its
 * namespace (include/linux/netdevice.h).
 */
export function* devicesIn(text: string): Generator<string> {
  if (text.includes('NETIF_F_NETNS_LOCAL')) yield memberWord('dev', 'netns_local');
  if (!text.includes('netdev_priv')) return;
  const privates = new Set(matchesOf(text, gettingPrivate).map((match) => match[1]!));
  const structs = new Map(matchesOf(text, pointer).map(([, struct = '', name = '']) => [name, struct]));
  const ownerOf = (name: string): string => {
    const struct = structs.get(name);
    return struct === undefined ? name : `:${struct}`;
  };
  for (const [, item = '', owner = '', member = ''] of matchesOf(text, adding))
    if (privates.has(item)) yield keepsDevice(ownerOf(owner), member);
  for (const [, owner = '', member = '', item = ''] of matchesOf(text, assigning))
    if (privates.has(item)) yield keepsDevice(ownerOf(owner), member);
}

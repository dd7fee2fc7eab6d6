import { matchesOf } from './matches.ts';
import { pointersIn } from './pointers.ts';
import { keepsData } from './words.ts';

/** `fn = net_generic(net, foo_net_id);` */
const got = /\b(\w+)\s*=\s*net_generic\s*\([^;]*?,\s*(\w+)\s*\)\s*;/g;
/** `entry->owner = fn;` */
const kept = /\b(\w+)->(\w+)\s*=\s*(\w+)\s*;/g;

/** Words of the members where a function keeps the data of a namespace: `entry->owner = fn`. */
export function* dataKept(text: string): Generator<string> {
  if (!text.includes('net_generic')) return;
  const ids = new Map(matchesOf(text, got).map((match) => [match[1]!, match[2]!]));
  const structs = new Map(pointersIn(text).map(({ name, struct }) => [name, struct]));
  for (const [, pointer = '', member = '', value = ''] of matchesOf(text, kept)) {
    const [struct, id] = [structs.get(pointer), ids.get(value)];
    if (struct !== undefined && id !== undefined) yield keepsData(struct, member, id);
  }
}

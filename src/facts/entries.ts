import { matchesOf } from './matches.ts';
import { givesEntry, hookGets } from './words.ts';

/** A loop over a list, as it stands in the text that is parsed: `while (entry, &list, member)`. */
const walk = /\b(?:while|h?list_for_each_entry\w*)\s*\(\s*(\w+)\s*,(?:\s*\w+\s*,)?\s*&\s*(\w+)/g;
const search = /\b(\w+)\s*=\s*(?:xa_load|idr_find|radix_tree_lookup)\s*\(\s*&\s*(\w+)/g;
const found = /\breturn\s+(?:xa_load|idr_find|radix_tree_lookup)\s*\(\s*&\s*(\w+)/g;

const returned = /\breturn\s+(\w+)\s*[;?]/g;
const copied = /\b(\w+)\s*=\s*(\w+)\s*;/g;

/** The variables of whose entries a body gives one back: that by which it goes through them, or another that is set to it. */
export function* entriesGiven(text: string): Generator<string> {
  for (const [, list = ''] of matchesOf(text, found)) yield givesEntry(list);
  const back = new Set([...matchesOf(text, returned)].map(([, name]) => name));
  const others = [...matchesOf(text, copied)].flatMap(([, to, from]) => (back.has(to) ? [from] : []));
  const given = new Set([...back, ...others]);
  for (const [, entry, list = ''] of [...matchesOf(text, walk), ...matchesOf(text, search)])
    if (given.has(entry)) yield givesEntry(list);
}

const priv =
  /\b(\w+)->(?:(?:\w+\.)*\w{0,40}ops\w{0,40}(?:\[[^\]]*\])?\.)?priv\s*=\s*(?:\(\s*void\s*\*\s*\)\s*)?&?(\w+)(?:->\w+)?\s*;/g;

/** What a body gives the hooks of a structure to work with, each pointer with its type where the body declares it. */
export function* hooksGiven(text: string): Generator<string> {
  if (!text.includes('priv')) return;
  const typed = (name: string): string => {
    const struct = new RegExp(`\\bstruct\\s+(\\w+)\\s*\\*\\s*${name}\\b`).exec(text)?.[1];
    return struct === undefined ? name : `${name}:${struct}*`;
  };
  for (const [, pointer = '', value = ''] of matchesOf(text, priv)) yield hookGets(typed(pointer), typed(value));
}

import { HeldIn, type Body } from './held-in.ts';
import { matchesOf } from './matches.ts';
import type { OutlinedFunction } from './outline.ts';
import { keptOnDemand } from './words.ts';

/** `fn->path.member`, as the place that is set. */
const place = String.raw`(\w+)->((?:\w+\.)*)(\w+)`;
const direct = new RegExp(String.raw`${place}\s*=\s*(\w+)\s*\(`, 'g');
const byName = new RegExp(String.raw`${place}\s*=\s*(\w+)\s*;`, 'g');
/** `rcu_assign_pointer(fn->mask, mask)`, `cmpxchg(&fn->mask, NULL, mask)`, `xchg(&fn->ctx, RCU_INITIALIZER(ctx))`. */
const storing = new RegExp(
  String.raw`\b(?:rcu_assign_pointer|WRITE_ONCE|smp_store_release|xchg|cmpxchg|rcu_replace_pointer)\s*\(\s*&?${place}\s*,\s*(?:NULL\s*,\s*)?(?:RCU_INITIALIZER\s*\(\s*)?(\w+)\s*[,)]`,
  'g',
);
const made = /\b(?<!->|\.)(\w+)\s*=\s*(\w+)\s*\(/g;
const makes = /alloc|dup/;
const size = /\.size\s*=\s*sizeof\s*\(\s*struct\s+(\w+)\s*\)/g;
const declared = /\bstruct\s+(\w+)\s*\*\s*(?:const\s+)?(\w+)\b/g;

interface Store {
  readonly struct: string;
  readonly path: string;
  readonly member: string;
  readonly by: string;
  readonly fn: string;
  /** The local that holds what was made; empty where there is none. */
  readonly fresh: string;
}

/**
 * Words of the members of per-net data into which functions of a file with ops put what they allocate, and by which nothing
 * of that file gives it back: wherever it names the member, or a variable that has its value, it looks into it, asks for it,
 * or passes it on to who only looks into it. What a function frees that replaces it by something new does not count, where
 * none but the users' settings and commands come to that.
 */
export function* madeOnDemand(
  prepared: string,
  of: {
    readonly original: string;
    readonly outline: readonly OutlinedFunction[];
    /** A text without what speaks of names and does not use them, at equal length. */
    readonly spoken: (text: string) => string;
  },
): Generator<string> {
  const ofOps = prepared.slice(Math.max(0, prepared.indexOf('pernet_operations')));
  const owners = new Set(['net', ...matchesOf(ofOps, size).map((match) => match[1]!)]);
  const bodiesOf = (text: string): Body[] =>
    of.outline.map((each): Body => ({ ...each, head: headText(text, each), text: bodyText(text, each) }));
  // Few files have any.
  if (of.original.includes('##') || !bodiesOf(prepared).some((body) => storesIn(body, owners).length > 0)) return;
  const [text, original] = [of.spoken(prepared), of.spoken(of.original)];
  const bodies = bodiesOf(text);
  const stores = bodies.flatMap((body) => storesIn(body, owners));
  const places = new Map(stores.map((store) => [`${store.struct}->${store.path}${store.member}`, store]));
  for (const { struct, path, member } of places.values()) {
    const makers = stores.filter((each) => each.member === member);
    if (makers.some((each) => each.struct !== struct || each.path !== path)) continue;
    if (!new HeldIn({ text, original, bodies }, member, makers).isKept()) continue;
    for (const { by, fn } of makers) yield keptOnDemand(struct, `${path}${member}`, { by, fn });
  }
}

function storesIn({ text, head, name }: Body, owners: ReadonlySet<string>): Store[] {
  if (!makes.test(text) || !text.includes('->')) return [];
  const all = [direct, byName, storing].flatMap((pattern) => matchesOf(text, pattern));
  if (all.length === 0) return [];
  const structs = new Map<string, string>();
  for (const [, struct = '', variable = ''] of matchesOf(`${head}\n${text}`, declared)) structs.set(variable, struct);
  const fresh = new Map<string, string>();
  for (const [, variable = '', by = ''] of matchesOf(text, made)) if (makes.test(by)) fresh.set(variable, by);
  return all.flatMap(([whole, root = '', path = '', member = '', from = '']): Store[] => {
    const struct = structs.get(root) ?? '';
    const isDirect = /=\s*\w+\s*\($/.test(whole);
    const by = isDirect ? (makes.test(from) ? from : undefined) : fresh.get(from);
    if (by === undefined || !owners.has(struct)) return [];
    return [{ struct, path, member, by, fn: name, fresh: isDirect ? '' : from }];
  });
}

function headText(text: string, { name, open }: OutlinedFunction): string {
  return text.slice(text.lastIndexOf(`${name}(`, open), open);
}

function bodyText(text: string, { open, close }: OutlinedFunction): string {
  return text.slice(open, close);
}

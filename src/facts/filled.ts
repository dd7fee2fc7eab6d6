import { matchesOf } from './matches.ts';
import { fills, frees, holdsCommands, namedOutside, pasted } from './words.ts';

/** `struct foo *a, *b = x;` */
const declared = /\bstruct\s+(\w+)\s*(\*[^;{}]*);/g;
const declarator = /^\s*\*\s*(?:const\s+)?(\w+)\s*(?:=|$)/;

const assigned = /\b(\w+)\s*=\s*(\w+)\s*\(/g;
const makes = /alloc|new|create|dup/;

/** An argument of a call without calls in calls. */
const argument = String.raw`(?:[^,();]|\([^()]*\))+`;
/** `list_add(&p->list, &fn->peers)`, `hlist_add_head(&p->node, &fn->hash[i])`. */
const listing = /\bh?list_add\w*\s*\(\s*&(\w+)->(\w+)\s*,\s*&(\w+)->(\w+)\s*(?:\[[^\]]*\]\s*)?\)/g;
const hashing = /\bhash_add\w*\s*\(\s*(\w+)->(\w+)\s*,\s*&(\w+)->(\w+)\s*,/g;
/** `xa_alloc(&fn->peers, &p->id, p, …)`, `idr_alloc(&fn->peers, p, …)` (include/linux/xarray.h, idr.h). */
const storing = new RegExp(
  String.raw`\b(?:xa_(?:alloc|insert|store)\w*\s*\(\s*&(\w+)->(\w+)\s*,${argument},|idr_alloc\w*\s*\(\s*&(\w+)->(\w+)\s*,)\s*(\w+)\s*,`,
  'g',
);

interface Put {
  readonly at: number;
  readonly owner: string;
  readonly member: string;
  readonly item: string;
  /** The member by which it lies in a list. */
  readonly link: string;
}

function putsIn(text: string): Put[] {
  return [
    ...matchesOf(text, listing).map(({ index: at, 1: item, 2: link, 3: owner, 4: member }) => ({
      ...{ at, owner: owner!, member: member!, item: item!, link: link! },
    })),
    ...matchesOf(text, hashing).map(({ index: at, 1: owner, 2: member, 3: item, 4: link }) => ({
      ...{ at, owner: owner!, member: member!, item: item!, link: link! },
    })),
    ...matchesOf(text, storing).map(({ index: at, 1: array, 2: member, 3: idr, 4: other, 5: item }) => ({
      ...{ at, owner: (array ?? idr)!, member: (member ?? other)!, item: item!, link: '' },
    })),
  ];
}

function structsIn(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [, struct = '', all = ''] of matchesOf(text, declared))
    for (const each of all.split(',')) {
      const name = declarator.exec(each)?.[1];
      if (name !== undefined) found.set(name, struct);
    }
  return found;
}

/** A call that gets a namespace, by its name. */
const gettingNet =
  /\b(\w+)\s*\((?:[^;{}()]|\([^()]*\))*?(?<=[(,]\s*)(?:net|(?:genl_info|sock|dev)_net\s*\([^()]*\))\s*[,)]/g;
const holdsNone =
  /^(?:if|while|for|switch|return|sizeof|net_generic|net_eq|genlmsg_\w+|nlmsg_\w+|rtnl_\w+|__?dev_get_by_\w+|dev_get_by_\w+|read_pnet|write_pnet|\w*(?:find|lookup)\w*)$/;

/** Whether a body asks for init_net, or may hold the namespace: it passes that to who is not known to hold nothing. */
function mayBeOfOne(text: string): boolean {
  return /\binit_net\b/.test(text) || matchesOf(text, gettingNet).some((match) => !holdsNone.test(match[1]!));
}

/** What a body makes and puts into a list, a hash table or an array that is a member of a structure. */
export function* filledIn(text: string): Generator<string> {
  if (!/list_add|hash_add|xa_|idr_alloc/.test(text) || !makes.test(text)) return;
  const puts = putsIn(text);
  if (puts.length === 0 || mayBeOfOne(text)) return;
  const structs = structsIn(text);
  const made = matchesOf(text, assigned).filter((match) => makes.test(match[2]!));
  for (const { at, owner, member, item, link } of puts) {
    const by = made.findLast((match) => match[1] === item && match.index < at)?.[2];
    const struct = structs.get(item);
    const of = structs.get(owner);
    if (by !== undefined && struct !== undefined)
      yield fills(of === undefined ? owner : `:${of}`, member, { link, struct, by });
  }
}

const freeing = /\b(?:(?:kz?|v|kv)free\w*|kmem_cache_free\s*\(\s*[^,;()]+,)\s*\(?\s*((?:[^,();]|\([^()]*\))+?)\s*[,)]/g;
const around = /\b(?:container_of|h?list_entry|rb_entry|llist_entry)\s*\([^;]*?,\s*struct\s+(\w+)\s*,/;
const plain = /\b(?:char|int|long|unsigned|atomic_t|[us](?:8|16|32|64)|__[bl]e\d+)\s*\*+\s*(\w+)\b/g;

/** What a body frees: a structure, what a parameter points at, or what is not known. Members of others are not the thing itself. */
export function* freedIn(text: string): Generator<string> {
  if (!text.includes('free')) return;
  const structs = structsIn(text);
  const others = new Set(matchesOf(text, plain).map((match) => match[1]!));
  for (const { 0: whole, 1: what = '' } of matchesOf(text, freeing)) {
    const inside = around.exec(whole)?.[1];
    if (inside !== undefined) yield frees(`:${inside}`);
    else if (/^\w+$/.test(what)) {
      if (!others.has(what)) yield frees(structs.has(what) ? `:${structs.get(what)!}` : what);
    } else if (!/^\w+(?:->|\.)[\w.>-]+$/.test(what)) yield frees('');
  }
}

const commands = /\bstruct\s+(?:genl_(?:small_|split_)?ops|rtnl_msg_handler|nfnl_callback)\s+(\w+)\s*\[/g;
/** `static void foo_free(struct foo *foo);` */
const prototype =
  /^[ \t]*(?:static|extern|void|int|bool|struct|const|unsigned|__\w+)\b[^;{}()=]*?\b\w+\s*\([^;{}]*\)[\w\s]{0,100};/gm;
const macro = /^[ \t]*#[ \t]*define[ \t]+\w+((?:\\\r?\n|[^\n])*)$/gm;
/** What netlink calls around the commands of one request, or for as long as a socket of a user's asks: in pairs. */
const paired = /\.(?:start|done|pre_doit|post_doit)\s*=\s*&?(\w+)/g;
const anyName = /[A-Za-z_]\w*/g;

/** The head of the function whose body follows. */
const head = /\b\w+\s*\([^{}]*\)[^;{}]*$/;

/**
 * What stands outside of functions: the tables of commands that users give, and the functions that are named there or by the
 * file's macros. `variables` matches the initialised ones, of which what they name is known.
 */
export function* outsideOfBodies(
  gaps: readonly string[],
  macros: string,
  { variables, isFunction }: { readonly variables: RegExp; readonly isFunction: (name: string) => boolean },
): Generator<string> {
  const named = new Set<string>();
  const note = (text: string): void => {
    for (const [name] of matchesOf(text, anyName)) if (isFunction(name)) named.add(name);
  };
  for (const [, body = ''] of matchesOf(macros, macro)) {
    note(body);
    if (body.includes(pasted)) named.add(pasted);
  }
  // Without that init_net alone has the commands of a family (net/netlink/genetlink.c, genl_family_rcv_msg()).
  const inAll = gaps.some((gap) => gap.includes('.netnsok'));
  for (const gap of gaps) {
    for (const [whole, table = ''] of matchesOf(gap, commands))
      if (inAll || !whole.includes('genl_')) yield holdsCommands(table);
    for (const [, fn = ''] of matchesOf(gap, paired)) if (isFunction(fn)) named.add(fn);
    note(gap.replace(variables, '').replace(prototype, '').replace(head, ''));
  }
  for (const name of named) yield namedOutside(name);
}

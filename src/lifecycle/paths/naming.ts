import {
  isBehind,
  isOwnedBy,
  isOwnName,
  isUnknown,
  mayBeSame,
  mayLieAt,
  sameComponent,
  withoutTable,
} from './components.ts';
import type { Held, Target } from './held.ts';
import { liesBehind } from './other-names.ts';
import type { Pair } from '../resources/index.ts';

/** Whether a release is of a pointer to something else than what memory was allocated for. */
export function isOfAnotherStruct({ struct }: Target, held: Held): boolean {
  return struct !== undefined && held.struct !== undefined && struct !== held.struct;
}

/** Whether a release names a thing in full: by all that names it, or by what acquiring it returned. */
export function isWhole({ pair, of }: Target, held: Held): boolean {
  if (namesResult(of, held)) return true;
  const isByAll = pair.allReleasedBy !== undefined && of.length < held.of.length;
  return !isByAll && !of.includes(null) && of.length === held.of.length;
}

export function names({ pair, of }: Target, held: Held): boolean {
  if (!isOfKind(pair, held.pair)) return isFreedAlike(pair, held) && namesResult(of, held);
  return namesAll(of, held.of) || namesResult(of, held);
}

/**
 * What else a release by pointer takes, by its kind: bitmap_free() is kfree() (lib/bitmap.c), which takes what
 * kmem_cache_alloc() has given as well (mm/slub.c); and who goes by the size takes the slab or pages, to allocate as to free.
 */
const takesAlso: Readonly<Record<string, readonly string[]>> = {
  memory: ['bitmap', 'slab object', 'pages', 'page'],
  bitmap: ['memory'],
  pages: ['memory', 'page'],
  page: ['memory', 'pages'],
};

/**
 * Whether a release that is told by the pointer alone may be meant for memory that goes by another name: that of a page
 * table of its own is not.
 */
function isFreedAlike(by: Pair, { pair }: Held): boolean {
  return !isMapped(by) && takesAlso[by.kind]?.includes(pair.kind) === true;
}

/**
 * Whether what a pair acquires is released by what releases a pair's own: kfree() does not take what vmalloc() has given,
 * nor vfree() what kmalloc() has, and kvfree() belongs to both (mm/slub.c, mm/vmalloc.c, mm/util.c).
 */
export function isOfKind(by: Pair, held: Pair): boolean {
  return by.kind === held.kind && !(isMapped(by) ? isLinear(held) : isLinear(by) && isMapped(held));
}

function isMapped({ release }: Pair): boolean {
  return release.includes('vfree');
}

function isLinear({ release }: Pair): boolean {
  return release.includes('kfree');
}

/** Whether a release names what the acquiring call returned, or the place where that is kept. */
function namesResult([only = null, ...others]: Target['of'], { result, at, pair }: Held): boolean {
  if (only === null || others.length > 0) return false;
  if (only === result || (at !== null && sameComponent(only, at))) return true;
  // A member that memory is given back by is its first.
  return pair.memory === true && [result, at].some((each) => each !== null && liesBehind(only, each));
}

/** What else a path has got. */
export interface Around {
  /** The places where it keeps memory. */
  readonly owners: ReadonlySet<string>;
  /** By what acquiring it returned, where each thing is kept. */
  readonly kept: ReadonlyMap<string, string | null>;
}

const isRoot = /(?:->|\.)proc_net(?:_stat)?$/;

export function mayName({ pair, of, apart }: Target, held: Held, { owners, kept }: Around): boolean {
  if (!isOfKind(pair, held.pair) || isReachedBy(held, of)) return false;
  // What lies in a directory is not that directory.
  if (of.length > 1 && held.result !== null && of.includes(held.result)) return false;
  // What is kept at a place of its own is released by way of that, unless the call names it otherwise.
  const { at } = held;
  const isByArguments = of.length > 1 && Array.isArray(held.pair.of);
  if (at !== null && !held.escaped && !isByArguments) {
    // What lies in something else that the path keeps is not that, however it got there.
    if (isOwnName(at))
      return of.some(
        (each) =>
          each !== null &&
          (isUnknown(each)
            ? mayLieAt(each, at) || isBehind(each, at)
            : each.endsWith('->ctl_table_arg') ||
              isByOtherName(each, at, apart) ||
              (!isInside(owners, each) && mayBeSame(each, at))),
      );
    // So is what lies in something that is kept there; a way to that something which is not known may lead to it.
    if (isOwnedBy(owners, withoutTable(at)))
      return of.some(
        (each) =>
          each !== null &&
          (isOwnName(each) || isOwnedBy(owners, each) ? sameComponent(each, at) : memberOf(each) === memberOf(at)),
      );
  }
  return of.every((each, index) => {
    const other = held.of[index];
    if (other === undefined || each === null) return true;
    // The root of a tree is no directory that the path has made, but for who makes the tree.
    if (index > 0 && isRoot.test(each) && kept.has(other) && kept.get(other) !== each) return false;
    return kept.has(each) ? isIt(each, other, kept) : mayBeSame(each, other) && !areOtherMembers(each, other);
  });
}

/**
 * Whether two places may be one that goes by two names: with and without the part of the structure in which it lies, as
 * struct_group() and a union of a structure and its members let it be named (include/linux/stddef.h). Where the structure
 * is known to declare a member by the plain name as well, these are two.
 */
function isByOtherName(a: string, b: string, apart: readonly string[] = []): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  const [, base, member] = /^(.+->)(\w+)$/.exec(short) ?? [];
  return (
    base !== undefined &&
    long.startsWith(base) &&
    /^\w+\.\w+$/.test(long.slice(base.length)) &&
    memberOf(long) === member &&
    !apart.includes(long.slice(base.length))
  );
}

/** Whether two addresses are of members with different names: however one gets there, these are two things. */
function areOtherMembers(a: string, b: string): boolean {
  const [one, other] = [a, b].map((each) => (/^&.*->[\w.]+$/.test(each) ? memberOf(each) : undefined));
  return one !== undefined && other !== undefined && one !== other;
}

/** Whether what the path itself has got is what a component names: what it has just made is not what was there before. */
function isIt(result: string, other: string, kept: Around['kept']): boolean {
  const at = kept.get(result) ?? null;
  return other === result || (isUnknown(other) ? !kept.has(other) : at !== null && sameComponent(at, other));
}

/** Whether what a release names lies in, or behind, a thing that the path got: then it is not that thing. */
function isReachedBy({ result, pair }: Held, of: Target['of']): boolean {
  if (pair.memory !== true || result === null || !isUnknown(result)) return false;
  return of.some((each) => each?.replace(/^&/, '').startsWith(`${result}->`));
}

/** Whether a path leads through what lies at one of some places. */
function isInside(places: ReadonlySet<string>, path: string): boolean {
  for (
    let at = path.replace(/^&/, '').lastIndexOf('->'), rest = path.replace(/^&/, '');
    at > 0;
    at = rest.lastIndexOf('->')
  ) {
    rest = rest.slice(0, at);
    if (places.has(rest)) return true;
  }
  return false;
}

/** The member that a path ends in. */
function memberOf(path: string): string | undefined {
  return /(?:->|\.)(\w+)$/.exec(path)?.[1];
}

/** Whether a release names a thing; one that says less than the acquisition did (`rtnl_unregister_all(family)`) names all that fit. */
function namesAll(of: Target['of'], held: readonly string[]): boolean {
  return of.length <= held.length && of.every((each, index) => each === null || sameComponent(each, held[index]!));
}

export function sameAll(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each, index) => sameComponent(each, b[index]!));
}

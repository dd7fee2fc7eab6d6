import { linesWith } from './initcalls.ts';
import type { OutlinedFunction } from './outline.ts';

/** What a scope's end calls, or a guard's (include/linux/cleanup.h). */
const definition = /^DEFINE_(?:FREE|CLASS|GUARD|LOCK_GUARD_[01])\(\s*(\w+)[^\n]*(?:\n[ \t][^\n]*)*/my;
/** `struct foo *foo __free(foo_put)`: the name of what its scope's end calls, which is not in the prepared text. */
const use = /\b(?:__free|CLASS|guard|scoped_guard)\s*\(\s*(\w+)/g;
const called = /\b([A-Za-z_]\w*)\s*\(/g;

/** What the end of a scope is called by, with all that a file says of it. */
export interface ScopeEnd {
  readonly name: string;
  readonly body: string;
}

/** The ends of scopes that a file defines. */
export function scopeEndsOf(original: string): readonly ScopeEnd[] {
  return linesWith(original, ['DEFINE_'], definition).map((match) => ({ name: match[1]!, body: match[0] }));
}

/** The names of the scopes' ends that a function's text asks for. */
export function scopesIn(text: string): string[] {
  return [...text.matchAll(use)].map((match) => match[1]!);
}

/** A block under a lock, whose words the prepared text does not have either. */
const locked = /\bscoped_(?:cond_)?guard\s*\(/;

/** What functions mention (`mentionsOf()`), with what is called where their scopes end, and the locks of who registers ops. */
export function withScopeEnds(
  mentions: Readonly<Record<string, readonly string[]>>,
  original: string,
  { outline, ends }: { readonly outline: readonly OutlinedFunction[]; readonly ends: readonly ScopeEnd[] },
): Readonly<Record<string, readonly string[]>> {
  if (ends.length === 0 && !locked.test(original)) return mentions;
  const calls = new Map(
    ends.map(({ name, body }) => [name, [...body.matchAll(called)].slice(1).map((match) => `${match[1]!}()`)]),
  );
  const more = outline.flatMap(({ name, open, close }) => {
    const body = original.slice(open, close);
    const words = scopesIn(body).flatMap((each) => calls.get(each) ?? []);
    if (locked.test(body) && /register_pernet_|nf_unregister_net_hook/.test(body)) words.push('scoped_guard()');
    return words.length > 0 ? [[name, [...new Set([...(mentions[name] ?? []), ...words])]] as const] : [];
  });
  return { ...mentions, ...Object.fromEntries(more) };
}

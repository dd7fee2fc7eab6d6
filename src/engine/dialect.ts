import { detectDialect, type Dialect } from '../netns/index.ts';

/** The files of the core that say which dialect a tree speaks. */
export const isCore = /net_namespace\.[ch]$/;

const laterCallbacks = /\.\s*(exit_rtnl|exit_batch_rtnl)\s*=/g;

/**
 * The dialect of a tree: what its own net_namespace.h and net_namespace.c show or, of files that were given without
 * them, what their ops set: a callback that is set is one that the kernel has.
 */
export function findDialect(text: (path: string) => string, files: () => Iterable<string>): Dialect {
  const core = { netNamespaceH: text('include/net/net_namespace.h'), netNamespaceC: text('net/core/net_namespace.c') };
  if (core.netNamespaceH !== '' || core.netNamespaceC !== '') return detectDialect(core);
  const set = new Set<string>();
  for (const file of files()) for (const [, callback] of text(file).matchAll(laterCallbacks)) set.add(callback!);
  return detectDialect({ netNamespaceH: [...set].join(' '), netNamespaceC: '' });
}

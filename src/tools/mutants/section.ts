import type { Mutant, MutantClass } from './mutant.ts';
import type { Fn, Source } from './source.ts';
import { lineOf } from './tree.ts';

/**
 * `__net_init` is `__init` with CONFIG_NET_NS off alone, and there nothing calls an exit callback but unregistering
 * (net/core/net_namespace.c, __unregister_pernet_operations()): on an exit of what is never unregistered it is odd, and
 * no bug.
 */
function endsOf(source: Source, fn: Fn): string[] {
  const of = source.world.callbacks.filter((each) => each.fn === fn.id);
  return of.some(({ ops, opsFile }) => source.world.isUnloaded(opsFile, ops)) ? ['__net_init', '__init'] : ['__init'];
}

/** A section attribute in a function's head. The prepared text that the tree is of has blanks there, the user's has not. */
function* reattributed(source: Source, fn: Fn, from: string, to: readonly string[]): Generator<Mutant> {
  const head = source.text.slice(fn.node.startIndex, fn.body.startIndex);
  const index = head.search(new RegExp(`\\b${from}\\b`));
  if (index < 0) return;
  const start = fn.node.startIndex + index;
  for (const text of to) {
    const edits = [{ start, end: start + from.length, text }];
    yield { edits, line: lineOf(fn.node), fn: fn.name, what: `${from} became ${text}` };
  }
}

export const initSection: MutantClass = {
  name: 'init-section',
  expected: ['init-section'],
  *mutants(source) {
    for (const fn of source.functions) {
      const fields = source.world.callbacks.filter((each) => each.fn === fn.id).map(({ field }) => field);
      if (fields.length === 0) continue;
      if (fields.includes('init')) yield* reattributed(source, fn, '__net_init', ['__init']);
      else yield* reattributed(source, fn, '__net_exit', endsOf(source, fn));
    }
  },
};

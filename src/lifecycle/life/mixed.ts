import type { Path } from './history.ts';

/**
 * The elements of tables (`items[*].what`) that some paths acquire things of several kinds by: each has its own, told by
 * another member of it (`switch (item->kind)`), and which one a loop has come to is not known.
 */
export function mixedElements(paths: readonly Pick<Path, 'load'>[]): ReadonlySet<string> {
  const kinds = new Map<string, string>();
  const mixed = new Set<string>();
  for (const { load } of paths)
    for (const step of load) {
      if (step.t !== 'acquire') continue;
      for (const name of step.of) {
        if (!name.includes('[*]')) continue;
        if ((kinds.get(name) ?? step.pair.kind) !== step.pair.kind) mixed.add(name);
        kinds.set(name, step.pair.kind);
      }
    }
  return mixed;
}

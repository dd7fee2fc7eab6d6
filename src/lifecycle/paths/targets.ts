import type { Target } from './held.ts';
import { mapped } from './shared.ts';

/** The same target, by other names where it has any. */
export function withComponents(target: Target, of: Target['of']): Target {
  if (isSame(of, target.of)) return target;
  const { pair, struct, apart } = target;
  // Made of its members one by one, as it is made most of all: V8 copies objects of many shapes slowly.
  return struct === undefined && apart === undefined ? { pair, of } : { ...target, of };
}

/** Targets by other names; one call mostly names one thing for all the pairs that it is of, which is asked for once. */
export function renamed(targets: readonly Target[], nameOf: (name: string) => string): readonly Target[] {
  let before: Target['of'] | null = null;
  let after: Target['of'] = [];
  return mapped(targets, (target) => {
    if (!before || !isSame(before, target.of)) {
      before = target.of;
      after = mapped(before, (name) => (name === null ? null : nameOf(name)));
    }
    return withComponents(target, after);
  });
}

/** Whether something is so of any name that targets go by. */
export function someName(targets: readonly Target[], is: (name: string) => boolean): boolean {
  let before: Target['of'] | null = null;
  for (const { of } of targets) {
    if (before && isSame(before, of)) continue;
    before = of;
    for (const name of of) if (name !== null && is(name)) return true;
  }
  return false;
}

function isSame(a: Target['of'], b: Target['of']): boolean {
  return a === b || (a.length === b.length && a.every((each, index) => each === b[index]));
}

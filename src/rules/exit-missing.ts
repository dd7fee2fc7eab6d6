import { nameOfHeld } from '../lifecycle/index.ts';
import page from './exit-missing.md';
import { acquisitionOf } from './reading.ts';
import type { Rule } from './rule.ts';

export const exitMissing: Rule = {
  id: 'pernet/exit-missing',
  severity: 'error',
  invariant: 'An ops whose init acquires has an exit of some kind.',
  page,
  check(history) {
    const { of } = history.path;
    const held = history.path.left[0];
    if (history.fate !== 'net-gone' || !of || of.phases.length > 0 || !held) return [];
    const { ops } = of;
    // A field that names a function which is not known is an exit all the same.
    if (ops.fact.fields.some(({ name, text }) => /^(pre_)?exit/.test(name) && text !== 'NULL')) return [];
    const { place } = held;
    return [
      {
        spot: { file: ops.file, at: ops.fact.at },
        fn: null,
        ops,
        message:
          `${ops.fact.name} has no exit, but ${history.init?.fact.name ?? 'its init'}() acquires ${nameOfHeld(held)} for ` +
          `every namespace: nothing releases it when the namespace dies`,
        failing: history.events.length - 1,
        related: [{ ...place, message: `acquired here by ${acquisitionOf(history, held)}()` }],
        key: ops.id,
      },
    ];
  },
};

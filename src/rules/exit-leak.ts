import { nameOfHeld, type Held, type History } from '../lifecycle/index.ts';
import page from './exit-leak.md';
import { acquisitionOf, lastExitEventOf } from './reading.ts';
import type { Problem, Rule } from './rule.ts';

export const exitLeak: Rule = {
  id: 'pernet/exit-leak',
  severity: 'error',
  invariant: 'What init acquires, the exit callbacks release.',
  page,
  check(history) {
    const { of } = history.path;
    if (history.fate !== 'net-gone' || !of || of.phases.length === 0) return [];
    return history.path.left.map((held) => leakOf(history, held, of.phases.at(-1)!.fn));
  },
};

function leakOf(
  history: History,
  held: Held,
  exit: { readonly file: string; readonly fact: { readonly name: string; readonly at: Problem['spot']['at'] } },
): Problem {
  const { place, pair } = held;
  const { ops, phases } = history.path.of!;
  const names = phases.map(({ fn }) => `${fn.fact.name}()`).join(' and ');
  return {
    spot: { file: exit.file, at: exit.fact.at },
    fn: exit.fact.name,
    ops,
    message:
      `${names} ${phases.length > 1 ? 'leave' : 'leaves'} ${nameOfHeld(held)}, which ${history.init?.fact.name ?? 'init'}() ` +
      `acquires for every namespace: ${pair.release[0]!}() is missing, and it leaks with each namespace that dies`,
    failing: lastExitEventOf(history),
    related: [{ ...place, message: `acquired here by ${acquisitionOf(history, held)}()` }],
    about: nameOfHeld(held),
    key: `${place.file}:${place.at.join(':')}|${ops.id}`,
  };
}

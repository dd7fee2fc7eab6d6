import { causeText, type History, type TraceStep } from '../lifecycle/index.ts';
import page from './error-lost.md';
import { registrationsOf, isRegister, spotOf } from './reading.ts';
import type { Rule } from './rule.ts';

export const errorLost: Rule = {
  id: 'pernet/error-lost',
  severity: 'error',
  invariant: 'A module init whose step failed returns that failure.',
  page,
  check(history) {
    const { init } = history;
    if (history.fate === 'load-failed' || !init || !history.module.unloadable) return [];
    const lost = history.path.lost;
    if (!lost) return [];
    const undone = undoneAfter(history, lost.failure);
    if (!undone) return [];
    const ops = registrationsOf(history).find(({ step }) => step === undone)?.ops ?? null;
    const name = init.fact.name;
    const what = undone.t === 'pernet' ? `${ops?.fact.name ?? 'its ops'} unregistered` : `what it had set up undone`;
    return [
      {
        spot: spotOf(lost.end),
        fn: lost.end.place.fn,
        ops,
        message:
          `if ${causeText(lost.failure)}, ${name}() returns 0 with ${what}: the module stays loaded without it, and its ` +
          `exit undoes it again`,
        failing: history.events.findIndex(({ trace }) => trace === undone),
        related: [
          { ...spotOf(lost.failure), message: `on the path where ${causeText(lost.failure)}` },
          { ...spotOf(undone), message: 'undone here' },
        ],
        key: `${lost.end.place.file}:${lost.end.place.at.join(':')}`,
      },
    ];
  },
};

/** The first step after a failure that undoes what had been done before it: so the failure was meant to end the load. */
function undoneAfter(history: History, failure: TraceStep): TraceStep | undefined {
  const steps = history.path.load;
  const from = steps.indexOf(failure);
  const before = steps.slice(0, from);
  return steps
    .slice(from + 1)
    .find(
      (step) =>
        (step.t === 'pernet' &&
          !isRegister(step) &&
          before.some((b) => b.t === 'pernet' && b.ok && isRegister(b) && b.ops === step.ops)) ||
        (step.t === 'release' &&
          !step.pair.memory &&
          step.origins.some((origin) => before.some((b) => b.t === 'acquire' && b.place.at === origin.at))),
    );
}

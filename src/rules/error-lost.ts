import { causeText, type History, type TraceStep } from '../lifecycle/index.ts';
import page from './error-lost.md';
import { registrationsOf, isRegister, spotOf } from './reading.ts';
import type { Rule } from './rule.ts';

/** The mask of a positive result (lifecycle/values.ts). */
const positive = 4;

export const errorLost: Rule = {
  id: 'pernet/error-lost',
  severity: 'error',
  invariant: 'A module init whose step failed returns that failure.',
  page,
  check(history) {
    const { init } = history;
    const isCallback = history.path.of !== null;
    if (history.fate.endsWith('failed') || !init || !(history.module.unloadable || isCallback)) return [];
    const lost = history.path.lost;
    // A positive result is init-returns-positive's.
    if (!lost || history.path.returned === positive) return [];
    const undone = undoneAfter(history, lost.failure);
    if (!undone) return [];
    const ops = registrationsOf(history).find(({ step }) => step === undone)?.ops ?? history.path.of?.ops ?? null;
    const name = init.fact.name;
    const callee = lost.over && calleeOf(lost.over);
    const hasExit = history.path.of ? history.path.of.phases.length > 0 : history.exit !== null;
    const what = undone.t === 'pernet' ? `${ops?.fact.name ?? 'its ops'} unregistered` : `what it had set up undone`;
    return [
      {
        spot: spotOf(lost.over ?? lost.end),
        fn: lost.end.place.fn,
        ops,
        message:
          `if ${causeText(lost.failure)}, ${name}() returns 0${callee === null ? '' : `, the result of ${callee}(),`} with ${what}: ` +
          (isCallback
            ? `the namespace lives on without it${hasExit ? ', and its exit releases it again' : ''}`
            : `the module stays loaded without it${hasExit ? ', and its exit undoes it again' : ''}`),
        failing: history.events.findIndex(({ trace }) => trace === undone),
        related: [
          { ...spotOf(lost.failure), message: `on the path where ${causeText(lost.failure)}` },
          { ...spotOf(undone), message: 'undone here' },
          ...(lost.over ? [{ ...spotOf(lost.end), message: 'returned here' }] : []),
        ],
        key: `${lost.end.place.file}:${lost.end.place.at.join(':')}`,
      },
    ];
  },
};

function calleeOf(step: TraceStep): string | null {
  if (step.t === 'pernet' || step.t === 'release' || step.t === 'acquire') return step.call;
  return step.t === 'call' || step.t === 'enter' || step.t === 'leave' ? step.name : null;
}

/**
 * The first step after a failure that undoes what had been done before it: so the failure was meant to end the load. It
 * must be init that undoes: a callee that cleans up after itself and returns its error has not lost it.
 */
function undoneAfter(history: History, failure: TraceStep): TraceStep | undefined {
  const steps = history.path.load;
  const from = steps.indexOf(failure);
  const before = steps.slice(0, from);
  let depth = before.reduce((sum, step) => sum + (step.t === 'enter' ? 1 : step.t === 'leave' ? -1 : 0), 0);
  for (const step of steps.slice(from + 1)) {
    if (step.t === 'leave') depth--;
    // From here on it is init that acts, by itself or by what it calls.
    if (depth <= 1) return steps.slice(steps.indexOf(step)).find((each) => undoes(each, before));
    if (step.t === 'enter') depth++;
  }
  return undefined;
}

function undoes(step: TraceStep, before: readonly TraceStep[]): boolean {
  if (step.t === 'pernet') {
    if (isRegister(step)) return false;
    return before.some((each) => each.t === 'pernet' && each.ok && isRegister(each) && each.ops === step.ops);
  }
  if (step.t !== 'release') return false;
  return step.origins.some((origin) => before.some((each) => each.t === 'acquire' && each.place.at === origin.at));
}

/** The shortest list of steps that still shows something. */
import type { ScenarioStep } from '../scenario.ts';

type Steps = readonly ScenarioStep[];

/**
 * Leaves out whatever can be left out, until nothing more can: all that names one ops or one namespace, then single
 * steps. `shows` says whether a list of steps still shows what it should.
 */
export function shortest(steps: Steps, shows: (steps: Steps) => boolean): ScenarioStep[] {
  let best = steps;
  for (;;) {
    const shorter = attempts(best).find(shows);
    if (shorter === undefined) return [...best];
    best = shorter;
  }
}

/** Shorter lists, those that leave out much first. */
function attempts(steps: Steps): Steps[] {
  const names = new Set(steps.flatMap(namesIn));
  const withoutName = [...names].map((name) => steps.filter((step) => !namesIn(step).includes(name)));
  const withoutOne = steps.map((_, index) => steps.filter((__, other) => other !== index)).reverse();
  return [...withoutName, ...withoutOne].filter((attempt) => attempt.length < steps.length);
}

/** The ops and namespaces that a step names. */
function namesIn(step: ScenarioStep): string[] {
  const { ops, net, peer, old, target } = step as Partial<Record<string, unknown>>;
  return [ops, net, peer, old, target].filter((name) => typeof name === 'string');
}

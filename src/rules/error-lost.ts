import {
  arming,
  causeText,
  nameOfResource,
  undoes,
  type History,
  type Lost,
  type Path,
  type TraceStep,
  type Turned,
} from '../lifecycle/index.ts';
import page from './error-lost.md';
import { registrationsOf, spotOf } from './reading.ts';
import type { Problem, Rule } from './rule.ts';

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
    const mistaken = askedInVain(history, init.fact.name);
    if (mistaken) return [mistaken];
    if (history.path.turned) return [turnedRound(history, init.fact.name, history.path.turned)];
    if (history.path.lostWithin) return [lostInHelper(history, init.fact.name, history.path.lostWithin)];
    const lost = history.path.lost;
    // A positive result is init-returns-positive's.
    if (!lost || history.path.returned === positive) return [];
    // That an item is on its queue already is no failure.
    if (lost.failure.t === 'call' && arming.has(lost.failure.name)) return [];
    const undone = lost.holdsNothing ? undoneAfter(history, lost.failure) : undefined;
    if (undone) {
      const twice = undoneTwice(history, lost);
      const isMeant = !twice && (isDecided(history, lost.failure) || isForeseen(history, lost));
      return isNoted(history, lost) || isMeant ? [] : [undoneAndLost(history, init.fact.name, lost, { undone, twice })];
    }
    // Who asks which error it is, and goes on, has decided that it is none: `if (err == -EEXIST) err = 0;`.
    if (isDecided(history, lost.failure)) return [];
    const absent = leaves(history, lost) ? history.path.unload.find((step) => history.path.never.has(step)) : undefined;
    const isGivenUp =
      lost.isApart &&
      lost.failure.t === 'call' &&
      lost.failure.failed === true &&
      !isNoted(history, lost) &&
      !isForeseen(history, lost);
    if (absent?.t === 'release' || isGivenUp)
      return [lostAlone(history, init.fact.name, lost, absent?.t === 'release' ? absent : null)];
    return [];
  },
};

/** What init had done is undone, and it returns 0 all the same. */
function undoneAndLost(
  history: History,
  name: string,
  lost: Lost,
  { undone, twice }: { readonly undone: TraceStep; readonly twice: TraceStep | undefined },
): Problem {
  const ops = registrationsOf(history).find(({ step }) => step === undone)?.ops ?? history.path.of?.ops ?? null;
  const isCallback = history.path.of !== null;
  const callee = lost.over && calleeOf(lost.over);
  const what = undone.t === 'pernet' ? `${ops?.fact.name ?? 'its ops'} unregistered` : `what it had set up undone`;
  return {
    spot: spotOf(lost.over ?? lost.end),
    fn: lost.end.place.fn,
    ops,
    message:
      `if ${causeText(lost.failure)}, ${name}() returns 0${callee === null ? '' : `, the result of ${callee}(),`} with ${what}: ` +
      (isCallback
        ? `the namespace lives on without it${twice ? ', and its exit releases it again' : ''}`
        : `the module stays loaded without it${twice ? ', and its exit undoes it again' : ''}`),
    failing: history.events.findIndex(({ trace }) => trace === undone),
    related: [
      { ...spotOf(lost.failure), message: `on the path where ${causeText(lost.failure)}` },
      { ...spotOf(undone), message: 'undone here' },
      ...(lost.over ? [{ ...spotOf(lost.end), message: 'returned here' }] : []),
    ],
    key: `${lost.end.place.file}:${lost.end.place.at.join(':')}`,
  };
}

/** What the exit undoes again of what init has undone, and not set to NULL. */
function undoneTwice({ path: { load, unload }, state }: History, { failure }: Lost): TraceStep | undefined {
  const { file, fn } = failure.place;
  const call = calleeOf(failure);
  const isReset = (place: string | null | undefined): boolean => {
    const member = /(?:->|\.)(\w+)$/.exec(place ?? '')?.[1];
    return call !== null && member !== undefined && state.bodies.isResetAfter({ file, name: fn }, call, member);
  };
  return unload.find(
    (step) =>
      (step.t === 'release' && step.again && !step.targets.some(({ of }) => isReset(of[0]))) ||
      (step.t === 'pernet' &&
        step.call.startsWith('un') &&
        load.some((other) => other.t === 'pernet' && other.call.startsWith('un') && other.ops === step.ops)),
  );
}

/** Whether others ask for what a failed call would have yielded, or for what init sets to NULL then: it can do without. */
function isForeseen({ state }: History, { failure }: Lost): boolean {
  const { file, fn } = failure.place;
  const call = calleeOf(failure);
  return call !== null && state.bodies.isForeseenWithout({ file, name: fn }, call);
}

/** A helper says that all went well where a step of its own has failed. */
function lostInHelper(history: History, name: string, { failure, end }: NonNullable<Path['lostWithin']>): Problem {
  const whose = history.path.of ? 'the namespace lives on' : 'the module stays loaded';
  return {
    spot: spotOf(end),
    fn: end.place.fn,
    ops: history.path.of?.ops ?? null,
    message: `if ${causeText(failure)}, ${end.place.fn}() returns 0 all the same: ${name}() cannot know, and ${whose} without it`,
    failing: history.events.findIndex(({ trace }) => trace === failure),
    related: [{ ...spotOf(failure), message: `on the path where ${causeText(failure)}` }],
    key: `${end.place.file}:${end.place.at.join(':')}|within`,
  };
}

/** Init goes on where a step fails, and gives up where it does not. */
function turnedRound(history: History, name: string, { failure, jump }: Turned): Problem {
  const whose = history.path.of ? 'the namespace lives on' : 'the module stays loaded';
  return {
    spot: spotOf(jump),
    fn: jump.place.fn,
    ops: history.path.of?.ops ?? null,
    message:
      `if ${causeText(failure)}, ${name}() goes on and returns 0, and it gives up when that succeeds: the check is the ` +
      `wrong way round, and ${whose} without it`,
    failing: history.events.findIndex(({ trace }) => trace === failure),
    related: [{ ...spotOf(failure), message: `on the path where ${causeText(failure)}` }],
    key: `${failure.place.file}:${failure.place.at.join(':')}|turned`,
  };
}

/** A step fails, and the test that is to see it asks for something else: for NULL where that is an error pointer, or the reverse. */
function askedInVain(history: History, name: string): Problem | null {
  const { load, of } = history.path;
  const open: TraceStep[] = [];
  for (const step of load) {
    if (step.t === 'enter') open.push(step);
    if (step.t === 'leave') open.pop();
    if (step.t !== 'call' || !step.failed) continue;
    for (const call of [step, ...open.toReversed()]) {
      const { file, fn, at } = call.place;
      const test = history.state.bodies.mistakenTest({ file, name: fn }, at);
      if (!test) continue;
      const whose = of ? 'the namespace lives on' : 'the module stays loaded';
      return {
        spot: { file, at: test.at },
        fn,
        ops: of?.ops ?? null,
        message:
          `if ${test.call}() fails, it returns ${test.gives}, which \`${test.text}\` does not see: ` +
          `${fn === name ? '' : `${fn}() goes on, `}${name}() goes on and returns 0, and ${whose} with ${test.gives}`,
        failing: history.events.findIndex(({ trace }) => trace === call),
        related: [{ ...spotOf(call), message: `on the path where ${test.call}() fails` }],
        key: `${file}:${at.join(':')}|mistaken`,
      };
    }
  }
  return null;
}

/** Whether a path has compared the error of a failure with one that it names. */
function isDecided({ path }: History, failure: TraceStep): boolean {
  return path.load
    .slice(path.load.indexOf(failure))
    .some((step) => step.t === 'test' && (step.answer ? /==\s*-E[A-Z]+\b/ : /!=\s*-E[A-Z]+\b/).test(step.text));
}

/** Whether init says by a flag, where all goes well, that it has come so far, and others ask for that: it can do without. */
function isNoted({ state }: History, { failure }: Lost): boolean {
  const { file, fn } = failure.place;
  return failure.t === 'call' && state.bodies.isNotedAfter({ file, name: fn }, failure.name);
}

/** Whether a path leaves where something fails: who merely says so goes on. */
function leaves({ path }: History, { failure, isApart }: Lost): boolean {
  const after = path.load.slice(path.load.indexOf(failure));
  return isApart || after.some((step) => step.t === 'jump' && step.kind === 'goto' && step.label !== undefined);
}

/** Nothing had to be undone: init gives up and says that all went well, or its exit undoes what could not be set up. */
function lostAlone(
  history: History,
  name: string,
  lost: Lost,
  absent: (TraceStep & { readonly t: 'release' }) | null,
): Problem {
  const whose = history.path.of ? 'the namespace lives on' : 'the module stays loaded';
  return {
    spot: spotOf(lost.end),
    fn: lost.end.place.fn,
    ops: history.path.of?.ops ?? null,
    message:
      `if ${causeText(lost.failure)}, ${name}() returns 0 all the same: ${whose} without ` +
      (absent
        ? `${nameOfResource(absent)}, and ${absent.place.fn}() undoes by ${absent.call}() what is not there`
        : 'it'),
    failing: history.events.findIndex(({ trace }) => trace === (absent ?? lost.end)),
    related: [
      { ...spotOf(lost.failure), message: `on the path where ${causeText(lost.failure)}` },
      ...(absent ? [{ ...spotOf(absent), message: 'undone here all the same' }] : []),
    ],
    key: `${lost.end.place.file}:${lost.end.place.at.join(':')}`,
  };
}

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

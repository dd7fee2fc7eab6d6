import { nameOfHeld, releaseText, type Held, type History, type LeftSet } from '../lifecycle/index.ts';
import type { FunctionEntry } from '../program/index.ts';
import page from './left-behind-on-error.md';
import { miscounted } from './miscounted.ts';
import { mixedMemory } from './mixed-memory.ts';
import { acquisitionsOf } from './order.ts';
import {
  acquisitionOf,
  causePlaces,
  goneAt,
  ifCause,
  isWithoutInitcall,
  jumpsAfterCause,
  leavingStep,
  registeredBefore,
  registrationsOf,
} from './reading.ts';
import type { Problem, Rule } from './rule.ts';
import { sparedFirst } from './spared.ts';

export const leftBehindOnError: Rule = {
  id: 'pernet/left-behind-on-error',
  severity: 'error',
  invariant: 'When module init has failed, nothing that it acquired is left.',
  page,
  check(history) {
    const { init } = history;
    if (history.fate !== 'load-failed' || !init) return [];
    const left = history.path.left.flatMap((held) => {
      const effect = history.module.unloadable ? effectOf(held) : effectBuiltIn(history, held);
      return effect === null || isShared(history, held)
        ? []
        : [problem(history, { init: init.fact.name, held, effect })];
    });
    // Code that stays keeps what its init has left.
    if (history.module.unloadable)
      left.push(...sparedFirst(history), ...miscounted(history, 'fewer'), ...mixedMemory(history));
    if (isWithoutInitcall(history)) return left;
    return [...left, ...history.path.leftSet.map((set) => stillSet(history, init, set))];
  },
};

/**
 * What comes of leaving a thing behind in code that stays: it goes on being called, and relies on per-net state that no
 * namespace has when its ops is not registered. Null where it does not.
 */
function effectBuiltIn(history: History, { place: { file, at }, pair }: Held): string | null {
  if (!pair.exposes) return null;
  const step = acquisitionsOf(history).find(
    (each) => each.step.place.file === file && each.step.place.at.join() === at.join(),
  )?.step;
  const registered = registeredBefore(history, goneAt(history));
  for (const { ops } of registrationsOf(history)) {
    if (!step || registered.some((each) => each.ops.id === ops.id)) continue;
    const state = history.state.usedBy(step, ops);
    if (state !== null)
      return `its callbacks are called all the same, and use ${state}, which no namespace has without ${ops.fact.name}`;
  }
  return null;
}

/** A pointer of someone else's that still leads into the module. */
function stillSet(history: History, init: FunctionEntry, { pointer, value }: LeftSet): Problem {
  const failed = history.cause?.place;
  const place = { file: init.file, fn: init.fact.name, at: init.fact.at };
  const last = jumpsAfterCause(history).at(-1)?.place ?? failed ?? place;
  const result = history.result === 'an error' ? 'an error' : history.result;
  return {
    spot: last,
    fn: last.fn,
    ops: null,
    message:
      `${ifCause(history)}${init.fact.name}() returns ${result} and leaves ${pointer} set to ${value}, which its exit ` +
      `resets: who follows it gets to the module's memory, which is gone`,
    failing: goneAt(history) - 1,
    related: causePlaces(history),
    about: pointer,
    key: `${pointer}|${last.file}:${last.at.join(':')}`,
  };
}

function problem(
  history: History,
  { init, held, effect }: { readonly init: string; readonly held: Held; readonly effect: string },
): Problem {
  const { place, pair } = held;
  const leaving = leavingStep(history, init, place)?.place ?? place;
  const last = jumpsAfterCause(history).at(-1)?.place ?? leaving;
  const name = nameOfHeld(held);
  const result = history.result === 'an error' ? 'an error' : history.result;
  return {
    spot: leaving,
    fn: leaving.fn,
    ops: null,
    message: `${ifCause(history)}${init}() returns ${result} and leaves ${withArticle(name)} behind: ${effect}`,
    failing: goneAt(history) - 1,
    related: [
      { ...place, message: `acquired here by ${acquisitionOf(history, held)}()` },
      ...causePlaces(history),
      ...(last === leaving ? [] : [{ ...last, message: `${init}() returns here without ${releaseText(pair)}` }]),
    ],
    about: name,
    // Failures that share an unwinding chain share the mistake in it.
    key: `${place.file}:${place.at.join(':')}|${last.file}:${last.at.join(':')}`,
  };
}

/** What comes of leaving a thing behind. */
export function effectOf({ pair }: Held): string {
  if (pair.lasting && pair.exposes) return `its callbacks are called after the module's text is gone`;
  if (pair.lasting && pair.optional) return 'it stays, and its name is taken when the module is loaded again';
  if (pair.lasting && !pair.byName) return `it points into the module, whose memory is gone`;
  return `${releaseText(pair)} is not called for it, and it leaks`;
}

/** Whether a directory of debugfs is one of several modules', of which the first that looks for it and finds none makes it. */
export function isShared({ state }: History, { pair, place: { file, fn } }: Held): boolean {
  return pair.optional === true && pair.takesAlong !== undefined && state.callsOneOf(file, fn, ['debugfs_lookup']);
}

/** A name with the article that it takes in a sentence. */
export function withArticle(name: string): string {
  return name.startsWith('what ') ? name : `the ${name}`;
}

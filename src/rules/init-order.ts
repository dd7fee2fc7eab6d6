import { keyOfPlace, nameOfResource, type History, type Place } from '../lifecycle/index.ts';
import page from './init-order.md';
import { acquisitionsOf, waysTo, withCopied } from './order.ts';
import { callEventOf, spotOf } from './reading.ts';
import type { Problem, Rule } from './rule.ts';

export const initOrder: Rule = {
  id: 'pernet/init-order',
  severity: 'warning',
  invariant: "Within an ops' init, a thing is there before who uses it can be called.",
  page,
  check(history) {
    return history.path.of === null || history.fate !== 'net-gone'
      ? []
      : [...opened(history), ...started(history), ...neverSetUp(history)];
  },
};

/** What can be called before what it uses is there: from outside while a module is loaded, a thread at any time. */
function opened(history: History): Problem[] {
  const { events, module, path, state } = history;
  const ops = path.of?.ops;
  if (!ops) return [];
  return acquisitionsOf(history).flatMap(({ index, step }) => {
    if (events[index]?.phase !== 'load') return [];
    const isThread = step.pair.kind === 'kernel thread' && step.call.startsWith('kthread_run');
    if (!isThread && !(step.pair.exposes && module.unloadable)) return [];
    const late = state.runs.readyLate(withCopied(history, step), waysTo(history, index), ops);
    if (!late) return [];
    return [
      {
        spot: spotOf(step),
        fn: step.place.fn,
        ops,
        message: `${step.place.fn}() ${isThread ? 'starts' : 'lets the outside reach'} ${nameOfResource(step)} before ${missing(late)}`,
        failing: index,
        related: relatedTo(history, index, late),
      },
    ];
  });
}

/** Work that can run at once, before what it uses is there. */
function started(history: History): Problem[] {
  const { of } = history.path;
  const early = of && history.state.runs.startedEarly(of.ops);
  if (!early) return [];
  const { place, call, item, late } = early;
  const failing = callEventOf(history, 'init');
  return [
    {
      spot: { file: place.file, at: place.at },
      fn: place.fn,
      ops: of.ops,
      message: `${place.fn}() queues ${item} by ${call}() before ${missing(late)}`,
      failing,
      related: relatedTo(history, failing, late),
    },
  ];
}

/** A lock in memory that the core has zeroed, which the file takes and nothing ever sets up. */
function neverSetUp(history: History): Problem[] {
  const { of } = history.path;
  const found = of && history.state.bodies.lockNeverSetUp(of.ops);
  if (!found) return [];
  const { kind, member, place } = found;
  return [
    {
      spot: { file: place.file, at: place.at },
      fn: place.fn,
      ops: of.ops,
      message:
        `${place.fn}() does not set up ${kind === 'mutex' ? 'the mutex' : 'the semaphore'} ${member}, and nothing else in ` +
        `the file does: who has to wait for it finds a list of zeroes`,
      failing: callEventOf(history, 'init'),
      related: [],
      key: `lock|${place.file}|${member}`,
    },
  ];
}

interface Late {
  readonly text: string;
  readonly kind: string;
  readonly call: string | null;
  readonly user: string;
  readonly place: Place;
}

function missing({ text, kind, call, user }: Late): string {
  const how = call === null ? 'is set' : `is ${kind === 'part' ? 'set up' : 'set'} by ${call}()`;
  const what = kind === 'part' ? 'zeroes that nothing has set up' : 'a NULL pointer';
  return `${text} ${how}: ${user}() can run at once, uses that without asking and finds ${what}`;
}

/** Where the path acquires the thing; what only the text of functions tells of stands on no path. */
function relatedTo({ events }: History, from: number, { place, call }: Late): Problem['related'] {
  const key = keyOfPlace(place);
  const isThere = events.some(
    ({ trace }, at) => at > from && trace?.t === 'acquire' && keyOfPlace(trace.place) === key,
  );
  return isThere && call !== null ? [{ file: place.file, at: place.at, message: `only here ${call}() makes it` }] : [];
}

import { nameOfResource, type History, type TraceStep } from '../lifecycle/index.ts';
import { siteOf, withCopied, type Released, type Stop } from './order.ts';
import { lastExitEventOf, spotOf } from './reading.ts';
import type { Problem } from './rule.ts';
import { ifFailed, isOpen, phaseOfTeardown } from './teardown.ts';

/** Where a teardown stops work items and timers. */
export function stopsOf(history: History): { readonly step: Stop; readonly index: number }[] {
  const down = phaseOfTeardown(history);
  return history.events.flatMap(({ trace, phase }, index) =>
    trace?.t === 'stop' && phase === down ? [{ step: trace, index }] : [],
  );
}

const changing = /\b(?:test_and_(?:set|clear)_bit|(?:cmp)?xchg)\b/;

/**
 * Whether a stop stands behind a flag that is changed where it is asked for, `if (!test_and_set_bit(FOO_STOPPED, &flags))`:
 * who queues asks for the same.
 */
function isBehindGate({ events }: History, { place }: Stop, index: number): boolean {
  const asked = events
    .slice(0, index)
    .flatMap(({ trace }) => (trace?.t === 'test' || trace?.t === 'call' ? [trace] : []))
    .findLast((step) => step.place.fn === place.fn && step.place.file === place.file);
  // The stop is the first that is done where the flag was changed.
  return (
    asked !== undefined &&
    changing.test(asked.t === 'test' ? asked.text : asked.name) &&
    place.at[0] - asked.place.at[2] <= 1
  );
}

/** Work and timers that are stopped while something that queues them goes on. */
export function stoppedEarly(history: History, users: readonly Released[]): Problem[] {
  const stops = stopsOf(history);
  return stops.flatMap(({ step, index }) => {
    // What is disabled or shut down is not queued any more (kernel/workqueue.c, disable_work_sync(), kernel/time/timer.c).
    if (/^(?:disable|timer_shutdown)_/.test(step.call)) return [];
    if (stops.some((other) => other.index > index && other.step.of === step.of)) return [];
    if (isBehindGate(history, step, index)) return [];
    const user = users.find(
      (other) => isOpen(other, index) && history.state.runs.queues(withCopied(history, other.acquired.step), step.text),
    );
    if (user) {
      const { step: queues } = user.acquired;
      return [
        problem(history, step, index, `${nameOfResource(queues)}, which can queue it again until ${user.step.call}()`, [
          { ...spotOf(queues), message: `${queues.call}() lets the outside queue it` },
          { ...spotOf(user.step), message: `only here ${user.step.call}() ends that` },
        ]),
      ];
    }
    const running = stops.flatMap(({ step: other, index: at }) => {
      // What queues itself is stopped by that; what goes by the same name in a loop is another object's.
      if (other.text === step.text && other.place.file === step.place.file) return [];
      const queue = at > index ? history.state.runs.queuedFrom(other.place.file, other.text, step.text) : null;
      if (
        queue === null ||
        isDownBefore(history, stops, { step, index }, other) ||
        history.state.runs.isKeptOut({ file: other.place.file, name: queue }, siteOf(history, step))
      )
        return [];
      return { other, queue };
    })[0];
    if (running) {
      const { other, queue } = running;
      return [
        problem(history, step, index, `${other.text}, from which ${queue}() can queue it again until ${other.call}()`, [
          { ...spotOf(other), message: `only here ${other.call}() ends that` },
        ]),
      ];
    }
    const run = helperThatQueues(history, step, index);
    if (!run) return [];
    const { helper, queue } = run;
    const how =
      queue === helper.name ? `which queues it again` : `which ends ${queue}() and with it what can queue it again`;
    return [
      problem(history, step, index, `${helper.name}(), ${how}`, [
        { ...spotOf(helper), message: `${helper.name}() comes only here` },
      ]),
    ];
  });
}

/** A work item that an exit waits for before it has it queued again: nobody waits for what comes of that. */
export function drainedEarly(history: History): Problem[] {
  const { of } = history.path;
  const drained = of ? history.state.runs.drainedEarly(of.ops) : null;
  if (!of || !drained) return [];
  const { item, wait, queue, place } = drained;
  return [
    {
      spot: { file: place.file, at: place.at },
      fn: place.fn,
      ops: of.ops,
      message:
        `${place.fn}() waits for ${item ?? 'what is queued'} by ${wait}() before ${queue}(), which queues ` +
        `${item === null ? 'more' : 'it again'}: nothing waits for that then, and it can run when the data of the namespace is gone`,
      failing: lastExitEventOf(history),
      related: [],
      key: `drained|${place.file}:${place.at.join(':')}`,
    },
  ];
}

/** What runs later and counts itself out, which an exit waits for, before it is done with the namespace. */
export function letsGoEarly(history: History): Problem[] {
  const { of } = history.path;
  const early = of ? history.state.runs.letsGoEarly(of.ops) : null;
  if (!of || !early) return [];
  const { counter, call, place, use } = early;
  return [
    {
      spot: { file: place.file, at: place.at },
      fn: place.fn,
      ops: of.ops,
      message:
        `${place.fn}() lets go of ${counter} by ${call}(), for which the exit of ${of.ops.fact.name} waits, and only then ` +
        `comes to ${use}: the namespace can be gone by then`,
      failing: lastExitEventOf(history),
      related: [],
      key: `lets go|${place.file}:${place.at.join(':')}`,
    },
  ];
}

/** Whether what could queue a thing has been stopped before that as well, and the thing does not start it again. */
function isDownBefore(
  history: History,
  stops: ReturnType<typeof stopsOf>,
  { step, index }: { readonly step: Stop; readonly index: number },
  other: Stop,
): boolean {
  const before = stops.find((each) => each.index < index && each.step.of === other.of);
  if (!before) return false;
  const { file } = step.place;
  const again = history.state.runs.queuedFrom(file, step.text, other.text);
  return again === null || history.state.runs.isKeptOut({ file, name: again }, siteOf(history, before.step));
}

function problem(history: History, step: Stop, index: number, before: string, related: Problem['related']): Problem {
  return {
    spot: spotOf(step),
    fn: step.place.fn,
    ops: history.path.of?.ops ?? null,
    message: `${ifFailed(history)}${step.place.fn}() stops ${step.text} by ${step.call}() before ${before}: it can run when its data is gone`,
    failing: index,
    related,
  };
}

/** A function that the teardown calls later, during which a work item or timer can be queued. */
function helperThatQueues(
  history: History,
  stop: Stop,
  from: number,
): { readonly helper: TraceStep & { readonly t: 'enter' }; readonly queue: string } | null {
  const { text, place } = stop;
  const own = new Set([history.exit?.fact.name, ...(history.path.of?.phases ?? []).map(({ fn }) => fn.fact.name)]);
  const around = enteredBefore(history, from);
  for (const { trace } of history.events.slice(from + 1)) {
    if (trace?.t === 'leave' && trace.name === around.at(-1)) around.pop();
    if (trace?.t !== 'enter' || own.has(trace.name) || trace.name === place.fn) continue;
    // Who has it stopped and queued again, and is no teardown itself, only holds it up.
    const both = around.at(-1);
    if (both !== undefined && both !== place.fn && !own.has(both)) continue;
    const queue = history.state.runs.queuedDuring(trace.place.file, trace.name, text);
    if (queue === null) continue;
    if (history.state.runs.isKeptOut({ file: trace.place.file, name: queue }, siteOf(history, stop))) continue;
    return { helper: trace, queue };
  }
  return null;
}

/** The functions in which an event lies, the outermost first. */
function enteredBefore({ events }: History, index: number): string[] {
  const open: string[] = [];
  for (const { trace } of events.slice(0, index)) {
    if (trace?.t === 'enter') open.push(trace.name);
    if (trace?.t === 'leave') open.pop();
  }
  return open;
}

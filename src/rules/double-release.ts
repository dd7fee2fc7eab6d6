import { nameOfResource, readable, type History, type Place } from '../lifecycle/index.ts';
import page from './double-release.md';
import { freedTwice } from './freed.ts';
import { ofAnotherOps } from './of-another-ops.ts';
import { ifCause, spotOf } from './reading.ts';
import type { Problem, Rule } from './rule.ts';

export const doubleRelease: Rule = {
  id: 'pernet/double-release',
  severity: 'error',
  invariant: 'Nothing is released twice.',
  page,
  check(history) {
    // What an error that was lost leads to is reported where it was lost.
    if (history.path.lost?.holdsNothing) return [];
    const freed = [...freedOfCore(history), ...freedTable(history)];
    if (freed.length > 0) return freed;
    const released = history.events.flatMap(({ trace }, index) => {
      if (trace?.t !== 'release' || !trace.again || !history.path.again.has(trace)) return [];
      const first = history.events.find(
        ({ trace: other }, at) =>
          at < index &&
          other?.t === 'release' &&
          !other.again &&
          other.pair.kind === trace.pair.kind &&
          other.of.join() === trace.of.join(),
      )?.trace;
      return [
        {
          spot: spotOf(trace),
          fn: trace.place.fn,
          ops: history.path.of?.ops ?? null,
          message:
            `${ifCause(history)}${trace.place.fn}() releases ${nameOfResource(trace)} by ${trace.call}(), which ` +
            (first ? `${first.place.fn}() has released already` : 'has been released already on this path'),
          failing: index,
          related: first ? [{ ...spotOf(first), message: 'released here before' }] : [],
          about: nameOfResource(trace),
        },
      ];
    });
    return [...released, ...freedTwice(history), ...ofAnotherOps(history)];
  },
};

/** net_generic() data that is freed as such: the core allocated it, and ops_free_list() frees it (net/core/net_namespace.c). */
function freedOfCore(history: History): Problem[] {
  const { of } = history.path;
  if (!of?.ops.fact.fields.some(({ name }) => name === 'size')) return [];
  return history.events.flatMap(({ trace }, index) => {
    if (
      trace?.t !== 'release' ||
      trace.match === 'exact' ||
      !trace.pair.memory ||
      !/^generic\([^)]*\)$/.test(trace.of[0] ?? '')
    )
      return [];
    return [
      {
        spot: spotOf(trace),
        fn: trace.place.fn,
        ops: of.ops,
        message:
          `${trace.place.fn}() frees ${readable(trace.of[0]!)} by ${trace.call}(): that memory is the core's, which frees ` +
          `it itself after the exit callbacks`,
        failing: index,
        related: [{ file: of.ops.file, at: of.ops.fact.at, message: `${of.ops.fact.name} has the core allocate it` }],
      },
    ];
  });
}

/**
 * The table of a sysctl registration that an exit frees, and that is the file's own array for a namespace: for the first one,
 * for which only the unloading of a module calls exit callbacks, where all others get a copy.
 */
function freedTable({ path, module, events, state }: History): Problem[] {
  const { of, ofFirst, load, unload } = path;
  // A module without an exit is never unloaded.
  const isEverUnloaded = module.unloadable && state.hasExit(module.file);
  if (!of || path.fate !== 'net-gone' || (ofFirst === true && !isEverUnloaded)) return [];
  // The first one is the callback itself.
  const open: Place[] = [];
  return unload.flatMap((step) => {
    if (step.t === 'enter') open.push(step.place);
    if (step.t === 'leave') open.pop();
    const header =
      step.t === 'release' && step.pair.memory ? /^(.+)->ctl_table_arg$/.exec(step.of[0] ?? '')?.[1] : null;
    if (step.t !== 'release' || !header) return [];
    const made = load.find((each) => each.t === 'acquire' && each.pair.keepsTable === true && each.at === header);
    const table =
      made?.t === 'acquire' ? made.args.find((arg) => state.bodies.isWrittenDown(made.place.file, arg)) : undefined;
    // What has another name may be a macro that asks, or knows what it may free.
    if (step.call !== 'kfree') return [];
    if (made?.t !== 'acquire' || table === undefined || !state.bodies.areAlwaysDone([step.place, ...open.slice(1)]))
      return [];
    // One that asserts that it is not that array knows of it.
    if (state.callsOneOf(step.place.file, step.place.fn, [table])) return [];
    const which = ofFirst === true ? 'init_net, for which the unloading of the module calls it, ' : 'any namespace ';
    return [
      {
        spot: spotOf(step),
        fn: step.place.fn,
        ops: of.ops,
        message:
          `${step.place.fn}() frees by ${step.call}() the table that ${made.call}() was passed: for ${which}that is the ` +
          `array ${table} of the file itself, which nobody has allocated`,
        failing: events.findIndex(({ trace }) => trace === step),
        related: [{ ...spotOf(made), message: `${table} is registered here` }],
        about: table,
      },
    ];
  });
}

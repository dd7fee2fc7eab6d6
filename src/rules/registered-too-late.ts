import { nameOfResource, type History } from '../lifecycle/index.ts';
import type { OpsEntry } from '../program/index.ts';
import page from './registered-too-late.md';
import { acquisitionsOf, gatesOpened, mayBeClosed, spansOf, waysTo, type Acquired } from './order.ts';
import { exposedIn } from './published.ts';
import { spotOf } from './reading.ts';
import type { Problem, Rule } from './rule.ts';

export const registeredTooLate: Rule = {
  id: 'pernet/registered-too-late',
  severity: 'error',
  invariant: 'Ops are registered before what lets the outside reach their per-net state.',
  page,
  check(history) {
    // A load that failed shows a part of what one that succeeds shows.
    if (!history.module.unloadable || (history.fate !== 'loaded' && history.fate !== 'unloaded')) return [];
    return [...afterGlobals(history), ...afterSockets(history), ...afterOthers(history), ...afterLists(history)];
  },
};

/** Ops that are registered after what the module's init lets the outside call. */
function afterGlobals(history: History): Problem[] {
  const exposing = exposedIn(history, acquisitionsOf(history));
  return spansOf(history).flatMap(({ from }) => {
    if (from.phase !== 'load') return [];
    const { ops } = from;
    const open = exposing.filter(
      ({ index, step }) => index < from.index && !isClosed(exposing, from.index, step) && !mayBeClosed(history, step),
    );
    if (open.length === 0) return [];
    // A handler that asks for a flag which init sets may well wait for it.
    const flags = gatesOpened(history, from.index);
    const early =
      open.find(({ step }) => history.state.usedBy(step, ops, flags)) ??
      open.find(({ step }) => history.state.makes(step, ops));
    if (!early) return [];
    const { step } = early;
    return [
      {
        spot: spotOf(from.step),
        fn: from.step.place.fn,
        ops,
        message: `${ops.fact.name} is registered after ${nameOfResource(step)}, whose callbacks ${relyOn(history, early, ops)}`,
        failing: from.index,
        related: [{ ...spotOf(step), message: `from here on ${step.call}() lets the outside call them` }],
        key: `${ops.id}|${from.step.place.file}:${from.step.place.at.join(':')}`,
      },
    ];
  });
}

/**
 * Ops that are registered after the sockets of a protocol can be opened, whose init reads what that of the ops sets. Not
 * where an ops opens such sockets itself, be it that one or one before it: the entry has to come first then.
 */
function afterSockets(history: History): Problem[] {
  const spans = spansOf(history).filter(({ from }) => from.phase === 'load');
  const sockets = acquisitionsOf(history).filter(({ step }) => step.pair.opensSockets);
  return spans.flatMap(({ from }) => {
    const { ops } = from;
    const isOpener = (index: number): boolean =>
      spans.some(
        ({ from: each }) => each.index > index && each.index <= from.index && history.state.opensSockets(each.ops),
      );
    for (const { index, step } of sockets) {
      if (index > from.index || isOpener(index)) continue;
      const before = spans.flatMap(({ from: each }) => (each.index < from.index ? each.ops : []));
      const uses = history.state.usedBySockets(step, ops, before);
      if (uses === null) continue;
      return [
        {
          spot: spotOf(from.step),
          fn: from.step.place.fn,
          ops,
          message:
            `${ops.fact.name} is registered after ${nameOfResource(step)}, whose sockets use ${uses} from the first on: ` +
            `they can be opened in namespaces that do not have it yet`,
          failing: from.index,
          related: [{ ...spotOf(step), message: `from here on socket() finds it` }],
          key: `${ops.id}|${from.step.place.file}:${from.step.place.at.join(':')}`,
        },
      ];
    }
    return [];
  });
}

/** Ops that a function of another module registers after it has put what its caller brings along where others find it. */
function afterLists(history: History): Problem[] {
  return spansOf(history).flatMap(({ from: { index, step, ops, phase } }) => {
    // Where what it calls was not followed, the registration is said of the call.
    const site = step.by === undefined ? waysTo(history, index).at(-2) : step.place;
    const listed = phase === 'load' && site ? history.state.listedEarly(site, ops) : null;
    if (!site || !listed) return [];
    const { arg, list, call, registration, uses } = listed;
    return [
      {
        spot: { file: registration.file, at: registration.at },
        fn: registration.fn,
        ops,
        message:
          `${registration.fn}() registers the ops that it is passed after ${call}() has put what comes with them into ` +
          `${list}: the callbacks of ${arg.replace(/^&/, '')} use ${uses}, and can run for namespaces in which ` +
          `${ops.fact.name} has not been yet`,
        failing: index,
        related: [{ file: site.file, at: site.at, message: `${ops.fact.name} is registered by this call` }],
        key: `listed|${registration.file}:${registration.at.join(':')}`,
      },
    ];
  });
}

/** Ops that are registered after others whose init lets the outside in, in each namespace that is there. */
function afterOthers(history: History): Problem[] {
  const spans = spansOf(history).filter(({ from }) => from.phase === 'load');
  return spans.flatMap(({ from }) => {
    const { ops } = from;
    for (const { from: first, to } of spans) {
      if (first.index >= from.index || (to && to.index < from.index) || first.ops.id === ops.id) continue;
      const opened = history.state.opens(first.ops, ops);
      if (opened === null) continue;
      const { init, call, kind, uses } = opened;
      return [
        {
          spot: spotOf(from.step),
          fn: from.step.place.fn,
          ops,
          message:
            `${ops.fact.name} is registered after ${first.ops.fact.name}, whose init ${init}() makes a ${kind} in each ` +
            `namespace; its callbacks use ${uses}: they can run for namespaces that do not have it yet`,
          failing: from.index,
          related: [
            { ...spotOf(first.step), message: `from here on ${call}() of ${init}() lets the outside call them` },
          ],
          key: `${ops.id}|${from.step.place.file}:${from.step.place.at.join(':')}`,
        },
      ];
    }
    return [];
  });
}

/** What callbacks that come too early rely on: state that an ops' init makes, or its exit, which takes down what they make. */
function relyOn(history: History, { step }: Acquired, ops: OpsEntry): string {
  const made = history.state.usedBy(step, ops) === null ? history.state.makes(step, ops) : null;
  return made === null
    ? `use ${history.state.usedBy(step, ops) ?? 'its state'}: they can run for namespaces that do not have it yet`
    : `make by ${made} what only its exit takes down: it stays behind when a namespace dies before that, or the registration fails`;
}

/**
 * Whether what a step exposes cannot be reached yet: a protocol's handler gets its packets from the packet type of its
 * family, and the same module adds that one only later (net/core/dev.c, deliver_skb()).
 */
function isClosed(exposing: readonly Acquired[], registered: number, { pair }: Acquired['step']): boolean {
  return (
    pair.fedBy !== undefined && exposing.some(({ index, step }) => index > registered && step.pair.kind === pair.fedBy)
  );
}

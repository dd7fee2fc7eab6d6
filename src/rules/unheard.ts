/** Helpers of an init that can fail and whose result is thrown away, or overwritten before anybody looks at it. */
import { nameOfResource, type History, type TraceStep } from '../lifecycle/index.ts';
import { releasesOf } from './order.ts';
import { spotOf } from './reading.ts';
import type { Problem } from './rule.ts';

/** A member of struct net, or of an ops' own data. */
const ofNamespace = /^(@net->|generic\([^()]*\)->)((?:\w+\.)*(\w+))$/;

/**
 * Memory of a namespace that a helper makes and looks at, and whose failure nobody hears of: init throws the helper's result
 * away, and who uses the memory takes it to be there.
 */
export function memoryUnheardOf(history: History, told: ReadonlySet<string | undefined>): Problem[] {
  const seen = new Set(told);
  return releasesOf(history).flatMap(({ index, acquired }) => {
    const { step: thing } = acquired;
    const { pair, place, at } = thing;
    if (history.events[acquired.index]?.phase !== 'load' || history.events[index]?.phase !== 'unload') return [];
    if (!thing.checked || !pair.memory || pair.of !== 'result' || pair.optional || pair.byName) return [];
    const [, root, path, member] = ofNamespace.exec(at ?? '') ?? [];
    const dropped = member === undefined || thing.unfailing ? null : droppedCall(history, acquired.index);
    if (!dropped || member === undefined) return [];
    const key = keyOfDropped(dropped.step);
    if (seen.has(key)) return [];
    const ops = root === '@net->' ? null : (history.path.of?.ops ?? null);
    const kept = { member, path: path ?? member, ops, file: place.file, call: thing.call };
    const around = openAt(history, acquired.index);
    const makers = around.filter(({ index: at }) => at >= dropped.index);
    const through = { makers: namesOf(makers), others: namesOf([...around, ...openAt(history, index)]) };
    if (!history.state.bodies.isNeeded(kept, through) || isNoted(history, makers, thing)) return [];
    seen.add(key);
    const init = history.init?.fact.name ?? place.fn;
    return [
      {
        spot: spotOf(dropped.step),
        fn: dropped.step.place.fn,
        ops: history.path.of?.ops ?? null,
        message:
          `the result of ${dropped.step.name}() is not checked: when it fails, ${init}() goes on without ` +
          `${nameOfResource(thing)}, and what uses it finds NULL`,
        failing: dropped.index,
        related: [{ ...spotOf(thing), message: 'made here' }],
        about: nameOfResource(thing),
        key,
      },
    ];
  });
}

/** Whether a helper, or who calls it, notes by a flag that it has come so far, and others ask for that. */
function isNoted(
  { state }: History,
  makers: readonly Entered[],
  { call, place }: TraceStep & { readonly t: 'acquire' },
): boolean {
  const sites = [...makers.map(({ step }) => ({ place: step.place, call: step.name })), { place, call }];
  return sites.some((site) => state.bodies.isNotedAfter({ file: site.place.file, name: site.place.fn }, site.call));
}

/** The call of a helper around a step whose result is thrown away, although the helper can fail. */
export function droppedCall(history: History, index: number): Entered | null {
  return openAt(history, index).find(({ step }) => step.dropped === true) ?? null;
}

interface Entered {
  readonly step: TraceStep & { readonly t: 'enter' };
  readonly index: number;
}

/** The calls around a step, the outermost first. */
function openAt({ events }: History, index: number): Entered[] {
  const open: Entered[] = [];
  events.slice(0, index).forEach(({ trace }, at) => {
    if (trace?.t === 'enter') open.push({ step: trace, index: at });
    if (trace?.t === 'leave') open.pop();
  });
  return open;
}

function namesOf(calls: readonly Entered[]): string[] {
  return calls.map(({ step }) => step.name);
}

/** By which problems with one such call are one. */
export function keyOfDropped({ place: { file, at } }: TraceStep): string {
  return `${file}:${at.join(':')}`;
}

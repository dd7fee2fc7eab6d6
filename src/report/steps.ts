import { laneOf, sentenceOf } from '../lifecycle/life/sentence.ts';
import type { Finding, WitnessEvent } from '../rules/index.ts';
import { shapeOf, type Shape } from './shapes.ts';

/** One event of a witness as a reader meets it. */
export interface Step {
  /** Index into the witness's events, from 0. */
  readonly index: number;
  readonly event: WitnessEvent;
  /** One sentence: what happened, and which function did it. */
  readonly text: string;
  /** `module` for the source's own steps, `core` for the core's, else the namespace's name. */
  readonly lane: string;
  readonly shape: Shape;
  /** How many calls deep the source is; 0 outside every function. */
  readonly depth: number;
  /** Where it is written; the model's own events have no place. */
  readonly source?: { readonly file: string; readonly line: number; readonly column: number };
  /** It breaks the rule's invariant. */
  readonly failing: boolean;
}

/** The run that proves a finding, step by step, in the order of its events. */
export function stepsOf({ witness }: Pick<Finding, 'witness'>): Step[] {
  let depth = 0;
  return witness.events.map((event, index) => {
    const outcome = isSource(event) ? event['outcome'] : undefined;
    if (outcome === 'returned') depth = Math.max(0, depth - 1);
    const at = depth;
    if (outcome === 'entered') depth++;
    const source = sourceOf(event);
    // A witness holds events of histories only; its type says less, so that findings stay plain data.
    const known = event as unknown as Parameters<typeof laneOf>[0];
    return {
      index,
      event,
      text: sentenceOf({ event: known }).trimEnd(),
      lane: laneOf(known),
      shape: shapeOf(event),
      depth: at,
      ...(source ? { source } : {}),
      failing: index === witness.failing,
    };
  });
}

/** Whether an event is the source's own, not the model's. */
export function isSource({ event }: WitnessEvent): boolean {
  return event === 'source' || event === 'acquire' || event === 'release';
}

/** Whether a step only says again what the one before it says: an acquisition is told as such, and as a call that succeeds. */
export function repeats(step: Step, before: Step | undefined): boolean {
  return (
    before?.event.event === 'acquire' &&
    step.event.event === 'source' &&
    step.event['outcome'] === 'succeeds' &&
    step.event['call'] === before.event['call'] &&
    step.source?.line === before.source?.line &&
    step.source?.column === before.source?.column
  );
}

/** Whether it is a call of the source that fails. */
export function hasFailed({ event }: Step): boolean {
  return event.event === 'source' && (event['outcome'] === 'fails' || event['outcome'] === 'returns NULL');
}

function sourceOf(event: WitnessEvent): Step['source'] {
  const { file, line, column } = event as { file?: unknown; line?: unknown; column?: unknown };
  if (!isSource(event) || typeof file !== 'string' || typeof line !== 'number') return undefined;
  return { file, line, column: typeof column === 'number' ? column : 1 };
}

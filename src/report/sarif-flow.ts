import type { Finding } from '../rules/index.ts';
import { locationOf, physicalLocation } from './sarif-location.ts';
import { hasFailed, isSource, repeats, stepsOf, type Step } from './steps.ts';

/**
 * A witness as a SARIF code flow: the source's own steps up to the one that breaks the invariant, and what the model did
 * with the module's ops at the place that made it do so. Null where the witness has no step in the source.
 */
export function codeFlowOf(finding: Finding, most: number): object | null {
  const { steps, left } = stepsToShow(finding, most);
  if (steps.length === 0 || most === 0) return null;
  const note = left === 0 ? '' : ` (${left} of its ${steps.length + left} steps are left out)`;
  return {
    message: { text: `the run that proves it${note}` },
    threadFlows: [{ locations: steps.map((step) => flowLocation(step, finding)) }],
  };
}

/** How many locations a finding's flow has when none is left out. */
export function flowLength(finding: Finding): number {
  return flowSteps(finding).length;
}

type Placed = Step & { readonly at: NonNullable<Step['source']>; readonly essential: boolean };

function stepsToShow(finding: Finding, most: number): { readonly steps: readonly Placed[]; readonly left: number } {
  const all = flowSteps(finding);
  if (all.length <= most) return { steps: all, left: 0 };
  // What a reader needs most is what the finding points at, and what came just before the end.
  const ranked = [...all].sort((a, b) => Number(b.essential) - Number(a.essential) || b.index - a.index);
  const kept = new Set(ranked.slice(0, most));
  return { steps: all.filter((step) => kept.has(step)), left: all.length - kept.size };
}

function flowSteps(finding: Finding): Placed[] {
  const steps = stepsOf(finding);
  const places = [...finding.related, finding].map(keyOf);
  const placed: Placed[] = [];
  let at: Step['source'];
  for (const step of steps.slice(0, endOf(steps, finding) + 1)) {
    at = step.source ?? at;
    if (!step.source && !step.failing && !isOwnCallback(step)) continue;
    if (repeats(step, placed.at(-1))) continue;
    const here = step.failing && !step.source ? finding : at;
    // The core's life before the module's first step is nobody's source.
    if (!here) continue;
    placed.push({
      ...step,
      at: here,
      essential: step.failing || (isSource(step.event) && places.includes(keyOf(here))),
    });
  }
  return placed;
}

/** The last event that belongs to the problem: a callback's own steps follow the model's event that calls it. */
function endOf(steps: readonly Step[], { witness }: Finding): number {
  let end = witness.failing ?? steps.length - 1;
  if (steps[end]?.source) return end;
  while (steps[end + 1]?.source) end++;
  return end;
}

const callbacks = ['init', 'pre_exit', 'exit', 'exit_rtnl', 'exit_batch', 'exit_batch_rtnl', 'violation'];
/** The ops of net/core/net_namespace.c itself. */
const coreOps: readonly unknown[] = ['net_ns_ops', 'net_defaults_ops'];

/** Whether the model calls back the module's ops inside a call that the module's own code makes. */
function isOwnCallback({ event, depth }: Step): boolean {
  return depth > 0 && callbacks.includes(event.event) && !coreOps.includes(event['ops']);
}

function flowLocation(step: Placed, finding: Finding): object {
  const { file } = step.at;
  const fn = step.event['function'];
  return {
    location: {
      ...(step.source
        ? physicalLocation(file, { line: step.at.line, column: step.at.column })
        : locationOf({ ...step.at, ...(step.failing ? finding : {}) })),
      ...(typeof fn === 'string' ? { logicalLocations: [{ name: fn, kind: 'function' }] } : {}),
      message: { text: step.failing ? `${step.text}: here the rule is broken` : step.text },
    },
    kinds: kindsOf(step),
    nestingLevel: step.depth,
    executionOrder: step.index,
    ...(step.essential ? { importance: 'essential' } : step.source ? {} : { importance: 'unimportant' }),
    ...(finding.module === undefined ? {} : { module: finding.module }),
  };
}

/** The kinds that SARIF lists as well known (3.38.8), as far as they say something of a step. */
function kindsOf(step: Step): string[] {
  const { event, source, failing } = step;
  const kinds = source
    ? [...sourceKinds(event), ...(hasFailed(step) ? ['caution'] : [])]
    : event.event === 'violation'
      ? ['danger']
      : ['call', 'handler', 'implicit'];
  return failing && !kinds.includes('danger') ? [...kinds, 'danger'] : kinds;
}

function sourceKinds(event: Step['event']): string[] {
  if (event.event !== 'source') return [event.event, 'resource'];
  const { outcome, call } = event as { outcome?: unknown; call?: unknown };
  switch (outcome) {
    case 'entered':
      return ['enter', 'function'];
    case 'returned':
      return ['return', 'function'];
    case 'true':
    case 'false':
      return ['branch', outcome];
    case 'taken':
      return call === 'return' ? ['return'] : ['branch'];
    case 'is used':
      return ['value'];
    default:
      return ['call', 'function'];
  }
}

function keyOf({
  file,
  line,
  column,
}: {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}): string {
  return `${file}:${line}:${column}`;
}

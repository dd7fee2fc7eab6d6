import type { Finding } from '../rules/index.ts';
import { markup, type Html } from './html-template.ts';
import { drawings, type Shape } from './shapes.ts';
import { hasFailed, repeats, stepsOf, type Step } from './steps.ts';

/** The ops of net/core/net_namespace.c itself: what it does with them is no news. */
const coreOps: readonly unknown[] = ['net_ns_ops', 'net_defaults_ops'];

/** As many steps of the core in a row, none of which concerns the module, are folded into one line. */
const fewestFolded = 4;

/** The run that proves a finding: drawn as a strip with a lane for each actor, and below it in words, to open. */
export function runOf(finding: Finding): Html {
  const steps = stepsOf(finding);
  if (steps.length === 0) return markup``;
  const failing = steps.find((step) => step.failing);
  const count = `${steps.length} steps${failing ? `, broken at step ${failing.index + 1}` : ''}`;
  return markup`${stripOf(steps, count)}
<details class="run"><summary>The run that proves it <span class="dim">(${count})</span></summary>
<ol class="steps">
${groupsOf(steps.filter((step, index) => !repeats(step, steps[index - 1]))).map(groupOf)}</ol>
</details>
`;
}

const laneHeight = 16;

/** The whole run at a glance: one column a step, one lane for the module, the core and each namespace. */
function stripOf(steps: readonly Step[], count: string): Html {
  const lanes = lanesOf(steps);
  const pitch = steps.length <= 80 ? 14 : steps.length <= 160 ? 9 : 6;
  const [width, height] = [steps.length * pitch, lanes.length * laneHeight];
  const failing = steps.find((step) => step.failing);
  return markup`<div class="strip"><div class="lanes" aria-hidden="true">${lanes.map((lane) => markup`<span>${lane}</span>`)}</div>
<div class="scroll" tabindex="0"${failing ? markup` data-at="${Math.round((failing.index + 0.5) * pitch)}"` : null} role="region" aria-label="The run, drawn">
<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${count}, in the lanes ${lanes.join(', ')}; the list below says the same in words">
${lanes.map((_, index) => markup`<path class="lane" d="M0 ${(index + 0.5) * laneHeight} H${width}"/>`)}
${failing ? markup`<path class="broken" d="M${(failing.index + 0.5) * pitch} 0 V${height}"/>` : null}
${steps.map((step) => {
  const size = Math.min(12, pitch + 2);
  const x = (step.index + 0.5) * pitch - size / 2;
  const y = (lanes.indexOf(step.lane) + 0.5) * laneHeight - size / 2;
  return markup`<g class="mark ${step.failing || hasFailed(step) ? 'bad' : step.shape}" transform="translate(${x} ${y}) scale(${size / 12})"><title>${step.index + 1}. ${step.text}</title>${strokes(shapeOf(step))}</g>
`;
})}</svg></div></div>`;
}

/** A shape on its own. */
export function markOf(shape: Shape): Html {
  return markup`<svg class="mark ${shape}" width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">${strokes(shape)}</svg>`;
}

/** A call that fails is seen to fail without colour, too. */
function shapeOf(step: Step): Shape {
  return hasFailed(step) ? 'failed' : step.shape;
}

function strokes(shape: Shape): Html[] {
  return drawings[shape].map(({ d, style }) => markup`<path d="${d}"${style ? markup` class="${style}"` : null}/>`);
}

/** The lanes in drawing order: the module, the core, then the namespaces as they first appear. */
function lanesOf(steps: readonly Step[]): readonly string[] {
  return [...new Set(['module', 'core', ...steps.map(({ lane }) => lane)])];
}

interface Group {
  readonly folded: boolean;
  readonly steps: readonly Step[];
}

/** The steps in order, with stretches in which only the core is at work set apart. */
function groupsOf(steps: readonly Step[]): Group[] {
  const groups: { folded: boolean; steps: Step[] }[] = [];
  for (const step of steps) {
    const folded = !concernsModule(step);
    const last = groups.at(-1);
    if (last?.folded === folded) last.steps.push(step);
    else groups.push({ folded, steps: [step] });
  }
  return groups.map((group) => ({ ...group, folded: group.folded && group.steps.length >= fewestFolded }));
}

function concernsModule({ event, source, failing }: Step): boolean {
  if (source || failing || event.event === 'violation' || event.event === 'panic') return true;
  const ops = event['ops'];
  return ops !== undefined && !coreOps.includes(ops);
}

function groupOf({ folded, steps }: Group): Html {
  const rows = steps.map(rowOf);
  if (!folded) return markup`${rows}`;
  const last = steps.at(-1)!;
  return markup`<li class="fold"><details><summary>${steps.length} steps of the core, up to: ${last.text}</summary>
<ol>
${rows}</ol></details></li>
`;
}

/** Deeper calls than this are no longer set in farther. */
const deepest = 8;

function rowOf(step: Step): Html {
  const { index, text, lane, depth, source, failing } = step;
  return markup`<li value="${index + 1}" class="step d${Math.min(depth, deepest)}${failing ? ' failing' : hasFailed(step) ? ' fails' : ''}"><span class="who">${lane}</span>${markOf(shapeOf(step))}<span class="what">${failing ? markup`<strong>✗ here the rule is broken:</strong> ` : null}${text}</span>${source ? markup` <code class="place">${source.file}:${source.line}</code>` : null}</li>
`;
}

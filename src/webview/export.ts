import type { Timeline, TimelineEntry } from '../engine/types.ts';
import { draw, laneHeight, tracksOf } from './drawing.ts';
import { placeOf } from './places.ts';
import type { ExportFormat } from './protocol.ts';
import { otherOf, type Row } from './rows.ts';
import { States } from './state.ts';

/** What the page shows, as text in one of the formats. */
export function exported(format: ExportFormat, timeline: Timeline, rows: readonly Row[]): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(timeline.scenario, null, 2)}\n`;
    case 'text':
      return textOf(timeline, rows);
    case 'svg':
      return svgOf(timeline, rows);
  }
}

/** Git's own advice for the body of a commit message. */
const widest = 72;

/** The steps that a reviewer wants: the module's own, and the callbacks; what breaks the rule is marked. */
function textOf(timeline: Timeline, rows: readonly Row[]): string {
  const { finding, failing } = timeline;
  const run = timeline.runs.find(({ id }) => id === timeline.run);
  const head = finding ? wrap(`${finding.rule}: ${finding.message}`) : wrap(`${timeline.title}: ${run?.label ?? ''}`);
  const other = otherOf(timeline);
  const question = other ? wrap(`Beside it (+), ${other.label}:`) : [];
  const lines = rows
    .filter(
      ({ first, second, kind }) => kind !== 'same' || [first, second].some((entry) => entry && isTold(entry, failing)),
    )
    .flatMap(({ first, second, kind }) => {
      if (kind === 'same') return first ? line(first.index === failing ? '>' : ' ', first) : [];
      return [...(first ? line('-', first) : []), ...(second ? line('+', second) : [])];
    });
  return [...head, '', ...question, ...lines, ...leftOf(timeline), ''].join('\n');
}

function isTold({ event, index }: TimelineEntry, failing: number | undefined): boolean {
  if (index === failing) return true;
  const ops = event['ops'];
  switch (event.event) {
    case 'source':
      return !['entered', 'returned', 'taken'].includes(String(event['outcome']));
    case 'acquire':
    case 'release':
    case 'violation':
    case 'panic':
      return true;
    case 'init':
    case 'pre_exit':
    case 'exit':
    case 'exit_batch':
    case 'exit_rtnl':
    case 'exit_batch_rtnl':
      return ops !== 'net_ns_ops' && ops !== 'net_defaults_ops';
    default:
      return false;
  }
}

function line(sign: string, { text, source }: TimelineEntry): string[] {
  return wrap(`${text}${source ? ` (${placeOf(source)})` : ''}`, { first: `${sign} `, next: '    ' });
}

function leftOf({ entries }: Timeline): string[] {
  const { holdings } = new States(entries).at(entries.length - 1);
  if (holdings.size === 0) return [];
  const all = [...holdings.values()].map(
    ({ resource, by, net }) => `${resource}${net === undefined ? '' : ` of ${net}`} (${by})`,
  );
  return ['', ...wrap(`Not released in the end: ${all.join(', ')}.`)];
}

function wrap(text: string, options: { first?: string; next?: string; width?: number } = {}): string[] {
  const { first = '', next = '', width = widest } = options;
  const lines: string[] = [];
  let current = first;
  let isEmpty = true;
  for (const word of text.split(/\s+/)) {
    if (!isEmpty && current.length + 1 + word.length > width) {
      lines.push(current);
      [current, isEmpty] = [next, true];
    }
    current += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, current];
}

const names = 110;
/** Where the caption's first line is, and how far it is from one to the next; a letter is not wider than this, mostly. */
const caption = { y: 36, line: 16, letter: 6.5 };
/** A run that would be wider is drawn narrower, so that a viewer can still show it, in pixels. */
const mostWidth = 6000;
const step = 14;

/** Colours that are told apart on white, also in print. */
const style = `text{font:12px sans-serif;fill:#222}.title{font-weight:bold}
.mark{fill:#fff;stroke:#333;stroke-width:1.4}.filled{fill:#333}.thick{stroke-width:2.4}
.init{stroke:#2b7a2b}.init.filled{fill:#2b7a2b}.exit,.pre-exit,.free{stroke:#1a5fb4}.failed,.breaks{stroke:#c01c28}
.acquire,.release{stroke:#a4500b}.acquire.filled{fill:#a4500b}.points{stroke:#7a6400;stroke-dasharray:3 3}
.alive{stroke:#999;stroke-width:3}.making{stroke:#999;stroke-dasharray:2 2}.dying{stroke:#999}.differences{fill:#fdeecb}
.parting{stroke:#222}.breaks{stroke-width:2}`;

/** The drawing of the whole run as a picture that stands alone. */
function svgOf(timeline: Timeline, rows: readonly Row[]): string {
  const scale = Math.min(step, mostWidth / Math.max(rows.length, 1));
  const tracks = tracksOf(rows, otherOf(timeline) !== undefined);
  const drawing = draw(rows, tracks, { from: 0, scale, width: Math.ceil(rows.length * scale) });
  const failing = rows.findIndex(({ first }) => first !== undefined && first.index === timeline.failing);
  const run = timeline.runs.find(({ id }) => id === timeline.run);
  const says = timeline.finding ? `${timeline.finding.rule}: ${timeline.finding.message}` : (run?.label ?? '');
  const width = Math.max(names + drawing.width, 600);
  const lines = wrap(says, { width: Math.floor((width - 16) / caption.letter) });
  const top = caption.y + caption.line * lines.length - 6;
  const height = top + drawing.height + 12;
  const path = (kind: string, d: string): string => (d === '' ? '' : `<path class="${kind}" fill="none" d="${d}"/>\n`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<title>${escaped(timeline.title)}</title>
<style>${style}</style>
<rect width="${width}" height="${height}" fill="#fff"/>
<text class="title" x="8" y="18">${escaped(timeline.title)}</text>
${lines.map((each, at) => `<text x="8" y="${caption.y + at * caption.line}">${escaped(each)}</text>`).join('\n')}
${drawing.lanes.map(({ lane, y }) => `<text x="8" y="${top + y + laneHeight / 2 + 4}">${escaped(lane)}</text>`).join('\n')}
<g transform="translate(${names} ${top})">
${drawing.differences === '' ? '' : `<path class="differences" d="${drawing.differences}"/>\n`}${path('making', drawing.spans.making)}${path('alive', drawing.spans.alive)}${path('dying', drawing.spans.dying)}${path('points', drawing.points)}${drawing.parting === undefined ? '' : path('parting', `M0 ${drawing.parting}h${drawing.width}`)}${failing < 0 ? '' : path('breaks', `M${(failing + 0.5) * scale} 0v${drawing.height}`)}${drawing.marks.map(({ shape, d, style: kind }) => `<path class="mark ${shape} ${kind ?? ''}" d="${d}"/>`).join('\n')}
</g>
</svg>
`;
}

function escaped(text: string): string {
  return text.replace(/[<>&"]/g, (char) => `&#${char.charCodeAt(0)};`);
}

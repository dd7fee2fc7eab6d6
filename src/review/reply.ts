import type { Finding, NotAnalysed } from '../rules/index.ts';
import { anchorOf, type Anchor } from './anchor.ts';
import type { StepHead } from './change.ts';
import type { FileDiff, Hunk } from './diff.ts';
import type { Review, StepReview } from './review.ts';

/** Mail is read at this width (columns). */
const width = 72;
/** So many quoted lines above a comment say what it is about; what is above them is left out. */
const mostQuoted = 16;

/**
 * A review as a reply by mail: the hunk quoted with `> ` down to the line that a comment is about, the comment below it, and
 * at the end what the change mends. Empty where there is nothing to say.
 */
export function reply(review: Review): string {
  const parts = review.steps
    .map((step, index) => replyTo(step, review.steps.slice(index + 1)))
    .filter((text) => text !== '');
  return parts.join('\n\n');
}

function replyTo(step: StepReview, later: readonly StepReview[]): string {
  const { introduced, mended, notAnalysed } = step;
  if (introduced.length + mended.length + notAnalysed.length === 0) return '';
  const lines = heading(step.head);
  const remarks = [
    ...introduced.map((finding): Remark => ({
      anchor: anchorOf(finding, step.diffs),
      text: commentOn(finding, step, later),
    })),
    ...notAnalysed.map((gap): Remark => ({ anchor: anchorOf(gap, step.diffs), text: gapLines(gap) })),
  ];
  lines.push(...quoted(remarks, step.diffs));
  for (const { text } of remarks.filter(({ anchor }) => anchor === null)) lines.push('', ...text);
  if (mended.length > 0) {
    if (lines.at(-1) !== '') lines.push('');
    lines.push(introduced.length > 0 ? 'It also mends:' : 'It mends:', '');
    for (const { file, line, message, rule } of mended)
      lines.push(...wrap(`${file}:${line}: ${message} [${rule}]`, '  ', '    '));
  }
  return `${lines.join('\n')}\n`;
}

function heading({ title, commit, from, date }: StepHead): string[] {
  if (commit !== undefined) return [`commit ${commit.slice(0, 12)} ("${title}")`, ''];
  if (from === undefined) return [`${title}:`, ''];
  return [`${date === undefined ? '' : `On ${date}, `}${from} wrote:`, `> ${title}`, '>'];
}

/** What is said, and the line that it stands below; null where no line of the change has to do with it. */
interface Remark {
  readonly anchor: Anchor | null;
  readonly text: readonly string[];
}

function quoted(remarks: readonly Remark[], diffs: readonly FileDiff[]): string[] {
  const lines: string[] = [];
  for (const diff of diffs) {
    const hunks = (diff.hunks ?? []).filter((hunk) => remarks.some(({ anchor }) => anchor?.hunk === hunk));
    if (hunks.length === 0) continue;
    if (lines.length > 0) lines.push('');
    lines.push(`> --- ${diff.from === null ? '/dev/null' : `a/${diff.from}`}`);
    lines.push(`> +++ ${diff.to === null ? '/dev/null' : `b/${diff.to}`}`);
    for (const hunk of hunks)
      lines.push(
        ...hunkWith(
          hunk,
          remarks.filter(({ anchor }) => anchor?.hunk === hunk),
        ),
      );
  }
  return lines;
}

function hunkWith(hunk: Hunk, remarks: readonly Remark[]): string[] {
  const { oldStart, oldLines, newStart, newLines, section } = hunk;
  const lines = [`> @@ -${oldStart},${oldLines} +${newStart},${newLines} @@${section === '' ? '' : ` ${section}`}`];
  let next = 0;
  for (const index of [...new Set(remarks.map(({ anchor }) => anchor!.index))].sort((a, b) => a - b)) {
    const above = hunk.lines.slice(next, index + 1);
    if (above.length > mostQuoted) lines.push('> [...]');
    lines.push(...above.slice(-mostQuoted).map((line) => `> ${line}`));
    for (const { anchor, text } of remarks) if (anchor!.index === index) lines.push('', ...text, '');
    next = index + 1;
  }
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function commentOn(finding: Finding, { diffs }: StepReview, later: readonly StepReview[]): string[] {
  const { message, rule, related, config } = finding;
  const anchor = anchorOf(finding, diffs);
  const condition = config === undefined ? '' : ` (with ${config})`;
  const lines = wrap(`${sentence(message)}${condition} [${rule}]`, '', '');
  if (anchor?.isExact !== true) lines.unshift(...wrap(`This is about ${placeOf(finding)}:`, '', ''));
  if (related.length > 0) lines.push('');
  for (const each of related) lines.push(`  ${each.file}:${each.line}: ${each.message}`);
  const mender = later.find((step) => step.mended.some(({ fingerprint }) => fingerprint === finding.fingerprint));
  if (mender)
    lines.push('', ...wrap(`"${mender.head.title}" mends it, but each step should be right by itself.`, '', ''));
  return lines;
}

function placeOf({ file, line, function: name }: Finding | NotAnalysed): string {
  return `${name === undefined ? '' : `${name}() at `}${file}:${line}`;
}

function gapLines(gap: NotAnalysed): string[] {
  return wrap(`${placeOf(gap)} is not analysed: ${gap.reason}`, '', '');
}

/** A message as a sentence; a name of the code at its beginning stays as it is spelt. */
function sentence(message: string): string {
  const begun = /^[a-z]+[ ,]/.test(message) ? `${message.charAt(0).toUpperCase()}${message.slice(1)}` : message;
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

/** A text in lines of no more than a mail's width, the first and the others indented. */
function wrap(text: string, first: string, others: string): string[] {
  const lines: string[] = [];
  let line = first;
  for (const word of text.split(' ')) {
    const isBare = line.trim() === '';
    if (!isBare && line.length + 1 + word.length > width) {
      lines.push(line);
      line = others + word;
    } else {
      line += isBare ? word : ` ${word}`;
    }
  }
  return [...lines, line];
}

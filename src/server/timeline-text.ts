import type { Timeline } from '../engine/types.ts';

/** A run in lines: where each step is in the source, whom it concerns, what happened. The failing one is marked. */
export function textOfTimeline({ title, runs, run, entries, failing, finding }: Timeline): string {
  const label = runs.find(({ id }) => id === run)?.label ?? '';
  const lines = entries.map(({ index, lane, text, source }) => {
    const mark = index === failing ? '>' : ' ';
    const place = source ? `  (${source.file}:${source.line})` : '';
    return `${mark} ${String(index + 1).padStart(4)}  ${lane.padEnd(10)}  ${text}${place}`;
  });
  return [title, label, ...(finding ? [`${finding.rule}: ${finding.message}`] : []), '', ...lines, ''].join('\n');
}

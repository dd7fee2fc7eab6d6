import path from 'node:path';
import { parseArgs } from 'node:util';
import { bootRequestOf, bootStart, Engine, timelineOfScenario, type Timeline } from '../engine/index.ts';
import { unfit } from '../engine/files.ts';
import { diskHost } from '../engine/tree.ts';
import { loadParser } from '../engine/parser.ts';
import type { LintIo } from './lint.ts';
import { targetsOf } from './paths.ts';
import { projectSettings } from './project.ts';
import { readScenarioText } from './simulate-files.ts';
import { wrongUsage } from './wrong-usage.ts';

const usage = `usage: pernet-lint timeline FILE.c [--ops NAME] [--run ID] [--format text|json]
       pernet-lint timeline SCENARIO.netns.json [--format text|json]
`;

/** `pernet-lint timeline FILE`: one run of the file's modules, or of a scenario, on the model, with its event log. */
export async function runTimeline(argv: readonly string[], io: LintIo): Promise<number> {
  let values: { ops?: string; run?: string; format?: string; help?: boolean };
  let positionals: string[];
  try {
    const text = { type: 'string' } as const;
    ({ values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { ops: text, run: text, format: text, help: { type: 'boolean', short: 'h' } },
    }));
  } catch (error) {
    io.stderr.write(`pernet-lint timeline: ${wrongUsage(error)}\n`);
    return 2;
  }
  if (values.help === true) {
    io.stdout.write(usage);
    return 0;
  }
  const [given] = positionals;
  if (given === undefined || positionals.length > 1 || !['text', 'json', undefined].includes(values.format)) {
    io.stderr.write(usage);
    return 2;
  }
  if (given.endsWith('.netns.json')) return scenarioTimeline(given, values.format, io);
  const targets = targetsOf([given], null);
  const file = targets.asked[0];
  if (file?.kind !== 'file') {
    io.stderr.write(`pernet-lint timeline: ${targets.errors[0] ?? `${given}: it is a folder`}\n`);
    return 2;
  }
  const project = projectSettings(targets.root, { configFile: null, pairs: null });
  if ('error' in project) {
    io.stderr.write(`pernet-lint timeline: ${project.error}\n`);
    return 2;
  }
  const engine = new Engine({ parser: await loadParser(), host: diskHost(targets.root), pairs: project.pairs });
  const timeline = engine.timeline({
    file: file.path,
    ...(values.ops === undefined ? {} : { ops: values.ops }),
    ...(values.run === undefined ? {} : { run: values.run }),
  });
  const nothing = whyNothing(engine, { file: file.path, ...values }, timeline);
  if (nothing !== null) {
    io.stderr.write(`pernet-lint timeline: ${file.path}: ${nothing}\n`);
    return 2;
  }
  print(timeline, values.format, io);
  return 0;
}

/** Why there is no such timeline as was asked for; null where there is one. */
function whyNothing(
  engine: Engine,
  { file, ops, run }: { readonly file: string; readonly ops?: string; readonly run?: string },
  { entries, runs }: Timeline,
): string | null {
  if (entries.length > 0)
    return run === undefined || runs.some(({ id }) => id === run)
      ? null
      : `there is no run ${run}; without --run all are listed`;
  if (ops !== undefined && engine.timeline({ file }).entries.length > 0) return `no module of it registers ${ops}`;
  const flaw = unfit(engine.textOf(file) ?? '');
  return flaw ?? 'no module that registers a pernet_operations was found';
}

async function scenarioTimeline(file: string, format: string | undefined, io: LintIo): Promise<number> {
  const read = readScenarioText(file);
  const request = 'text' in read ? bootRequestOf(read.text) : undefined;
  const start = request && bootStart(await loadParser(), request, path.dirname(file));
  const timeline =
    'error' in read
      ? read
      : start && 'error' in start
        ? start
        : timelineOfScenario(read.text, { file, ...(start ? { start } : {}) });
  if ('error' in timeline) {
    io.stderr.write(`pernet-lint timeline: ${file}: ${timeline.error}\n`);
    return 2;
  }
  print(timeline, format, io);
  return 0;
}

function print(timeline: Timeline, format: string | undefined, io: LintIo): void {
  if (format === 'json') {
    const entries = timeline.entries.map(({ event, text, lane }) => ({ event, text, lane }));
    io.stdout.write(`${JSON.stringify({ ...timeline, entries }, null, 1)}\n`);
    return;
  }
  io.stdout.write(
    `${timeline.runs.map(({ id, label }) => `${id === timeline.run ? '*' : ' '} ${id}  ${label}`).join('\n')}\n\n`,
  );
  const { finding, failing } = timeline;
  if (finding) io.stdout.write(`${finding.rule}: ${finding.message}\n\n`);
  for (const entry of timeline.entries) {
    const sign = entry.index === failing ? '>' : ' ';
    const where = entry.source ? `  (${entry.source.file}:${entry.source.line})` : '';
    io.stdout.write(`${sign}${String(entry.index).padStart(3)}  ${entry.lane.padEnd(9)} ${entry.text}${where}\n`);
  }
}

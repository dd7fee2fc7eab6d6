/** What `pernet-lint simulate` prints and writes. */
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { eventsOf, runScenario, traceLines, violatingSteps, type Scenario, type ScenarioRun } from '../netns/index.ts';
import type { SimulateIo } from './simulate.ts';
import type { SimulateArgs } from './simulate-args.ts';
import { reason, type ScenarioFile } from './simulate-files.ts';
import { ScenarioReader } from './simulate-reader.ts';

/** How much is gathered before it is written, in characters. */
const CHUNK = 1 << 16;

/** The whole of a run as one JSON value. */
export function runValue(run: ScenarioRun): { exit: 0 | 1; violations: number[]; events: unknown[] } {
  return { exit: run.exit, violations: violatingSteps(run), events: eventsOf(run) };
}

/** Runs each file and prints its log; resolves to the greatest of their exit statuses. */
export async function printRuns(files: readonly ScenarioFile[], args: SimulateArgs, io: SimulateIo): Promise<number> {
  const reader = new ScenarioReader(args.dialect);
  let exit = 0;
  const values: unknown[] = [];
  for (const { file } of files) {
    const parsed = await reader.file(file);
    if ('error' in parsed) {
      io.stderr.write(`${file}: ${parsed.error}\n`);
      exit = 2;
      continue;
    }
    const run = runScenario(parsed.scenario, parsed.options);
    exit = Math.max(exit, run.exit);
    if (args.format === 'json') values.push(files.length > 1 ? { file, ...runValue(run) } : runValue(run));
    else await writeLines(io.stdout, linesOf(parsed.scenario, run, args.format, files.length > 1 ? file : undefined));
  }
  if (values.length > 0) await writeLines(io.stdout, [JSON.stringify(files.length > 1 ? values : values[0], null, 2)]);
  return exit;
}

/** Runs each file and writes NAME.jsonl, or NAME.err for a malformed one, into a folder. */
export async function writeRuns(
  files: readonly ScenarioFile[],
  out: string,
  args: SimulateArgs,
  io: SimulateIo,
): Promise<number> {
  const reader = new ScenarioReader(args.dialect);
  let exit = 0;
  try {
    mkdirSync(out, { recursive: true });
    for (const { file, name } of files) {
      const parsed = await reader.file(file);
      if ('error' in parsed) {
        writeFileSync(path.join(out, `${name}.err`), `${parsed.error}\n`);
        exit = 2;
        continue;
      }
      const run = runScenario(parsed.scenario, parsed.options);
      exit = Math.max(exit, run.exit);
      writeFileSync(path.join(out, `${name}.jsonl`), jsonLines(run).join(''));
    }
  } catch (error) {
    io.stderr.write(`pernet-lint simulate: cannot write to ${out}: ${reason(error)}\n`);
    return 2;
  }
  return exit;
}

function jsonLines(run: ScenarioRun): string[] {
  return eventsOf(run).map((event) => `${JSON.stringify(event)}\n`);
}

function* linesOf(
  scenario: Scenario,
  run: ScenarioRun,
  format: 'text' | 'jsonl',
  title: string | undefined,
): Generator<string> {
  if (format === 'jsonl') {
    for (const event of eventsOf(run)) yield JSON.stringify(event);
    return;
  }
  if (title !== undefined) yield `# ${title}`;
  yield* traceLines(scenario, run);
}

/** Writes lines in large pieces, waiting for a slow reader. */
export async function writeLines(stream: NodeJS.WritableStream, lines: Iterable<string>): Promise<void> {
  let pending = '';
  for (const line of lines) {
    pending += `${line}\n`;
    if (pending.length < CHUNK) continue;
    await write(stream, pending);
    pending = '';
  }
  if (pending !== '') await write(stream, pending);
}

async function write(stream: NodeJS.WritableStream, text: string): Promise<void> {
  if (!stream.write(text)) await once(stream, 'drain');
}

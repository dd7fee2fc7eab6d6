/** `pernet-lint simulate --lines`: one scenario a line in, one answer a line out, until the input ends. */
import { once } from 'node:events';
import { runScenario } from '../netns/index.ts';
import type { SimulateIo } from './simulate.ts';
import type { SimulateArgs } from './simulate-args.ts';
import { MAX_SCENARIO_BYTES } from './simulate-files.ts';
import { LineBuffer } from './simulate-line-buffer.ts';
import { runValue } from './simulate-output.ts';
import { ScenarioReader } from './simulate-reader.ts';

/** Answers each line as soon as it is complete. Always resolves to 0: each answer has its own exit status. */
export async function answerLines(args: SimulateArgs, io: SimulateIo): Promise<number> {
  const reader = new ScenarioReader(args.dialect);
  const decoder = new TextDecoder();
  const lines = new LineBuffer(MAX_SCENARIO_BYTES);
  for await (const chunk of io.stdin) {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    await answer(lines.take(text), reader, io);
  }
  await answer(lines.end(decoder.decode()), reader, io);
  return 0;
}

async function answer(lines: readonly (string | undefined)[], reader: ScenarioReader, io: SimulateIo): Promise<void> {
  let answers = '';
  for (const line of lines) answers += `${await answerTo(line, reader)}\n`;
  if (answers !== '' && !io.stdout.write(answers)) await once(io.stdout, 'drain');
}

async function answerTo(line: string | undefined, reader: ScenarioReader): Promise<string> {
  if (line === undefined) return malformed('$: too large');
  const read = await reader.text(line, '.');
  return 'error' in read ? malformed(read.error) : JSON.stringify(runValue(runScenario(read.scenario, read.options)));
}

function malformed(error: string): string {
  return JSON.stringify({ exit: 2, violations: [], error });
}

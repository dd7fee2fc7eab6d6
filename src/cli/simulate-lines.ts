/** `pernet-lint simulate --lines`: one scenario a line in, one answer a line out, until the input ends. */
import { once } from 'node:events';
import { parseScenarioText, runScenario, type Dialect } from '../netns/index.ts';
import type { SimulateIo } from './simulate.ts';
import type { SimulateArgs } from './simulate-args.ts';
import { MAX_SCENARIO_BYTES } from './simulate-files.ts';
import { LineBuffer } from './simulate-line-buffer.ts';
import { runValue } from './simulate-output.ts';

/** Answers each line as soon as it is complete. Always resolves to 0: each answer has its own exit status. */
export async function answerLines(args: SimulateArgs, io: SimulateIo): Promise<number> {
  const decoder = new TextDecoder();
  const lines = new LineBuffer(MAX_SCENARIO_BYTES);
  for await (const chunk of io.stdin) {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    await answer(lines.take(text), args.dialect, io);
  }
  await answer(lines.end(decoder.decode()), args.dialect, io);
  return 0;
}

async function answer(lines: readonly (string | undefined)[], dialect: Dialect, io: SimulateIo): Promise<void> {
  if (lines.length === 0) return;
  const answers = lines.map((line) => `${answerTo(line, dialect)}\n`).join('');
  if (!io.stdout.write(answers)) await once(io.stdout, 'drain');
}

function answerTo(line: string | undefined, dialect: Dialect): string {
  if (line === undefined) return malformed('$: too large');
  const parsed = parseScenarioText(line, { dialect });
  return parsed.ok ? JSON.stringify(runValue(runScenario(parsed.scenario, { dialect }))) : malformed(parsed.error);
}

function malformed(error: string): string {
  return JSON.stringify({ exit: 2, violations: [], error });
}

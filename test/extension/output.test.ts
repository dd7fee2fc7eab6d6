import { expect, test } from 'vitest';
import type { LogOutputChannel } from 'vscode';
import { firstLine, LevelledOutput } from '../../src/extension/output.ts';

function written(write: (output: LevelledOutput) => void): readonly (readonly [string, string])[] {
  const lines: [string, string][] = [];
  const at = (level: string) => (text: string) => void lines.push([level, text]);
  const log = Object.fromEntries(['error', 'warn', 'info', 'debug', 'trace'].map((level) => [level, at(level)]));
  write(new LevelledOutput(log as unknown as LogOutputChannel));
  return lines;
}

test('what the language client writes goes to the log at its level, with what it writes below', () => {
  expect(
    written((output) => {
      output.appendLine('[Error - 7:53:27 AM] it went wrong');
      output.appendLine('  at a line');
      output.appendLine('[Info  - 7:53:27 AM] the server has ended');
      output.appendLine('true');
      output.append('[LSP   - 7:53:27 AM] ');
      output.appendLine('{"type":"x"}');
    }),
  ).toEqual([
    ['error', 'it went wrong'],
    ['error', '  at a line'],
    ['info', 'the server has ended'],
    ['trace', '{"type":"x"}'],
  ]);
});

test('a line of its own is for debugging', async () => {
  const lines = written((output) => {
    output.appendLine('[Warn  - 7:53:27 AM] beware');
    queueMicrotask(() => {
      output.appendLine('a.c: 3 pernet_operations');
    });
  });
  await Promise.resolve();
  await Promise.resolve();
  expect(lines).toEqual([
    ['warn', 'beware'],
    ['debug', 'a.c: 3 pernet_operations'],
  ]);
});

test('its first line says which version it is', () => {
  expect(firstLine({ packageJSON: { version: '1.2.3' } })).toMatch(/^Pernet Lifecycle 1\.2\.3; /);
});

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { baselineText, pruned, readBaseline, writeBaseline, type Entry } from '../../src/cli/baseline.ts';
import { finding } from '../report/sample.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pernet-baseline-'));
  file = path.join(folder, 'base.json');
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

function entry(name: string, members: Partial<Entry> = {}): Entry {
  return { fingerprint: name, rule: 'pernet/exit-leak', file: `net/${name}.c`, message: 'it leaks', ...members };
}

function read(text: string): ReturnType<typeof readBaseline> {
  fs.writeFileSync(file, text);
  return readBaseline(file);
}

test('is read as it was written, and leaves no other file', () => {
  expect(writeBaseline(file, [finding({ fingerprint: 'f' })])).toBeNull();
  expect(readBaseline(file)).toEqual({
    entries: [{ fingerprint: 'f', rule: 'pernet/exit-leak', file: 'net/foo.c', message: 'it leaks' }],
  });
  expect(fs.readdirSync(folder)).toEqual(['base.json']);
});

test('is JSON with one finding a line, in an order that does not depend on how they were found', () => {
  const entries = [entry('b'), entry('a', { rule: 'pernet/z' }), entry('a2', { file: 'net/a.c' })];
  const text = baselineText(entries);
  expect(baselineText([...entries].reverse())).toBe(text);
  expect(baselineText([...entries, entry('b')])).toBe(text);
  const lines = text.trimEnd().split('\n');
  expect(lines.slice(1, -1).map((line) => (JSON.parse(line.slice(1)) as Entry).fingerprint)).toEqual(['a2', 'a', 'b']);
  expect((JSON.parse(text) as unknown[]).length).toBe(4);
});

describe('git merges it', () => {
  const names = ['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
  const text = (entries: readonly string[]): string => baselineText(entries.map((name) => entry(name)));
  const merge = (ours: readonly string[], theirs: readonly string[], ...options: string[]): string[] => {
    for (const [name, entries] of [['ours', ours] as const, ['base', names] as const, ['theirs', theirs] as const]) {
      fs.writeFileSync(path.join(folder, name), text(entries));
    }
    const merged = spawnSync('git', ['merge-file', '-p', ...options, 'ours', 'base', 'theirs'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(merged.status).toBe(0);
    const result = read(merged.stdout);
    expect(result).toHaveProperty('entries');
    return 'entries' in result ? result.entries.map(({ fingerprint }) => fingerprint) : [];
  };

  test('where one side removes the last and the other adds the first', () => {
    expect(merge(names.slice(0, -1), ['a', ...names])).toEqual(['a', ...names.slice(0, -1)]);
  });

  test('with the union driver also where both add behind the last', () => {
    expect(merge([...names, 'k'], [...names, 'l'], '--union')).toEqual([...names, 'k', 'l']);
  });
});

describe('what is no baseline is refused with the reason', () => {
  test.each([
    ['', /not a baseline that --write-baseline wrote/],
    ['{"version":1}', /not a baseline/],
    ['[]', /not a baseline/],
    ['[null]', /not a baseline/],
    ['[{"version":7}]', /of version 7, and this pernet-lint reads version 1/],
    ['[{"version":1},{"fingerprint":"a"}]', /entry 1 is damaged: it needs fingerprint, rule, file and message/],
    ['[{"version":1}\n<<<<<<< ours\n]', /line 2 is a merge conflict/],
  ])('%j', (text, reason) => {
    expect(read(text)).toEqual({ error: expect.stringMatching(reason) as string });
  });

  test('a file that is not there', () => {
    expect(readBaseline(path.join(folder, 'none'))).toEqual({ error: expect.stringContaining('not there') as string });
  });

  test('and a folder that is not there cannot be written to', () => {
    expect(writeBaseline(path.join(folder, 'no/base.json'), [])).toMatch(/^--write-baseline .*: it is not there$/);
  });
});

test('pruning keeps what is found, and what could not have been found', () => {
  const entries = [entry('found'), entry('gone'), entry('elsewhere', { file: 'drivers/a.c' })];
  const kept = pruned(entries, [finding({ fingerprint: 'found' })], ({ file: where }) => where.startsWith('net/'));
  expect(kept.map(({ fingerprint }) => fingerprint)).toEqual(['found', 'elsewhere']);
});

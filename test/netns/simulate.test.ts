/** `pernet-lint simulate`, as a function of its arguments and streams. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LineBuffer } from '../../src/cli/simulate-line-buffer.ts';
import { MAX_SCENARIO_BYTES } from '../../src/cli/simulate-files.ts';
import { runSimulate } from '../../src/cli/simulate.ts';

const reference = path.join(import.meta.dirname, 'reference');
const good = path.join(reference, 'scenarios', 'copy-life.netns.json');
const violating = path.join(reference, 'scenarios', 'reg-double.netns.json');
const malformed = path.join(reference, 'malformed', 'nth-zero.netns.json');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'simulate-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Result {
  exit: number;
  stdout: string;
  stderr: string;
}

async function simulate(args: string[], input: Iterable<string | Uint8Array> = []): Promise<Result> {
  const texts = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr'): PassThrough => {
    const stream = new PassThrough();
    stream.on('data', (chunk: Buffer) => (texts[name] += chunk.toString()));
    return stream;
  };
  const stdin = new PassThrough();
  for (const chunk of input) stdin.write(chunk);
  stdin.end();
  const exit = await runSimulate(args, { stdin, stdout: sink('stdout'), stderr: sink('stderr') });
  await new Promise(setImmediate);
  return { exit, ...texts };
}

function file(name: string, content: string | Uint8Array): string {
  const full = path.join(folder, name);
  writeFileSync(full, content);
  return full;
}

describe('simulate FILE', () => {
  it('prints the log as text by default', async () => {
    const { exit, stdout } = await simulate([good]);
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^# One net, .*\nstep 0: net_ns_init\n {2}net_list_add {7}init_net\n/);
    expect(stdout).toMatch(/\nno violations\n$/);
  });

  it('prints an event a line, as the reference does', async () => {
    const { exit, stdout } = await simulate([good, '--format', 'jsonl']);
    const expected = readFileSync(path.join(reference, 'expected', 'copy-life.jsonl'), 'utf8');
    expect(exit).toBe(0);
    const lines = (text: string): unknown[] =>
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown);
    expect(lines(stdout)).toEqual(lines(expected));
  });

  it('prints one JSON value, and exits with 1 after a violation', async () => {
    const { exit, stdout } = await simulate(['--format=json', violating]);
    expect(exit).toBe(1);
    const value = JSON.parse(stdout) as { exit: number; violations: number[]; events: { event: string }[] };
    expect(value.exit).toBe(1);
    expect(value.violations.length).toBeGreaterThan(0);
    expect(value.events.at(-1)!.event).toBe('state');
  });

  it('says which file each log is of, when there are several', async () => {
    const text = await simulate([good, violating]);
    expect(text.exit).toBe(1);
    expect(text.stdout).toContain(`# ${good}\n`);
    expect(text.stdout).toContain(`# ${violating}\n`);
    const json = await simulate([good, violating, '--format', 'json']);
    expect((JSON.parse(json.stdout) as { file: string }[]).map((entry) => entry.file)).toEqual([good, violating]);
  });

  it('prints nothing but one line on stderr for a malformed scenario', async () => {
    const expected = `${malformed}: $.steps[0].nth: 0 is out of range (1 to 2147483647)\n`;
    expect(await simulate([malformed])).toEqual({ exit: 2, stdout: '', stderr: expected });
  });

  it('takes a folder for all scenarios in it', async () => {
    const { exit, stdout } = await simulate([path.join(reference, 'scenarios'), '--format', 'json']);
    expect(exit).toBe(1);
    expect(JSON.parse(stdout)).toHaveLength(126);
  });

  it('behaves like the kernel that is named', async () => {
    const scenario = file(
      'rtnl.netns.json',
      JSON.stringify({
        ops: { a: { exit_rtnl: true } },
        steps: [
          { step: 'register_pernet_subsys', ops: 'a' },
          { step: 'unregister_pernet_subsys', ops: 'a' },
        ],
      }),
    );
    const later = await simulate([scenario, '--dialect', '6.12']);
    expect(later.stdout).toContain('rtnl_lock');
    const { exit, stderr } = await simulate([scenario]);
    expect([exit, stderr]).toEqual([2, `${scenario}: $.ops.a.exit_rtnl: unknown member\n`]);
  });

  it.each([
    ['an ELF file', new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1]), '$: not JSON: binary data'],
    ['Latin-1', new Uint8Array([0x22, 0xe4, 0x22]), '$: not JSON: not UTF-8 text'],
    ['nothing', '', '$: not JSON: Unexpected end of JSON input'],
    ['deep nesting', '['.repeat(200_000), /^\$: not JSON: /],
  ])('has a clear answer to %s', async (_title, content, error) => {
    const odd = file('odd.netns.json', content);
    const { exit, stdout, stderr } = await simulate([odd]);
    expect([exit, stdout]).toEqual([2, '']);
    expect(stderr.startsWith(`${odd}: `)).toBe(true);
    expect(stderr.trimEnd()).not.toContain('\n');
    const said = stderr.slice(odd.length + 2).trimEnd();
    if (typeof error === 'string') expect(said).toBe(error);
    else expect(said).toMatch(error);
  });
});

it('a scenario that is too large is not read', async () => {
  const large = file('large.netns.json', '');
  truncateSync(large, MAX_SCENARIO_BYTES + 1);
  const error = `${large}: $: too large: ${MAX_SCENARIO_BYTES + 1} bytes\n`;
  expect(await simulate([large])).toEqual({ exit: 2, stdout: '', stderr: error });
});

it('lines come in pieces; one that is too long is dropped, and what follows is not', () => {
  const lines = new LineBuffer(6);
  expect(lines.take('ab\ncd')).toEqual(['ab']);
  expect(lines.take('ef\n')).toEqual(['cdef']);
  expect(lines.take('12345')).toEqual([]);
  expect(lines.take('67')).toEqual([]);
  expect(lines.take('8\n\ngh')).toEqual([undefined, '']);
  expect(lines.end('i')).toEqual(['ghi']);
  expect(lines.end('')).toEqual([]);
});

describe('simulate --out', () => {
  it('writes a log for each scenario, and an error for each malformed one', async () => {
    const out = path.join(folder, 'out');
    expect((await simulate([path.join(reference, 'scenarios'), '--out', out])).exit).toBe(1);
    expect((await simulate([path.join(reference, 'malformed'), '--out', out])).exit).toBe(2);
    const files = readdirSync(out);
    expect(files.filter((name) => name.endsWith('.jsonl'))).toHaveLength(126);
    expect(files.filter((name) => name.endsWith('.err'))).toHaveLength(54);
    expect(readFileSync(path.join(out, 'nth-zero.err'), 'utf8')).toBe(
      '$.steps[0].nth: 0 is out of range (1 to 2147483647)\n',
    );
    expect(readFileSync(path.join(out, 'boot-nothing.jsonl'), 'utf8')).toMatch(/^\{"event":"state",.*\}\n$/);
  });

  it('exits with 0 when nothing was violated', async () => {
    expect((await simulate([good, '--out', path.join(folder, 'one')])).exit).toBe(0);
  });

  it('says when it cannot write', async () => {
    const blocked = file('blocked', '');
    const { exit, stderr } = await simulate([good, '--out', blocked]);
    expect(exit).toBe(2);
    expect(stderr).toMatch(/^pernet-lint simulate: cannot write to .*: E\w+\n$/);
  });
});

describe('simulate --lines', () => {
  const line = (steps: unknown[]): string => JSON.stringify({ steps });

  it('answers each line with one line', async () => {
    const lines = [
      line([{ step: 'net_ns_barrier' }]),
      line([{ step: 'net_ns_init' }, { step: 'net_ns_init' }]),
      '{',
      line([{ step: 'fail_nth_alloc' }]),
      '',
    ];
    const { exit, stdout } = await simulate(['--lines'], [`${lines.join('\n')}\n`]);
    expect(exit).toBe(0);
    const answers = stdout
      .trim()
      .split('\n')
      .map(
        (answer) => JSON.parse(answer) as { exit: number; violations: number[]; error?: string; events?: unknown[] },
      );
    expect(answers.map((answer) => [answer.exit, answer.violations])).toEqual([
      [0, []],
      [1, [1]],
      [2, []],
      [2, []],
      [2, []],
    ]);
    expect(answers[0]!.events).toHaveLength(2);
    expect(answers[3]).toEqual({ exit: 2, violations: [], error: '$.steps[0].nth: missing' });
  });

  it('answers before the input ends, and takes a line in pieces and without an end', async () => {
    const stdin = new PassThrough();
    const stdout = new PassThrough();
    const done = runSimulate(['--lines'], { stdin, stdout, stderr: new PassThrough() });
    const text = line([{ step: 'fail_nth_alloc' }]);
    const bytes = Buffer.from(`{"description":"ä","steps":[]}\n`);
    const first = once(stdout);
    stdin.write(bytes.subarray(0, 17));
    stdin.write(bytes.subarray(17));
    expect(await first).toMatch(/^\{"exit":0,/);
    const last = once(stdout);
    stdin.end(text);
    expect(await last).toMatch(/^\{"exit":2,/);
    expect(await done).toBe(0);
  });

  it('keeps up with thousands', async () => {
    const text = readFileSync(good, 'utf8').replace(/\s*\n\s*/g, ' ');
    const { stdout } = await simulate(['--lines'], [`${text}\n`.repeat(3000)]);
    expect(stdout.split('\n')).toHaveLength(3001);
  });
});

function once(stream: PassThrough): Promise<string> {
  return new Promise((resolve) => {
    stream.once('data', (chunk: Buffer) => {
      resolve(chunk.toString());
    });
  });
}

describe('simulate --explore', () => {
  const steps = [
    { step: 'net_ns_init' },
    { step: 'register_pernet_subsys', ops: 'a' },
    { step: 'unregister_pernet_subsys', ops: 'a' },
  ];

  it('reports what is not clean, with the shortest scenario', async () => {
    const scenario = file('explore.netns.json', JSON.stringify({ ops: { a: { id: true, size: 8 } }, steps }));
    const { exit, stdout } = await simulate(['--explore', scenario]);
    expect(exit).toBe(1);
    expect(stdout).toContain('6 runs, 3 of them to a panic; ends that are not clean: 1');
    expect(stdout).toContain(
      '# dangling-data-pointer: slot 3 of init_net still points at the data of a, which is freed',
    );
    const json = await simulate(['--explore', scenario, '--format', 'json']);
    expect((JSON.parse(json.stdout) as { findings: unknown[] }).findings).toHaveLength(1);
  });

  it('exits with 0 when all is clean, and with 2 for a malformed scenario', async () => {
    const scenario = file('clean.netns.json', JSON.stringify({ ops: { a: { init: true } }, steps }));
    expect((await simulate(['--explore', scenario])).exit).toBe(0);
    expect((await simulate(['--explore', malformed])).exit).toBe(2);
  });
});

it('a reader that goes away ends the run quietly', async () => {
  const stdout = new PassThrough({ highWaterMark: 1 });
  const closed: NodeJS.ErrnoException = new Error('write EPIPE');
  closed.code = 'EPIPE';
  const done = runSimulate([path.join(reference, 'scenarios')], {
    stdin: new PassThrough(),
    stdout,
    stderr: new PassThrough(),
  });
  stdout.destroy(closed);
  expect(await done).toBe(0);
});

describe('wrong usage', () => {
  it.each([
    [[], 'no scenario given (--help says more)'],
    [['--dialect', '2.6', good], 'no dialect "2.6"; there are reference, 6.1, 6.12, 7.3'],
    [['--format', 'xml', good], 'no format "xml"; there are text, jsonl, json'],
    [['--lines', good], '--lines reads standard input and takes no files, --out or --explore'],
    [['--explore', '--out', 'x', good], '--explore prints a report and takes no --out'],
    [['no-such-file'], 'cannot read no-such-file: ENOENT'],
  ])('%j', async (args, error) => {
    expect(await simulate(args)).toEqual({ exit: 2, stdout: '', stderr: `pernet-lint simulate: ${error}\n` });
  });

  it('an unknown option is named', async () => {
    const { exit, stderr } = await simulate(['--frobnicate', good]);
    expect(exit).toBe(2);
    expect(stderr).toMatch(/^pernet-lint simulate: .*--frobnicate.*\n$/);
  });

  it('--help lists the dialects', async () => {
    const { exit, stdout } = await simulate(['--help']);
    expect(exit).toBe(0);
    expect(stdout).toMatch(/6\.12 +Late 6\.12\.y/);
  });
});

it('a folder without scenarios gives no logs, and says so', async () => {
  const empty = path.join(folder, 'empty');
  mkdirSync(empty);
  const stderr = `pernet-lint simulate: ${empty}: no *.netns.json is there, nothing was run\n`;
  expect(await simulate([empty])).toEqual({ exit: 0, stdout: '', stderr });
});

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildAll, cli } from '../bundle.ts';

const project = path.resolve(import.meta.dirname, '../..');

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'robust-'));
const at = (...parts: string[]): string => path.join(root, ...parts);
const sample = fs.readFileSync(path.join(project, 'test/sample/pernet_sample.c'), 'utf8');

function put(file: string, text: string | Buffer): string {
  fs.mkdirSync(path.dirname(at(file)), { recursive: true });
  fs.writeFileSync(at(file), text);
  return at(file);
}

put('noc/readme.txt', 'pernet_operations');
put('one.c', sample);
put('loops/a.c', sample);
fs.symlinkSync('.', at('loops/self'));
fs.symlinkSync('../loops', at('loops/up'));
fs.symlinkSync('nowhere', at('loops/broken.c'));
fs.symlinkSync('round.c', at('loops/round.c'));
put('binary/x.c', Buffer.from(`${sample}\0`));
put('tree/net/x.c', Buffer.from(`${sample}\0`));
for (const each of ['Kconfig', 'Makefile', 'kernel/x', 'include/linux/x']) put(`tree/${each}`, '');
put('objects/a.c', sample);
put('objects/a.o', Buffer.from('\x7fELF\0\0'));
put('big/sample.c', `#include "generated.h"\n${sample}`);
put('big/generated.h', `/* pernet_operations */\n${'#define REGISTER 0x12345678\n'.repeat(400_000)}`);
put('latin/l.c', Buffer.from(`/* J\u00f6rg */\n${sample}`, 'latin1'));
put('crlf/c.c', sample.replaceAll('\n', '\r\n'));
put('half/h.c', `${sample}\nstatic int __init more(void)\n{\n\tif (x) {\n\t\tregister_pernet_subsys(&sample_net_`);

beforeAll(buildAll);
afterAll(() => {
  fs.rmSync(root, { recursive: true });
});

function lint(...args: string[]): { status: number | null; out: string; err: string } {
  const all = ['lint', 'review', 'simulate', 'timeline'].includes(args[0] ?? '') ? args : ['--no-cache', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...all], {
    cwd: root,
    encoding: 'utf8',
    timeout: 50_000,
  });
  return { status, out: stdout, err: stderr };
}

describe('whatever lint is given', () => {
  it.each([
    ['what is not there', ['nowhere'], 2, 'Nothing was looked at.', 'nowhere: it is not there'],
    ['a mistyped command', ['ordr'], 2, 'Nothing was looked at.', 'nor is there a command of that name'],
    ['a mistyped path to a file', ['one.c/x'], 2, 'Nothing was looked at.', 'one.c/x: a part of the path is no folder'],
    ['a command twice', ['lint', '--no-cache', 'lint'], 2, '', 'pernet-lint: lint: it is not there\n'],
    ['an empty path', [''], 2, 'Nothing was looked at.', 'pernet-lint: "": it is not there'],
    ['a command behind an option', ['--no-cache', 'order', '.'], 2, '', 'the command order comes before all options'],
    [
      'such a one with an option of its own',
      ['--no-cache', 'order', '--config', 'x'],
      2,
      '',
      'the command order comes before all',
    ],
    ['a folder without C', [at('noc')], 0, 'There is no C file: nothing was looked at.', ''],
    ['a loop of links', [at('loops')], 1, '3 pernet_operations in 1 file.', ''],
    ['a link to itself', [at('loops/round.c')], 2, 'Nothing was looked at.', 'its symbolic links lead in a circle'],
    ['bytes that are no text', [at('binary')], 0, 'x.c:1: binary: it holds NUL bytes', ''],
    [
      'such a file by name',
      [at('binary/x.c')],
      2,
      'No problem found in what could be read',
      'x.c: binary: it holds NUL',
    ],
    ['all of a folder, an object too', [at('objects/a.c'), at('objects/a.o')], 1, 'a.o:1: binary: it holds NUL', ''],
    ['such a file in a tree', [at('tree/net/x.c')], 2, 'No problem found in what could be read', 'net/x.c: binary: it'],
    ['such a file unasked', ['--disable', 'not-analysed', at('binary/x.c')], 2, 'No problem', 'x.c: binary: it holds'],
    ['a header of 10 MB', [at('big')], 1, 'generated.h:1: larger than 4 MB', ''],
    ['such a one by name', [at('big/generated.h')], 0, 'generated.h:1: larger than 4 MB', ''],
    ['text that is not UTF-8', [at('latin')], 1, '3 pernet_operations in 1 file.', ''],
    ['lines that end in CR LF', [at('crlf')], 1, '3 pernet_operations in 1 file.', ''],
    ['a function that is half typed', [at('half')], 1, '3 pernet_operations in 1 file.', ''],
    ['a root that is a file', ['--root', at('one.c'), at('one.c')], 2, '3 pernet_operations', 'one.c: not a folder'],
    ['a .config that is none', ['--kernel-config', at('one.c'), at('one.c')], 2, '', 'no option of a .config is in it'],
    ['an option that there is not', ['--nothing'], 2, '', 'pernet-lint: there is no option --nothing (see --help)\n'],
    ['such a one of review', ['review', '--nothing'], 2, '', 'there is no option --nothing (see --help)\n'],
    ['such a one of timeline', ['timeline', '-x'], 2, '', 'there is no option -x (see --help)\n'],
    ['a timeline of no text', ['timeline', at('binary/x.c')], 2, '', 'x.c: binary: it holds NUL bytes\n'],
    ['a timeline of other ops', ['timeline', 'one.c', '--ops', 'x'], 2, '', 'one.c: no module of it registers x\n'],
    ['a timeline of no such run', ['timeline', 'one.c', '--run', 'x'], 2, '', 'one.c: there is no run x; without'],
    ['a folder without scenarios', ['simulate', at('noc')], 0, '', 'noc: no *.netns.json is there, nothing was run'],
    [
      'one file that is there, and one not',
      [at('one.c'), at('two.c')],
      2,
      '3 pernet_operations',
      'two.c: it is not there',
    ],
  ])('%s', (_, args, status, out, err) => {
    const result = lint(...args);
    expect(result.status).toBe(status);
    expect(result.out).toContain(out);
    expect(result.err).toContain(err);
    expect(result.err).not.toContain('internal error');
  });

  it.skipIf(process.platform === 'win32')('a pipe that nobody writes to is not waited for', () => {
    spawnSync('mkfifo', [at('pipe.c')]);
    for (const command of [[], ['timeline']]) {
      const { status, err } = lint(...command, at('pipe.c'));
      expect([status, err]).toEqual([2, expect.stringContaining('pipe.c: neither a file nor a folder') as string]);
    }
  });

  it.skipIf(process.platform === 'win32')('the null device is an empty file', () => {
    const { status, out, err } = lint('/dev/null');
    expect([status, err]).toEqual([0, '']);
    expect(out).toMatch(/^No problem found: 0 pernet_operations/);
  });

  it.skipIf(process.platform === 'win32')('nor is a tree whose files are links to a device, or pipes', () => {
    put('odd/a.c', `#include "foo.h"\n${sample}`);
    fs.symlinkSync('/dev/zero', at('odd/foo.h'));
    fs.symlinkSync('/dev/zero', at('odd/.gitignore'));
    spawnSync('mkfifo', [at('odd/Makefile'), at('odd/Kconfig')]);
    const { status, out, err } = lint(at('odd'));
    expect([status, err]).toEqual([1, '']);
    expect(out).toContain('3 pernet_operations in 1 file.');
    const { err: said } = lint('--config-file', at('odd/foo.h'), at('odd'));
    expect(said).toContain('foo.h:1:1: neither a file nor a folder');
  });

  it('a reader that has seen enough ends it, without a word', () => {
    const command = `"${process.execPath}" "${cli}" --no-cache --format json "$1"; echo $? >&2`;
    const script = `(${command}) | true`;
    const { stderr } = spawnSync('sh', ['-c', script, 'sh', at('loops')], { encoding: 'utf8', timeout: 50_000 });
    expect(stderr).toBe('141\n');
  });
});

it.skipIf(process.platform !== 'linux')('a cache folder that can never be made costs nothing', () => {
  const env = { ...process.env, XDG_CACHE_HOME: '/proc/nowhere' };
  const { status, stdout } = spawnSync(process.execPath, [cli, at('one.c')], {
    env,
    encoding: 'utf8',
    timeout: 20_000,
  });
  expect(status).toBe(1);
  expect(stdout).toContain('3 errors');
});

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildAll, cli } from '../bundle.ts';
import { broken, fixes, tree } from '../review/fixes.ts';

const root = path.resolve(import.meta.dirname, '../..');
const readme = fs.readFileSync(path.join(root, 'README.md'), 'utf8');
const early = fixes[0]!;
const notifier = fixes[1]!;

let folder: string;
let bin: string;

beforeAll(buildAll);

/** A repository with the tree committed, and `pernet-lint` on the PATH. */
beforeEach(() => {
  const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'pernet-review-')));
  [folder, bin] = [path.join(base, 'repository'), path.join(base, 'bin')];
  fs.mkdirSync(folder);
  fs.mkdirSync(bin);
  fs.writeFileSync(path.join(bin, 'pernet-lint'), `#!/bin/sh\nexec "${process.execPath}" "${cli}" "$@"\n`, {
    mode: 0o755,
  });
  git('init', '-q', '-b', 'main');
  write(tree);
  commit('foo: new');
});
afterEach(() => {
  fs.rmSync(path.dirname(folder), { recursive: true, force: true });
});

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(
  command: string,
  args: readonly string[],
  more: { input?: string; env?: Record<string, string> } = {},
): Ran {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    timeout: 50_000,
    input: more.input ?? '',
    env: {
      ...process.env,
      PATH: `${bin}:${process.env['PATH'] ?? ''}`,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_SYSTEM: '/dev/null',
      ...Object.fromEntries(
        ['AUTHOR', 'COMMITTER'].flatMap((who) => [
          [`GIT_${who}_NAME`, 'A. Tester'],
          [`GIT_${who}_EMAIL`, 'a@example.org'],
        ]),
      ),
      ...more.env,
    },
  });
  return { status, stdout, stderr };
}

function git(...args: string[]): string {
  const { status, stdout, stderr } = run('git', args);
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

function write(files: ReadonlyMap<string, string>): void {
  for (const [name, text] of files) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
}

function commit(message: string): void {
  git('add', '-A');
  git('commit', '-q', '-m', message);
}

function review(...args: string[]): Ran {
  return run(process.execPath, [cli, 'review', ...args]);
}

interface Json {
  readonly introduced: readonly { readonly rule: string; readonly file: string }[];
  readonly mended: readonly { readonly rule: string }[];
  readonly steps: readonly { readonly title: string; readonly introduced: unknown[]; readonly mended: unknown[] }[];
}

function json(...args: string[]): {
  status: number | null;
  introduced: string[];
  mended: string[];
  steps: Json['steps'];
} {
  const { status, stdout } = review('--format', 'json', ...args);
  const { introduced, mended, steps } = JSON.parse(stdout) as Json;
  const rules = (all: readonly { readonly rule: string }[]): string[] =>
    [...new Set(all.map(({ rule }) => rule))].sort();
  return { status, introduced: rules(introduced), mended: rules(mended), steps };
}

const leaks = ['pernet/left-behind-on-error', 'pernet/left-registered-on-error'];
const nothing = { introduced: [], mended: [] };

describe('what is reviewed', () => {
  test('uncommitted, staged, a commit, a range: the same findings, new and gone', () => {
    write(broken(early));
    expect(json()).toMatchObject({ status: 1, introduced: leaks, mended: [] });
    expect(json('--staged')).toMatchObject({ status: 0, ...nothing });
    git('add', '-A');
    // The index counts, not the file.
    write(tree);
    expect(json('--staged')).toMatchObject({ status: 1, introduced: leaks, mended: [] });
    expect(json()).toMatchObject({ status: 0, ...nothing });
    git('commit', '-q', '-m', 'foo: simplify');
    expect(json('HEAD')).toMatchObject({ status: 1, introduced: leaks, mended: [] });
    commit('foo: mend it');
    expect(json('HEAD')).toMatchObject({ status: 0, introduced: [], mended: leaks });
    expect(json('HEAD~2..HEAD~1')).toMatchObject({ status: 1, introduced: leaks });
    const whole = json('HEAD~2..');
    expect(whole).toMatchObject({ status: 0, ...nothing });
    expect(whole.steps.map(({ title, introduced, mended }) => [title, introduced.length, mended.length])).toEqual([
      ['foo: simplify', 3, 0],
      ['foo: mend it', 0, 3],
    ]);
    expect(review('HEAD~2..').stdout).toContain('"foo: mend it" mends it, but each step should be right by itself.');
    expect(review('HEAD~2..').stderr).toContain('No new problem in the end (3 mended again on the way): ');
  });

  test('as SARIF, what is new alone', () => {
    write(broken(early));
    const log = JSON.parse(review('--format', 'sarif').stdout) as {
      runs: { results: { ruleId: string; codeFlows: unknown[] }[] }[];
    };
    const [results] = log.runs.map((each) => each.results);
    expect([...new Set(results!.map(({ ruleId }) => ruleId))].sort()).toEqual(leaks);
    expect(results!.every(({ codeFlows }) => codeFlows.length === 1)).toBe(true);
  });

  test('a branch is reviewed from where it left, not against what main has become', () => {
    git('checkout', '-q', '-b', 'topic');
    write(new Map([['net/foo/other.c', 'int other;\n']]));
    commit('foo: other');
    git('checkout', '-q', 'main');
    write(broken(early));
    commit('foo: worse');
    for (const dots of ['..', '...']) expect(json(`main${dots}topic`)).toMatchObject({ status: 0, ...nothing });
    expect(json(`topic...main`)).toMatchObject({ status: 1, introduced: leaks });
  });

  test('a series as git format-patch writes it, on the files, on a base, from a pipe; the files stay as they are', () => {
    write(broken(notifier));
    commit('foo: one');
    write(tree);
    commit('foo: two');
    write(broken(early));
    commit('foo: three');
    const series = git('format-patch', '--stdout', '--cover-letter', 'HEAD~3..HEAD');
    const before = git('status', '--porcelain');
    const late = run(process.execPath, [cli, 'review', '--patch', '-'], { input: series });
    expect(late.status).toBe(2);
    expect(late.stderr).toBe(
      'pernet-lint: [PATCH 3/3] foo: three: net/foo/main.c: it is applied already; --base REV names the tree before it\n',
    );
    const based = run(process.execPath, [cli, 'review', '--patch', '-', '--base', 'HEAD~3'], { input: series });
    expect(based.status).toBe(1);
    expect(based.stdout).toMatch(/^On .*, A\. Tester wrote:\n> \[PATCH 1\/3\] foo: one\n/);
    git('checkout', '-q', 'HEAD~3');
    const files = git('format-patch', '-o', '../patches', 'HEAD..main').trim().split('\n');
    expect(json('--patch', ...files)).toMatchObject({ status: 1, introduced: leaks, mended: [] });
    expect(git('status', '--porcelain')).toBe(before);
  });

  test('renamed, and moved to another function name: nothing is new', () => {
    write(broken(early));
    commit('foo: worse');
    git('mv', 'net/foo/main.c', 'net/foo/core.c');
    write(new Map([['net/foo/Makefile', 'obj-$(CONFIG_FOO) += foo.o\nfoo-y := core.o table.o\n']]));
    const file = path.join(folder, 'net/foo/core.c');
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replaceAll('foo_init', 'foo_start'));
    git('add', '-A');
    expect(json('--staged')).toMatchObject({ status: 0, ...nothing });
  });

  test('a Makefile that makes a module of what was built in', () => {
    write(broken(early));
    write(new Map([['net/foo/Kconfig', 'config FOO\n\tbool "Foo"\n']]));
    commit('foo: built in');
    write(new Map([['net/foo/Kconfig', tree.get('net/foo/Kconfig')!]]));
    // Of what is built in it is said already that an ops stays registered, which its code undoes elsewhere.
    expect(json()).toMatchObject({ status: 1, introduced: ['pernet/left-behind-on-error'] });
  });
});

describe('the answer', () => {
  test('a reply by mail: quoted down to the line, the comment below it', () => {
    write(broken(early));
    commit('foo: simplify');
    const { stdout, stderr } = review('HEAD');
    expect(stdout.replace(/^commit \w+/, 'commit …')).toMatchSnapshot();
    expect(stdout.split('\n').every((line) => line.startsWith('>') || line.length <= 100)).toBe(true);
    expect(stderr).toBe('3 new problems: 1 changed file, the lifecycles of 1 file looked at.\n');
  });

  test('what is mended alone, and nothing at all', () => {
    write(broken(early));
    commit('foo: simplify');
    write(tree);
    expect(review().stdout).toMatch(/^uncommitted changes:\n\nIt mends:\n\n {2}net\/foo\/main\.c:\d+: if /);
    commit('foo: mend');
    expect(review()).toEqual({
      status: 0,
      stdout: '',
      stderr: 'No new problem: 0 changed files, the lifecycles of 0 files looked at.\n',
    });
  });

  test('--fail-on and --only decide', () => {
    write(broken(fixes.find(({ rules }) => rules.includes('id-without-size'))!));
    expect(review().status).toBe(1);
    expect(review('--fail-on', 'error').status).toBe(0);
    expect(review('--disable', 'id-without-size').stdout).toBe('');
  });
});

describe('bad input', () => {
  const cases: readonly (readonly [string[], string])[] = [
    [['--', '--upload-pack=x'], '--upload-pack=x: not a revision'],
    [['nowhere'], 'nowhere: there is no such commit here'],
    [['HEAD..nowhere'], 'nowhere: there is no such commit here'],
    [['net/foo/main.c'], 'net/foo/main.c: a file, and no revision; a patch is given with --patch'],
    [['a', 'b'], 'one revision or range at a time, and patches after --patch: a b'],
    [['--staged', 'HEAD'], '--staged takes no revision: HEAD'],
    [['--base', 'HEAD'], '--base goes with --patch'],
    [['--patch', 'none.patch'], 'none.patch: it is not there'],
    [['--format', 'html'], '--format html: it is one of '],
    [['--root', 'none'], 'none: it is not there'],
  ];
  for (const [args, error] of cases) {
    test(args.join(' '), () => {
      const { status, stdout, stderr } = review(...args);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toContain(`pernet-lint: ${error}`);
      expect(stderr.trim().split('\n')).toHaveLength(1);
    });
  }

  test('no repository', () => {
    const { status, stderr } = run(process.execPath, [cli, 'review', '--root', bin, 'HEAD']);
    expect(status).toBe(2);
    expect(stderr).toContain('it is in no git repository');
  });
});

test('nothing that the repository names is run: hooks, monitors, filters, diff programs', () => {
  const mark = path.join(bin, 'was-run');
  const evil = path.join(bin, 'evil');
  fs.writeFileSync(evil, `#!/bin/sh\ntouch "${mark}"\ncat\n`, { mode: 0o755 });
  write(new Map([['.gitattributes', '*.c filter=evil diff=evil\n']]));
  commit('attributes');
  write(broken(early));
  fs.mkdirSync(path.join(folder, 'hooks'));
  for (const hook of ['post-index-change', 'pre-commit']) fs.copyFileSync(evil, path.join(folder, 'hooks', hook));
  const settings = {
    'core.fsmonitor': evil,
    'core.hooksPath': path.join(folder, 'hooks'),
    'core.pager': evil,
    'diff.external': evil,
    'diff.evil.textconv': evil,
    'diff.evil.command': evil,
    'filter.evil.clean': evil,
    'filter.evil.smudge': evil,
    'filter.evil.required': 'true',
  };
  for (const [key, value] of Object.entries(settings)) git('config', key, value);
  fs.rmSync(mark, { force: true });
  expect(review().status).toBe(1);
  expect(review('--staged').status).toBe(0);
  expect(review('HEAD').status).toBe(0);
  expect(fs.existsSync(mark)).toBe(false);
});

describe("the README's hooks and workflow", () => {
  function block(after: string): string {
    const from = readme.indexOf('\n```', readme.indexOf(after));
    return readme.slice(readme.indexOf('\n', from + 1) + 1, readme.indexOf('\n```', from + 1) + 1);
  }

  function install(hook: string): void {
    fs.writeFileSync(path.join(folder, '.git/hooks', hook), block(`.git/hooks/${hook}`), { mode: 0o755 });
  }

  test('pre-commit lets through what is right, and not what is wrong; also with `commit -a` and in a work tree', () => {
    install('pre-commit');
    write(new Map([['net/foo/table.c', `${tree.get('net/foo/table.c')!}\n/* More. */\n`]]));
    git('commit', '-q', '-a', '-m', 'foo: more');
    write(broken(early));
    const refused = run('git', ['commit', '-a', '-m', 'foo: simplify']);
    expect(refused.status).toBe(1);
    expect(refused.stderr + refused.stdout).toContain('[pernet/left-registered-on-error]');
    git('checkout', '-q', '.');
    git('worktree', 'add', '-q', '-b', 'other', '../other');
    folder = path.join(path.dirname(folder), 'other');
    write(broken(early));
    expect(run('git', ['commit', '-a', '-m', 'foo: simplify']).status).toBe(1);
    folder = path.join(path.dirname(folder), 'repository');
  });

  test('pre-push lets through what is right, and not what is wrong', () => {
    git('init', '-q', '--bare', '../remote.git');
    git('remote', 'add', 'origin', '../remote.git');
    git('push', '-q', 'origin', 'main');
    git('remote', 'set-head', 'origin', 'main');
    install('pre-push');
    write(new Map([['README', 'foo\n']]));
    commit('readme');
    git('push', '-q', 'origin', 'main');
    git('checkout', '-q', '-b', 'topic');
    write(broken(early));
    commit('foo: simplify');
    const refused = run('git', ['push', 'origin', 'topic']);
    expect(refused.status).not.toBe(0);
    expect(refused.stderr + refused.stdout).toContain('[pernet/left-registered-on-error]');
  });

  test("the workflow's last step annotates a pull request", () => {
    const workflow = block('.github/workflows/pernet.yml');
    const step = /- run: (pernet-lint .*)\n$/.exec(workflow)?.[1];
    expect(step).toBeDefined();
    git('remote', 'add', 'origin', '.');
    git('update-ref', 'refs/remotes/origin/main', 'main');
    git('checkout', '-q', '-b', 'topic');
    write(broken(early));
    commit('foo: simplify');
    const ran = run('sh', ['-e', '-c', step!], { env: { GITHUB_BASE_REF: 'main' } });
    expect(ran.status).toBe(1);
    expect(ran.stdout.split('\n').filter((line) => line.startsWith('::error file=net/foo/main.c,line='))).toHaveLength(
      3,
    );
  });
});

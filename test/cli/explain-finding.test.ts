import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { adviceFor } from '../../src/cli/finding-report/advice.ts';
import { diffOf } from '../../src/cli/finding-report/diff.ts';
import { rules, type Finding } from '../../src/rules/index.ts';
import { buildAll, cli } from '../bundle.ts';

let folder: string;

/** Line 13 leaves foo_ops registered; line 19 takes it back as the wrong kind. */
const module = `static int __net_init foo_net_init(struct net *net)
{
	return 0;
}
static struct pernet_operations foo_ops = {
	.init = foo_net_init,
};
static int __init foo_init(void)
{
	int err = register_pernet_subsys(&foo_ops);
	if (err)
		return err;
	return genl_register_family(&foo_family);
}
static void __exit foo_exit(void)
{
	genl_unregister_family(&foo_family);
	/* undone */
	unregister_pernet_device(&foo_ops);
}
module_init(foo_init);
module_exit(foo_exit);
`;

beforeAll(buildAll);
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pernet-explain-'));
  for (const file of ['Kconfig', 'include/linux/init.h', 'kernel/fork.c']) put(file, '');
  put('Makefile', '# SPDX\nVERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 3\nEXTRAVERSION = -rc1\nNAME = A Name\n');
  put('net/foo/foo.c', module);
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

function put(name: string, text: string): void {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(command: string, args: readonly string[], env: Record<string, string> = {}): Ran {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    timeout: 50_000,
    env: { ...process.env, XDG_CACHE_HOME: path.join(folder, '.cache'), ...env },
  });
  return { status, stdout, stderr };
}

const lint = (...args: string[]): Ran => run(process.execPath, [cli, ...args]);

function git(...args: string[]): string {
  const who = ['-c', 'user.name=A', '-c', 'user.email=a@example.org', '-c', 'commit.gpgsign=false'];
  const { status, stdout, stderr } = run('git', [...who, ...args], {
    GIT_AUTHOR_DATE: `${++clock} +0000`,
    GIT_COMMITTER_DATE: `${clock} +0000`,
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout.trim();
}
let clock = 1_700_000_000;

function fingerprintOf(rule: string): string {
  const { findings } = JSON.parse(lint('lint', '--format', 'json', '.').stdout) as { findings: Finding[] };
  return findings.find((each) => each.rule === `pernet/${rule}`)!.fingerprint;
}

const explain = (rule: string, ...args: string[]): Ran => lint('explain', '--finding', fingerprintOf(rule), ...args);

describe('a finding as a report', () => {
  test('says what the guidelines ask for, with the places of the path in order', () => {
    const { status, stdout } = explain('left-registered-on-error');
    expect(status).toBe(0);
    expect(stdout).toContain(
      'Subject: net/foo/foo.c: foo_init(): foo_ops left registered on error\n\nProblem:\n\nIf genl_register_family() fails, foo_init() returns an error with\nfoo_ops still registered',
    );
    const places = [...stdout.matchAll(/^ *\d+\. net\/foo\/foo\.c:(\d+): (.*)$/gm)].map(([, line, what]) => [
      line,
      what,
    ]);
    expect(places).toEqual([
      ['8', 'foo_init() is called'],
      ['10', 'foo_init(): register_pernet_subsys(&foo_ops) succeeds'],
      ['13', 'foo_init(): genl_register_family() fails'],
      ['13', 'foo_init() returns'],
    ]);
    expect(stdout).toContain('ops_init() calls foo_ops.init for a namespace that is made afterwards');
    expect(stdout).toContain('The module is loaded, which calls foo_init(). It takes\ngenl_register_family() to fail.');
    expect(stdout).toMatch(/By static analysis: pernet-lint \d+\.\d+\.\d+, rule\npernet\/left-registered-on-error/);
    expect(stdout).toContain('\n  pernet-lint lint --only pernet/left-registered-on-error .\n');
    expect(stdout).toContain('Version:\n\nLinux 6.12.3-rc1.');
    expect(stdout).toMatch(
      /Proposed fix:\n\nCall unregister_pernet_subsys\(&foo_ops\) on the way that leaves\s+at\s+net\/foo\/foo.c:13/,
    );
    expect(stdout).toContain('fail-nth && exec modprobe foo"; modprobe -rq foo; done');
    expect(stdout).toContain('No git history of these files was found');
    const prose = stdout.split('\n').filter((line) => !/^ |^Subject:/.test(line));
    expect(prose.filter((line) => line.length > 72)).toEqual([]);
  });

  test('the effect is that of what the finding is about, and the fix names the call', () => {
    put(
      'net/foo/foo.c',
      `static struct pernet_operations foo_ops = { .init = foo_net_init };
static int __init foo_init(void)
{
	int err = register_netdevice_notifier(&foo_nb);
	if (err)
		goto out;
	err = register_pernet_subsys(&foo_ops);
	if (err)
		goto out;
	err = inet_add_offload(&foo_offload, IPPROTO_FOO);
	if (err)
		goto out_pernet;
	return 0;
out_pernet:
	unregister_pernet_subsys(&foo_ops);
out:
	unregister_netdevice_notifier(&foo_nb);
	return err;
}
static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_ops);
	unregister_netdevice_notifier(&foo_nb);
}
module_init(foo_init);
module_exit(foo_exit);
`,
    );
    const early = explain('unregister-not-registered').stdout.replace(/\s+/g, ' ');
    expect(early).toContain('works on memory that nobody has set up.');
    expect(early).not.toContain('list_del');
    expect(explain('left-behind-on-exit').stdout).toContain('Proposed fix:\n\nCall inet_del_offload() in the module');
  });

  test('a fix that the finding carries stands there as a diff that applies', () => {
    const { stdout } = explain('unregister-kind-mismatch');
    const diff = stdout.slice(stdout.indexOf('--- a/'), stdout.indexOf('\n\nTesting:') + 1);
    expect(diff).toContain('-\tunregister_pernet_device(&foo_ops);\n+\tunregister_pernet_subsys(&foo_ops);\n');
    put('fix.patch', diff);
    expect(run('patch', ['-p1', '--dry-run', '-i', 'fix.patch']).status).toBe(0);
  });

  test('the same as JSON', () => {
    const { stdout } = explain('left-registered-on-error', '--format', 'json', 'net/foo');
    const { finding, report, text } = JSON.parse(stdout) as {
      finding: Finding;
      report: { found: { command: string }; on: { release: string; described: null }; fixes: null };
      text: string;
    };
    expect(finding.line).toBe(13);
    expect(report).toMatchObject({
      found: { command: 'pernet-lint lint --only pernet/left-registered-on-error net/foo' },
      on: { release: '6.12.3-rc1', described: null },
      fixes: null,
    });
    expect(text).toMatch(/^Subject: /);
  });

  test('an unknown or malformed fingerprint, and a wrong format: 2 and one clear line', () => {
    const missing = lint('explain', '--finding', '0123456789abcdef', 'net');
    expect(missing).toMatchObject({ status: 2, stdout: '' });
    expect(missing.stderr).toMatch(/no finding with the fingerprint 0123456789abcdef in net \(2 findings there; /);
    expect(lint('explain', '--finding', 'foo').stderr).toMatch(/--finding foo: a fingerprint is 16 hexadecimal digits/);
    expect(lint('explain', '--finding').stderr).toMatch(/--finding: a fingerprint is wanted/);
    expect(lint('explain', '--finding=0123456789abcdef', '--format', 'sarif').stderr).toMatch(/--format sarif: it is/);
  });
});

describe('with git history', () => {
  beforeEach(() => {
    git('init', '-q', '-b', 'main');
    put('net/foo/foo.c', module.replace('	return genl_register_family(&foo_family);', '	return 0;'));
    git('add', 'Makefile', 'net');
    git('commit', '-q', '-m', 'foo: add it');
    git('tag', 'v6.12-rc1');
    put('net/foo/foo.c', module);
    git('commit', '-q', '-a', '-m', 'foo: speak "netlink"');
  });

  test('the youngest commit of the path is the Fixes: tag, and the version is that of git', () => {
    const hash = git('rev-parse', 'HEAD');
    const { stdout } = explain('left-registered-on-error');
    expect(stdout).toMatch(new RegExp(`\nFixes: ${hash.slice(0, 12)} \\("foo: speak "netlink""\\)\n$`));
    expect(stdout).toContain(`Linux 6.12.3-rc1 (git describe: v6.12-rc1-1-g${hash.slice(0, 12)}).`);
    expect(stdout).toContain('("foo: add it"): net/foo/foo.c:10 (where the history begins: it may be older)');
  });

  test('lines that have moved since are found, and what is not committed is said', () => {
    put('net/foo/foo.c', `\n\n\n${module}`);
    const { stdout } = explain('left-registered-on-error');
    expect(stdout).toContain('("foo: speak "netlink""): net/foo/foo.c:16');
    expect(stdout.replace(/\s+/g, ' ')).toContain('with changes that are not committed in net/foo/foo.c.');
  });

  test('nothing that the tree configures is run', () => {
    const trap = path.join(folder, 'trap.sh');
    fs.writeFileSync(trap, `#!/bin/sh\ntouch ${folder}/sprung\ncat\n`, { mode: 0o755 });
    put('.git/info/attributes', '* diff=trap filter=trap\n');
    for (const name of ['core.fsmonitor', 'core.pager', 'pager.blame', 'core.sshCommand', 'diff.external'])
      git('config', name, trap);
    for (const name of ['diff.trap.textconv', 'diff.trap.command', 'filter.trap.clean', 'filter.trap.smudge'])
      git('config', name, trap);
    for (const hook of ['post-index-change', 'reference-transaction'])
      fs.symlinkSync(trap, `${folder}/.git/hooks/${hook}`);
    const { stdout } = explain('left-registered-on-error');
    expect(stdout).toContain('Fixes: ');
    expect(fs.existsSync(path.join(folder, 'sprung'))).toBe(false);
  });

  test("a tree that merely lies in somebody else's repository has no history", () => {
    git('rm', '-q', '-r', '--cached', 'net', 'Makefile');
    git('commit', '-q', '-m', 'away');
    const { stdout } = explain('left-registered-on-error');
    expect(stdout).toContain('Version:\n\nLinux 6.12.3-rc1.');
    expect(stdout).toContain('No git history');
  });
});

test('every rule has a fix in words', () => {
  const finding = { file: 'a.c', line: 1, ops: 'foo_ops', message: '', related: [], witness: { events: [] } };
  const without = rules.filter(({ id }) => adviceFor({ ...finding, rule: id } as unknown as Finding) === null);
  expect(without.map(({ id }) => id)).toEqual([]);
});

describe('a fix as a unified diff', () => {
  const text = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`).join('\n') + '\n';
  const edit = (line: number, column: number, endLine: number, endColumn: number, to: string) => ({
    ...{ file: 'a.c', line, column, endLine, endColumn, text: to },
  });
  const diff = (...edits: ReturnType<typeof edit>[]): string | null =>
    diffOf({ title: 'x', edits }, (file) => (file === 'a.c' ? text : null));

  test.each([
    ['a change inside a line', [edit(5, 1, 5, 5, 'LINE')], '@@ -2,7 +2,7 @@'],
    ['two in one line', [edit(5, 6, 5, 7, '!'), edit(5, 1, 5, 5, 'LINE')], '+LINE !\n'],
    ['lines put in', [edit(5, 1, 5, 1, 'new\nlines\n')], '@@ -2,6 +2,8 @@'],
    ['a line that goes', [edit(5, 1, 5, 7, '')], '@@ -2,7 +2,6 @@'],
    ['the first line', [edit(1, 1, 1, 5, 'LINE')], '@@ -1,4 +1,4 @@'],
    ['the last line', [edit(20, 1, 20, 5, 'LINE')], '@@ -17,4 +17,4 @@'],
    ['two far apart', [edit(2, 1, 2, 1, 'new\n'), edit(15, 1, 15, 5, 'LINE')], '@@ -12,7 +13,7 @@'],
  ])('%s', (_, edits, part) => {
    const made = diff(...edits)!;
    expect(made).toContain(part);
    put('a.c', text);
    put('a.patch', made);
    expect(run('patch', ['-p1', '-i', 'a.patch'])).toMatchObject({ status: 0, stderr: '' });
    // What patch makes of it is what the edits make of the text.
    const lines = text.split('\n');
    const offset = (line: number, column: number): number =>
      lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
    let expected = text;
    for (const each of [...edits].sort((a, b) => b.line - a.line || b.column - a.column))
      expected =
        expected.slice(0, offset(each.line, each.column)) +
        each.text +
        expected.slice(offset(each.endLine, each.endColumn));
    // A statement's whole line goes with it.
    expect(fs.readFileSync(path.join(folder, 'a.c'), 'utf8')).toBe(expected.replace(/\n\n/, '\n'));
  });

  test('an edit that fits no text gives none', () => {
    expect(diff(edit(50, 1, 50, 2, 'x'))).toBeNull();
    expect(diff({ ...edit(1, 1, 1, 2, 'x'), file: 'b.c' })).toBeNull();
  });
});

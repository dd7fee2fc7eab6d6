import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { spawn, spawnSync } from 'node:child_process';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { coarsest } from '../../src/cli/cache.ts';
import { readKept, writeKept } from '../../src/cli/kept-files.ts';
import { buildAll, cli } from '../bundle.ts';

const root = path.resolve(import.meta.dirname, '../..');
const sample = fs.readFileSync(path.join(root, 'test/sample/pernet_sample.c'), 'utf8');
const mended = fs.readFileSync(path.join(root, 'test/sample/pernet_sample_fixed.c'), 'utf8');

let folder: string;

beforeAll(buildAll);
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pernet-cli-'));
  fs.chmodSync(folder, 0o755);
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

function put(name: string, text: string | Uint8Array): void {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}

function lint(
  args: readonly string[],
  options: { readonly uid?: number } = {},
): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 50_000,
    env: { ...process.env, XDG_CACHE_HOME: path.join(folder, '.cache') },
    ...options,
  });
  return { status, stdout, stderr };
}

interface Json {
  findings: {
    rule: string;
    file: string;
    line: number;
    fingerprint: string;
    witness: { events: { event: string }[]; failing: number };
  }[];
  notAnalysed: { file: string; reason: string }[];
  stats: { files: number; ops: number };
}

function json(args: readonly string[]): Json & { status: number | null } {
  const { status, stdout } = lint(['lint', '--format', 'json', ...args]);
  return { status, ...(JSON.parse(stdout) as Json) };
}

describe('exit status and output', () => {
  test('a file with bugs: 1, each with a witness whose failing event is there', () => {
    put('pernet_sample.c', sample);
    const { status, findings } = json(['pernet_sample.c']);
    expect(status).toBe(1);
    expect(new Set(findings.map(({ rule }) => rule)).size).toBe(4);
    for (const { witness, file } of findings) {
      expect(file).toBe('pernet_sample.c');
      expect(witness.events[witness.failing]).toBeDefined();
      expect(witness.events.some(({ event }) => event === 'source')).toBe(true);
    }
  });

  test('its mended twin: 0 and no finding', () => {
    put('fixed.c', mended);
    const { status, findings, notAnalysed } = json(['fixed.c']);
    expect({ status, findings, notAnalysed }).toEqual({ status: 0, findings: [], notAnalysed: [] });
  });

  test('the number of jobs changes no byte', () => {
    for (let index = 0; index < 6; index++) put(`drivers/net/d${index}/sample.c`, sample);
    const [one, two] = ['1', '2'].map((jobs) => lint(['--format', 'jsonl', '--jobs', jobs, '.']).stdout);
    expect(one).toBe(two);
    expect(one!.split('\n').length).toBeGreaterThan(20);
  });

  test('text has a line a finding, gcc and github their own forms', () => {
    put('s.c', sample);
    expect(lint(['s.c']).stdout).toMatch(/^s\.c:\d+:\d+: error: .* \[pernet\/left-registered-on-error\]$/m);
    expect(lint(['--format', 'gcc', 's.c']).stdout).toMatch(/^s\.c:\d+:\d+: note: /m);
    expect(lint(['--format', 'github', 's.c']).stdout).toMatch(/^::error file=s\.c,line=\d+,col=\d+,/m);
  });

  test('--only, --disable, --min-severity and --fail-on decide what counts', () => {
    put('s.c', sample);
    const all = json(['s.c']).findings;
    const only = json(['--only', 'left-registered-on-error', 's.c']).findings;
    expect(only.length).toBeGreaterThan(0);
    expect(only).toEqual(all.filter(({ rule }) => rule === 'pernet/left-registered-on-error'));
    expect(json(['--disable', 'pernet/left-registered-on-error', 's.c']).findings.length).toBe(
      all.length - only.length,
    );
    expect(json(['--only', 'register-unchecked,id-without-size', '--fail-on', 'error', 's.c']).status).toBe(0);
  });

  test('not-analysed is listed apart, left out, or selected as findings', () => {
    put('binary.c', Buffer.concat([Buffer.from('register_pernet_subsys'), Buffer.from([0, 255])]));
    put('s.c', sample);
    const gap = { file: 'binary.c', reason: expect.stringContaining('binary') as string };
    expect(json(['.']).notAnalysed).toMatchObject([gap]);
    expect(json(['--only', 'register-twice', '.'])).toMatchObject({ findings: [], notAnalysed: [gap] });
    expect(json(['--disable', 'not-analysed', '.']).notAnalysed).toEqual([]);
    const only = ['--only', 'not-analysed', '.'];
    const finding = { rule: 'pernet/not-analysed', severity: 'information', file: 'binary.c', line: 1 };
    expect(json(only)).toMatchObject({ status: 0, findings: [finding], notAnalysed: [gap] });
    expect(json(['--fail-on', 'information', ...only]).status).toBe(1);
    expect(json(['--min-severity', 'warning', ...only]).findings).toEqual([]);
    expect(lint(['--format', 'gcc', ...only]).stdout).toMatch(
      /^binary\.c:1:1: note: not analysed: .*\[pernet\/not-analysed\]\n$/,
    );
    expect(lint(only).stdout.match(/binary\.c:1/g)?.length).toBe(1);
  });

  test('a baseline leaves out what was there, and only that', () => {
    put('s.c', sample);
    expect(lint(['--write-baseline', 'base.json', 's.c']).status).toBe(1);
    expect(json(['--baseline', 'base.json', 's.c'])).toMatchObject({ status: 0, findings: [] });
    put('s.c', `${'\n'.repeat(7)}${sample}`);
    expect(json(['--baseline', 'base.json', 's.c']).findings).toEqual([]);
    put('t.c', sample);
    expect(json(['--baseline', 'base.json', '.']).findings.every(({ file }) => file === 't.c')).toBe(true);
    put('base.json', 'no baseline');
    expect(lint(['--baseline', 'base.json', 's.c'])).toMatchObject({ status: 2, stdout: '' });
  });

  test('pruning takes out of a baseline what was looked for and not found, and says how many', () => {
    put('s.c', sample);
    put('t.c', sample);
    lint(['--write-baseline', 'base.json', '.']);
    const entries = (): number =>
      (JSON.parse(fs.readFileSync(path.join(folder, 'base.json'), 'utf8')) as unknown[]).length - 1;
    const prune = (...args: string[]): string => lint(['--baseline', 'base.json', '--prune-baseline', ...args]).stderr;
    expect(entries()).toBe(8);
    expect(prune('.')).toBe('pernet-lint: base.json: nothing to remove, 8 left\n');
    put('t.c', mended);
    expect(prune('s.c')).toContain('nothing to remove');
    expect(prune('--only', 'id-without-size', '.')).toContain('1 removed that no longer occurs, 7 left');
    expect(prune('.')).toContain('3 removed that no longer occur, 4 left');
    fs.rmSync(path.join(folder, 's.c'));
    expect(prune('.')).toContain('4 removed');
    expect(entries()).toBe(0);
  });

  test('--stats tells on stderr what was looked at, in text or as JSON, and changes nothing else', () => {
    put('s.c', sample);
    const plain = lint(['--format', 'gcc', 's.c']);
    const text = lint(['--format', 'gcc', '--stats', 's.c']);
    expect(text.stdout).toBe(plain.stdout);
    expect(text.stderr).toMatch(
      /^1 files looked at, 1 read, 3 ops, 1 modules, 2 functions reached, 0 not analysed, \d+ ms\n$/,
    );
    const { stderr } = lint(['--format', 'gcc', '--stats=json', 's.c']);
    expect(JSON.parse(stderr)).toMatchObject({
      files: 1,
      parsed: 1,
      ops: 3,
      modules: 1,
      functions: 2,
      ms: expect.any(Number) as number,
      findings: { error: 3, warning: 1 },
    });
    expect(json(['s.c']).stats).toEqual({
      files: 1,
      parsed: 1,
      ops: 3,
      modules: 1,
      functions: 2,
      ms: expect.any(Number) as number,
    });
  });

  test('sarif has what a comment suppresses; the other formats and the exit status do not', () => {
    const ignored = sample.replace(
      'static void __exit sample_exit',
      '/* pernet-lint: ignore left-registered-on-exit -- on purpose */\nstatic void __exit sample_exit',
    );
    put('s.c', ignored);
    const log = JSON.parse(lint(['--format', 'sarif', '--only', 'left-registered-on-exit', 's.c']).stdout) as {
      runs: { results: { suppressions?: { justification: string }[] }[] }[];
    };
    expect(log.runs[0]!.results.map(({ suppressions }) => suppressions?.[0]?.justification)).toEqual(['on purpose']);
    expect(json(['--only', 'left-registered-on-exit', 's.c'])).toMatchObject({ status: 0, findings: [] });
  });
});

describe('wrong usage: 2 and one line', () => {
  test.each([
    [['--format', 'xml', '.'], /--format xml/],
    [['--only', 'no-such-rule', '.'], /no rule pernet\/no-such-rule/],
    [['--jobs', 'many', '.'], /--jobs many/],
    [['--stats=xml', '.'], /--stats=xml: it is one of text, json/],
    [['--prune-baseline', '.'], /--prune-baseline: it needs --baseline/],
    [['--fail-on', 'loud', '.'], /--fail-on loud/],
    [['--nonsense', '.'], /--nonsense/],
    [['--kernel-config', 'missing', '.'], /--kernel-config missing: it is not there/],
    [['--dialect', '2.4', '.'], /--dialect 2\.4/],
    [['missing.c'], /missing\.c: it is not there/],
    [['--root', 'missing', '.'], /--root missing: it is not there/],
  ])('%j', (args, message) => {
    const { status, stderr } = lint(args);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n').length).toBe(1);
  });

  test('one PATH that is missing loses nothing of the others', () => {
    put('s.c', sample);
    const { status, stdout, stderr } = lint(['s.c', 'missing.c']);
    expect(status).toBe(2);
    expect(stdout).toContain('pernet/left-registered-on-error');
    expect(stderr).toContain('missing.c');
  });
});

describe('what a tree says of itself', () => {
  const pair = { kind: 'statistics', acquire: 'foo_open', release: 'foo_hush', thing: 0, fails: 'negative' };
  const code = [
    'static int __net_init foo_net_init(struct net *net)\n{\n\tint err = foo_open(net);\n\n\tif (err)\n\t\treturn err;',
    '\treturn bar_register(net);\n}\nstatic void __net_exit foo_net_exit(struct net *net)\n{\n\tbar_unregister(net);\n\tfoo_hush(net);\n}',
    'static struct pernet_operations foo_net_ops = {\n\t.init = foo_net_init,\n\t.exit = foo_net_exit,\n};',
    'static int __init foo_init(void)\n{\n\treturn register_pernet_subsys(&foo_net_ops);\n}\nmodule_init(foo_init);\n',
  ].join('\n');
  const rulesOf = (...args: string[]): string[] => json([...args, 'foo.c']).findings.map(({ rule }) => rule);

  test('pairs and severities, found or named; a changed file is no cached result', () => {
    put('foo.c', code);
    expect(rulesOf()).toEqual([]);
    put('.pernet-lint.json', JSON.stringify({ pairs: [pair] }));
    expect(rulesOf()).toEqual(['pernet/init-error-leak']);
    put('.pernet-lint.json', JSON.stringify({ pairs: [pair], rules: { 'init-error-leak': 'off' } }));
    expect(rulesOf()).toEqual([]);
    expect(rulesOf('--only', 'init-error-leak')).toEqual(['pernet/init-error-leak']);
    put('none.json', '{}');
    put('pairs.json', JSON.stringify([pair]));
    expect(rulesOf('--config-file', 'none.json')).toEqual([]);
    expect(rulesOf('--config-file', 'none.json', '--pairs', 'pairs.json')).toEqual(['pernet/init-error-leak']);
  });

  test('a file that is wrong: 2, one line with the place in it', () => {
    put('foo.c', code);
    put('.pernet-lint.json', '{\n  "pairs": [{ "kind": "foo", "fails": "often" }]\n}');
    const { status, stdout, stderr } = lint(['foo.c']);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^pernet-lint: \.pernet-lint\.json:2:13: pairs\[0\]\.acquire: .* \(and \d more\)\n$/);
    expect(lint(['timeline', 'foo.c'])).toMatchObject({ status: 2, stdout: '' });
    put('.pernet-lint.json', '{}');
    expect(lint(['--pairs', 'missing.json', 'foo.c']).stderr).toMatch(/missing\.json:1:1: it is not there/);
  });
});

describe('bad input gets a clear answer', () => {
  test('an empty file', () => {
    put('empty.c', '');
    expect(json(['empty.c'])).toMatchObject({ status: 0, findings: [], notAnalysed: [] });
  });

  test('binary bytes', () => {
    put('binary.c', Buffer.concat([Buffer.from('register_pernet_subsys'), Buffer.from([0, 255, 254, 0, 1])]));
    const { status, notAnalysed } = json(['binary.c']);
    expect(status).toBe(2);
    expect(notAnalysed).toMatchObject([{ file: 'binary.c', reason: expect.stringContaining('binary') as string }]);
  });

  test('a struct that is half typed, beside whole code', () => {
    put('half.c', `${sample}\nstatic struct pernet_operations more_ops = {\n\t.init = more_init,\n\t.ex`);
    expect(json(['half.c']).findings.length).toBe(4);
  });

  test('10 MB of one line, and of many', () => {
    put('long.c', `int pernet_[] = { ${'1, '.repeat(3_500_000)} };`);
    put('many.c', `${sample}\n${'#define PERNET_GENERATED_REGISTER 0x1234\n'.repeat(260_000)}`);
    const { status, notAnalysed } = json(['.']);
    expect(status).toBe(0);
    expect(notAnalysed.map(({ file }) => file)).toEqual(['long.c', 'many.c']);
    for (const { reason } of notAnalysed) expect(reason).toMatch(/larger than/);
  });

  test('a folder without permission', () => {
    // Permissions do not bind root: then somebody else looks.
    const { status, stdout, stderr } = lintWithout(process.getuid?.() === 0 ? 65534 : undefined);
    expect(status).toBe(2);
    expect(stderr).toContain('closed: no permission to read it');
    expect(stdout).toContain('pernet/left-registered-on-error');
  });

  function lintWithout(uid: number | undefined): ReturnType<typeof lint> {
    put('s.c', sample);
    put('closed/t.c', sample);
    fs.chmodSync(path.join(folder, 'closed'), 0o000);
    const result = lint(['--jobs', '1', '.'], uid === undefined ? {} : { uid });
    fs.chmodSync(path.join(folder, 'closed'), 0o755);
    return result;
  }
});

describe('folders and trees', () => {
  test('hidden folders are skipped; .gitignore counts in a Git work tree only', () => {
    put('.hidden/a.c', sample);
    put('.gitignore', '/*\n');
    put('net/b.c', sample);
    expect(json(['.']).findings.map(({ file }) => file)).toEqual(Array(4).fill('net/b.c'));
    fs.mkdirSync(path.join(folder, '.git'));
    expect(json(['.'])).toMatchObject({ findings: [], stats: { files: 0 } });
  });

  test('a .gitignore says nothing of what lies elsewhere', () => {
    put('.git/HEAD', '');
    put('.gitignore', '/*\n');
    const elsewhere = fs.mkdtempSync(path.join(os.tmpdir(), 'pernet-cli-'));
    try {
      fs.writeFileSync(path.join(elsewhere, 'b.c'), sample);
      expect(json([elsewhere])).toMatchObject({ status: 1, stats: { files: 1 } });
    } finally {
      fs.rmSync(elsewhere, { recursive: true, force: true });
    }
  });

  test('in a tree, files are named from its root, and a function that another file calls is followed there', () => {
    for (const file of ['Kconfig', 'Makefile', 'include/linux/init.h', 'kernel/fork.c']) put(file, '');
    put('net/foo/Makefile', 'obj-m += foo.o\nfoo-y := main.o part.o\n');
    put(
      'net/foo/part.c',
      'static struct pernet_operations part_ops = {\n\t.init = part_net_init,\n};\nint part_init(void)\n{\n\treturn register_pernet_subsys(&part_ops);\n}\n' +
        'void part_exit(void)\n{\n\tunregister_pernet_subsys(&part_ops);\n}\n',
    );
    put(
      'net/foo/main.c',
      'static int __init foo_init(void)\n{\n\tint err = part_init();\n\n\tif (err)\n\t\treturn err;\n\treturn genl_register_family(&foo_family);\n}\n' +
        'static void __exit foo_exit(void)\n{\n\tgenl_unregister_family(&foo_family);\n\tpart_exit();\n}\nmodule_init(foo_init);\nmodule_exit(foo_exit);\n',
    );
    const { findings } = json(['net/foo/main.c']);
    expect(findings).toMatchObject([
      { rule: 'pernet/left-registered-on-error', file: 'net/foo/main.c', line: 7, module: 'foo' },
    ]);
  });
});

test('in a tree, a file is told what comes of it in another one: that is where its callers end', () => {
  for (const each of ['Kconfig', 'Makefile', 'kernel/Makefile', 'include/linux/kernel.h']) put(each, '');
  put(
    'net/foo/sysctl.c',
    'int foo_sysctl_init(struct net *net)\n{\n\tnet->foo.table = kmemdup(foo_table, sizeof(foo_table), GFP_KERNEL);\n' +
      '\tif (!net->foo.table)\n\t\treturn -ENOMEM;\n\treturn 0;\n}\nvoid foo_sysctl_exit(struct net *net)\n{\n}\n',
  );
  put(
    'net/foo/main.c',
    'static int __net_init foo_net_init(struct net *net)\n{\n\treturn foo_sysctl_init(net);\n}\n' +
      'static void __net_exit foo_net_exit(struct net *net)\n{\n\tfoo_sysctl_exit(net);\n}\n' +
      'static struct pernet_operations foo_ops = {\n\t.init = foo_net_init,\n\t.exit = foo_net_exit,\n};\n' +
      'static int __init foo_init(void)\n{\n\treturn register_pernet_subsys(&foo_ops);\n}\nmodule_init(foo_init);\n',
  );
  const found = { rule: 'pernet/exit-leak', file: 'net/foo/main.c' };
  expect(json(['net/foo/sysctl.c']).findings).toMatchObject([found]);
  put('net/foo/other.c', 'int foo_other(void)\n{\n\treturn 0;\n}\n');
  expect(json(['net/foo/other.c']).findings).toEqual([]);
});

test('a folder with a helper alone: what it owes the ops that is not there', () => {
  put(
    'part/sysctl.c',
    'int __net_init foo_sysctl_init(struct net *net)\n{\n\tnet->foo.table = kmemdup(foo_table, sizeof(foo_table), GFP_KERNEL);\n' +
      '\tif (!net->foo.table)\n\t\treturn -ENOMEM;\n\treturn 0;\n}\nvoid __net_exit foo_sysctl_exit(struct net *net)\n{\n}\n',
  );
  const found = { rule: 'pernet/exit-leak', file: 'part/sysctl.c' };
  expect(json(['part'])).toMatchObject({ findings: [found], stats: { ops: 0 } });
  expect(json(['part/sysctl.c']).findings).toMatchObject([found]);
  put('part/main.c', sample);
  expect(json(['part']).findings.filter(({ file }) => file === 'part/sysctl.c')).toEqual([]);
});

test('explain prints the page of a rule, with or without its prefix', () => {
  expect(lint(['explain', 'register-twice']).stdout).toMatch(/^# pernet\/register-twice\n/);
  expect(lint(['explain', 'pernet/register-twice']).status).toBe(0);
  expect(lint(['explain', 'nothing'])).toMatchObject({ status: 2, stdout: '' });
});

test('timeline prints a run of the file', () => {
  put('s.c', mended);
  const { status, stdout } = lint(['timeline', 's.c']);
  expect(status).toBe(0);
  expect(stdout).toMatch(/ops_init\(\) calls \w+\.init for before/);
});

test('timeline says what a run proves, and marks where', () => {
  put('s.c', fs.readFileSync(path.resolve(import.meta.dirname, '../sample/pernet_sample.c'), 'utf8'));
  const proof = /(witness:\w+) {2}pernet\/left-registered-on-error/.exec(lint(['timeline', 's.c']).stdout)?.[1];
  const { stdout } = lint(['timeline', 's.c', '--run', proof ?? 'none']);
  expect(stdout).toContain('\npernet/left-registered-on-error: if register_pernet_device() fails');
  const marked = stdout.split('\n').filter((line) => line.startsWith('>'));
  expect(marked).toEqual([expect.stringContaining('ops_init() calls sample_net_ops.init for after')]);
});

describe('the cache of results', () => {
  /** Whole results, or all files of the cache. */
  const entries = (below = 'results'): string[] => {
    const cache = path.join(folder, '.cache/pernet-lint', below);
    if (!fs.existsSync(cache)) return [];
    const found = fs.readdirSync(cache, { withFileTypes: true, recursive: true });
    return found.filter((each) => each.isFile()).map((each) => path.join(each.parentPath, each.name));
  };
  /** Lets files become old enough for their times of change to say something: no time of change of an inode can be set. */
  const age = (): void => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, coarsest + 100);
  };
  const findings = (...args: string[]): unknown => json([...args, '.']).findings;

  beforeEach(() => {
    put('net/foo/Makefile', 'obj-m += foo.o\n');
    put('net/foo/foo.c', sample);
    age();
  });

  test('gives the same bytes as the work itself', () => {
    const cold = findings('--no-cache');
    expect(entries()).toEqual([]);
    expect(findings()).toEqual(cold);
    expect(entries().length).toBe(1);
    // That it is the entry which answers shows where the entry says something else.
    const [entry] = entries();
    const kept = readKept(entry!)?.toString('utf8') ?? '';
    writeKept(entry!, kept.replaceAll('sample_stats_ops', 'other_stats_ops'));
    expect(JSON.stringify(findings())).toContain('other_stats_ops');
    expect(findings('--no-cache')).toEqual(cold);
  });

  test('is not asked when a file, a Makefile or an option is another', () => {
    findings();
    put('net/foo/foo.c', mended);
    expect(findings()).toEqual([]);
    put('net/foo/foo.c', sample);
    age();
    const unloadable = findings() as { module: string }[];
    expect(unloadable[0]?.module).toBe('foo');
    put('net/foo/Makefile', 'obj-m += renamed.o\nrenamed-y := foo.o\n');
    expect((findings() as { module: string }[])[0]?.module).toBe('renamed');
    expect((findings('--only', 'id-without-size') as unknown[]).length).toBe(1);
  });

  test('a damaged entry and a folder that cannot be written change nothing', () => {
    const cold = findings('--no-cache');
    findings();
    expect(entries('.').length).toBeGreaterThan(entries().length);
    for (const entry of entries('.')) fs.writeFileSync(entry, '{"key":');
    expect(findings()).toEqual(cold);
    // Damage that leaves the entry readable shows in its sum.
    for (const entry of entries()) fs.writeFileSync(entry, fs.readFileSync(entry, 'utf8').replaceAll('error', 'hint'));
    expect(findings()).toEqual(cold);
    fs.rmSync(path.join(folder, '.cache'), { recursive: true });
    fs.writeFileSync(path.join(folder, '.cache'), 'a file where the folder should be');
    expect(findings()).toEqual(cold);
  });
});

test('lsp --stdio is the language server; without a transport it is wrong usage', async () => {
  expect(lint(['lsp'])).toMatchObject({ status: 2, stdout: '' });
  const body = JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { processId: null, rootUri: null, capabilities: {} },
  });
  const server = spawn(process.execPath, [cli, 'lsp', '--stdio']);
  try {
    server.stdin.write(`Content-Length: ${body.length}\r\n\r\n${body}`);
    let answer = '';
    for await (const chunk of server.stdout) {
      answer += String(chunk);
      if (answer.includes('"textDocumentSync"')) return;
    }
    expect(answer).toContain('"textDocumentSync"');
  } finally {
    server.kill();
  }
});

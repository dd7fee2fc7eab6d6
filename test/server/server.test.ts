import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CodeAction, CodeLens } from 'vscode-languageserver-protocol';
import { rules } from '../../src/rules/index.ts';
import {
  clientCommands,
  methods,
  type MemoryReport,
  type RuleInfo,
  type RulePage,
  type Settings,
  type TimelineAnswer,
} from '../../src/server/protocol.ts';
import { bootTree } from '../boot-tree.ts';
import { type Client, eachWithServer } from './client.ts';

const sample = readFileSync(path.resolve(import.meta.dirname, '../sample/pernet_sample.c'), 'utf8');
const scenario = readFileSync(path.resolve(import.meta.dirname, '../sample/boot.netns.json'), 'utf8');
const four = [
  'pernet/id-without-size',
  'pernet/left-registered-on-error',
  'pernet/left-registered-on-exit',
  'pernet/unregister-kind-mismatch',
];

describe('the language server over its standard streams', () => {
  let client: Client;
  eachWithServer((each) => {
    client = each;
  });

  async function openSample(): Promise<string> {
    const uri = client.write('pernet_sample.c', sample);
    await client.open(uri, sample);
    return uri;
  }
  const codes = async (uri: string) => (await client.diagnostics(uri)).map(({ code }) => code);

  test('finds the problems of an open document, of its unsaved text, and takes them back when it closes', async () => {
    await client.initialize();
    const uri = await openSample();
    expect(await codes(uri)).toEqual(four);
    await client.change(uri, sample.replace('.id = &sample_stats_id,', '.id = &sample_stats_id, .size = 8,'));
    expect(await codes(uri)).toEqual(four.slice(1));
    await client.notify('textDocument/didClose', { textDocument: { uri } });
    await expect.poll(() => client.lastPublished(uri)?.diagnostics).toEqual([]);
  });

  test('one that is closed before its analysis has ended is forgotten', async () => {
    await client.initialize();
    const uri = await openSample();
    const isUnderWay = (): boolean => client.statuses.some((each) => each.uri === uri && each.state === 'working');
    await expect.poll(isUnderWay, { interval: 1 }).toBe(true);
    await client.notify('textDocument/didClose', { textDocument: { uri } });
    // Another one is analysed after it.
    const other = client.write('other.c', sample);
    await client.open(other, sample);
    expect(await codes(other)).toEqual(four);
    expect(client.publications.filter((each) => each.uri === uri && each.diagnostics.length > 0)).toEqual([]);
    expect(client.statuses.filter((each) => each.uri === uri && each.state === 'ready')).toEqual([]);
  });

  test('while someone types nothing flickers: what is published is all of it, of one version after another', async () => {
    await client.initialize();
    const uri = await openSample();
    await client.diagnostics(uri);
    const typed = 'static int sample_more(void)\n{\n\treturn sample_less();\n}\n';
    for (let count = 1; count <= typed.length; count++) {
      await client.change(uri, `${sample}\n${typed.slice(0, count)}`);
      if (count % 7 === 0) await client.diagnostics(uri);
    }
    expect(await codes(uri)).toEqual(four);
    const versions = client.publications.map(({ version }) => version ?? 0);
    expect(versions.length).toBeGreaterThan(typed.length / 7);
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
    for (const { diagnostics } of client.publications)
      expect(diagnostics.map(({ code }) => code).filter((code) => code !== 'pernet/not-analysed')).toEqual(four);
  });

  test('what is known is published once: of a document that is opened, and of one that another one leaves alone', async () => {
    await client.initialize();
    const uri = await openSample();
    expect(await codes(uri)).toEqual(four);
    const other = client.write('other.c', 'int sample_other;\n');
    await client.open(other, 'int sample_other;\n');
    await client.diagnostics(other);
    const analysed = (): number => client.statuses.filter((each) => each.uri === uri && each.state === 'ready').length;
    const before = analysed();
    await client.change(other, 'int sample_others;\n');
    await client.diagnostics(other);
    await expect.poll(analysed).toBeGreaterThan(before);
    expect(client.publications.filter((each) => each.uri === uri)).toHaveLength(1);
    expect(client.publications.filter((each) => each.uri === other)).toHaveLength(2);
    // Opening it is one analysis, too.
    expect(before).toBe(1);
  });

  test('what could not be analysed is said where it stands', async () => {
    await client.initialize();
    const text =
      'static struct pernet_operations foo_ops;\n\nstatic int foo_start(void)\n{\n\treturn register_pernet_subsys(&foo_ops);\n}\n';
    const uri = client.write('foo.c', text);
    await client.open(uri, text);
    expect(await client.diagnostics(uri)).toMatchObject([
      {
        code: 'pernet/not-analysed',
        severity: 3,
        range: { start: { line: 2 } },
        message: expect.stringContaining('foo_start()') as string,
      },
    ]);
  });

  test('a diagnostic says where, what, why, and on which way', async () => {
    await client.initialize({ rulePageLink: 'page:{rule}' });
    const uri = await openSample();
    const [, onError] = await client.diagnostics(uri);
    const line = sample.split('\n').indexOf(
      '\t\treturn err;',
      sample.split('\n').findIndex((text) => text.includes('register_pernet_device')),
    );
    expect(onError).toMatchObject({
      range: { start: { line, character: 2 }, end: { line, character: 13 } },
      severity: 1,
      source: 'pernet',
      code: 'pernet/left-registered-on-error',
      codeDescription: { href: 'page:pernet/left-registered-on-error' },
    });
    const related = onError?.relatedInformation?.map(({ location }) =>
      sample.split('\n')[location.range.start.line]?.trim(),
    );
    expect(related).toEqual([
      'err = register_pernet_subsys(&sample_net_ops);',
      'err = register_pernet_device(&sample_dev_ops);',
    ]);
  });

  test('a comment that suppresses nothing is tagged, to be faded out, and nothing else is', async () => {
    await client.initialize();
    const text = `${sample}\n/* pernet-lint: ignore register-twice -- it is not */\n`;
    const uri = client.write('pernet_sample.c', text);
    await client.open(uri, text);
    const all = await client.diagnostics(uri);
    expect(all.filter(({ tags }) => tags !== undefined)).toMatchObject([
      { code: 'pernet/unused-suppression', tags: [1], range: { start: { line: sample.split('\n').length } } },
    ]);
    expect(all).toHaveLength(5);
  });

  test('without a way to open pages, codes have no link', async () => {
    await client.initialize();
    const [first] = await client.diagnostics(await openSample());
    expect(first?.codeDescription).toBeUndefined();
  });

  test('lenses, actions and timeline agree on what they name', async () => {
    await client.initialize();
    const uri = await openSample();
    const diagnostics = await client.diagnostics(uri);
    const lenses = await client.request<CodeLens[]>('textDocument/codeLens', { textDocument: { uri } });
    expect(lenses.map(({ command }) => command?.title)).toContain('subsys · registered in sample_init · 2 problems');
    const last = diagnostics.at(-1);
    const actions = await client.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri },
      range: last?.range,
      context: { diagnostics: [last] },
    });
    const show = actions.find(({ command }) => command?.command === clientCommands.showWitness);
    const [, fingerprint] = (show?.command?.arguments ?? []) as string[];
    const answer = await client.request<TimelineAnswer>(methods.timeline, { uri, fingerprint });
    if (answer.kind !== 'timeline') throw new Error(answer.reason);
    const { timeline, uris } = answer;
    expect(timeline.finding?.rule).toBe(last?.code);
    expect(timeline.entries[timeline.failing ?? -1]).toBeDefined();
    expect(uris).toEqual({ 'pernet_sample.c': uri });
    const other = timeline.runs.find(({ id }) => id !== timeline.run);
    const again = await client.request<TimelineAnswer>(methods.timeline, { uri, fingerprint, run: other?.id });
    expect(again.kind === 'timeline' && again.timeline.run).toBe(other?.id);
    const back = await client.request<TimelineAnswer>(methods.timeline, { uri, fingerprint, run: timeline.run });
    expect(back).toEqual(answer);
  });

  test('a timeline for a line stands for the finding there, or says that there is none', async () => {
    await client.initialize();
    const uri = await openSample();
    const [first] = await client.diagnostics(uri);
    const there = await client.request<TimelineAnswer>(methods.timeline, { uri, line: first?.range.start.line });
    expect(there.kind === 'timeline' && there.timeline.finding?.rule).toBe('pernet/id-without-size');
    const nowhere = await client.request<TimelineAnswer>(methods.timeline, { uri, line: 0 });
    expect(nowhere).toEqual({ kind: 'none', reason: 'There is no problem at line 1.' });
  });

  test('why there is no timeline', async () => {
    await client.initialize();
    const uri = client.write('plain.c', 'int plain;\n');
    const reason = 'Nothing that plain.c is part of registers a pernet_operations.';
    expect(await client.request<TimelineAnswer>(methods.timeline, { uri })).toEqual({ kind: 'none', reason });
    await client.open(uri, 'int plain;\n');
    expect(await client.request<TimelineAnswer>(methods.timeline, { uri })).toEqual({ kind: 'none', reason });
  });

  test('a timeline of a file that is not open, as of a panel that an editor brings back', async () => {
    await client.initialize();
    const uri = client.write('pernet_sample.c', sample);
    const answer = await client.request<TimelineAnswer>(methods.timeline, { uri });
    expect(answer.kind === 'timeline' && answer.timeline.entries.length).toBeGreaterThan(10);
    expect(client.lastPublished(uri)).toBeUndefined();
  });

  test('says how much memory it holds', async () => {
    await client.initialize();
    await codes(await openSample());
    const { resident, own, analysis, documents } = await client.request<MemoryReport>(methods.memory, null);
    expect(documents).toBe(1);
    expect(resident).toBeGreaterThan(own?.heap ?? Infinity);
    // The parser's memory is the analysis' own.
    expect(analysis?.external).toBeGreaterThan(own?.external ?? Infinity);
  });

  test('hands out every rule and its page', async () => {
    await client.initialize();
    const known = await client.request<RuleInfo[]>(methods.rules, null);
    expect(known.map(({ id }) => id)).toEqual(rules.map(({ id }) => id));
    const page = await client.request<RulePage | null>(methods.rulePage, { rule: known[0]?.id });
    expect(page?.markdown).toContain(known[0]?.id);
    expect(await client.request(methods.rulePage, { rule: 'pernet/none' })).toBeNull();
  });

  test('settings: off, louder, everything off', async () => {
    client.settings = { rules: { 'pernet/id-without-size': 'off', 'pernet/left-registered-on-exit': 'hint' } };
    await client.initialize();
    const uri = await openSample();
    expect((await client.diagnostics(uri)).map(({ code, severity }) => [code, severity])).toEqual([
      ['pernet/left-registered-on-error', 1],
      ['pernet/left-registered-on-exit', 4],
      ['pernet/unregister-kind-mismatch', 1],
    ]);
    client.settings = { enable: false };
    await client.notify('workspace/didChangeConfiguration', { settings: null });
    await expect.poll(() => client.lastPublished(uri)?.diagnostics).toEqual([]);
  });

  describe('pairs of calls of the user', () => {
    const text = [
      'static int __net_init foo_net_init(struct net *net)\n{\n\tint err = foo_open(net);\n\n\tif (err)\n\t\treturn err;',
      '\tif (!bar_probe(net))\n\t\treturn -ENODEV;\n\treturn 0;\n}',
      'static void __net_exit foo_net_exit(struct net *net)\n{\n\tfoo_hush(net);\n}',
      'static struct pernet_operations foo_net_ops = {\n\t.init = foo_net_init,\n\t.exit = foo_net_exit,\n};',
      'static int __init foo_init(void)\n{\n\treturn register_pernet_subsys(&foo_net_ops);\n}\nmodule_init(foo_init);\n',
    ].join('\n');
    const pair = { kind: 'foo', acquire: 'foo_open', release: 'foo_hush', thing: 0, fails: 'negative' };

    test('from the settings', async () => {
      client.settings = { resourcePairs: [pair, { kind: 'not one' }] };
      await client.initialize();
      const uri = client.write('foo.c', text);
      await client.open(uri, text);
      expect(await codes(uri)).toEqual(['pernet/init-error-leak']);
    });

    test('from the file of the tree, whose mistakes are shown in it until they are mended', async () => {
      const file = client.write('.pernet-lint.json', JSON.stringify({ pairs: [{ ...pair, fails: 'often' }] }));
      await client.initialize();
      const uri = client.write('foo.c', text);
      await client.open(uri, text);
      expect(await codes(uri)).toEqual([]);
      await expect
        .poll(() => client.lastPublished(file)?.diagnostics)
        .toMatchObject([
          {
            severity: 1,
            source: 'pernet',
            message: expect.stringMatching(/^pairs\[0\]\.fails: it is one of/) as string,
          },
        ]);
      client.write(
        '.pernet-lint.json',
        `// ours\n${JSON.stringify({ pairs: [pair], rules: { 'init-error-leak': 'hint' } })}`,
      );
      await client.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: file, type: 2 }] });
      await expect.poll(() => client.lastPublished(file)?.diagnostics).toEqual([]);
      await expect
        .poll(() => client.lastPublished(uri)?.diagnostics)
        .toMatchObject([{ code: 'pernet/init-error-leak', severity: 4 }]);
    });
  });

  test('the dialect that lifecycles run on, and the configuration that findings are of', async () => {
    const text = `static struct pernet_operations foo_net_ops = { .init = foo_start, .exit_batch = foo_stop };
static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}
static void __exit foo_exit(void)
{
#ifdef CONFIG_FOO
	unregister_pernet_subsys(&foo_net_ops);
#endif
}
module_init(foo_init);
module_exit(foo_exit);
`;
    await client.initialize();
    const uri = client.write('foo.c', text);
    const set = async (settings: Partial<Settings>): Promise<void> => {
      client.settings = settings;
      await client.notify('workspace/didChangeConfiguration', { settings: null });
    };
    const said = async (): Promise<string | undefined> => (await client.diagnostics(uri))[0]?.message;
    const takesRtnl = async (): Promise<boolean> => {
      const answer = await client.request<TimelineAnswer>(methods.timeline, { uri, run: 'foo:exit' });
      return answer.kind === 'timeline' && answer.timeline.entries.some(({ event }) => event.event === 'rtnl_lock');
    };
    await client.open(uri, text);
    expect(await said()).toMatch(/\(with CONFIG_FOO off\)$|with .*CONFIG_FOO/);
    expect(await takesRtnl()).toBe(false);
    await set({ dialect: '6.12' });
    await expect.poll(takesRtnl).toBe(true);
    client.write('mine.config', 'CONFIG_FOO=y\n');
    await set({ kernelConfig: 'mine.config' });
    await expect.poll(said).toBeUndefined();
    client.write('mine.config', '# CONFIG_FOO is not set\n');
    await set({ kernelConfig: 'mine.config', enable: true });
    await expect.poll(said).toMatch(/foo_exit\(\) leaves foo_net_ops registered/);
    // Settings may be a stranger's workspace's: nothing is read that has no end.
    await set({ kernelConfig: '/dev/zero', baseline: '/dev/zero', enable: true });
    await expect.poll(said).toMatch(/with .*CONFIG_FOO/);
  });

  test('run: onSave waits for the save', async () => {
    client.settings = { run: 'onSave' };
    await client.initialize();
    const uri = await openSample();
    expect(await codes(uri)).toEqual(four);
    await client.change(uri, '');
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(client.lastPublished(uri)?.version).toBe(1);
    await client.notify('textDocument/didSave', { textDocument: { uri } });
    expect(await codes(uri)).toEqual([]);
  });

  test('an open document and one beside it: a change of one is seen in the other', async () => {
    await client.initialize();
    const user =
      'int foo_net_init(void);\nstatic int __init foo_init(void)\n{\n\treturn foo_net_init();\n}\nmodule_init(foo_init);\n';
    const registrar = (exit: string) => `static struct pernet_operations foo_net_ops = { .init = foo_up };
int foo_net_init(void) { return register_pernet_subsys(&foo_net_ops); }
void foo_net_exit(void) { ${exit} }
`;
    const withExit = `${user}void foo_net_exit(void);\nstatic void __exit foo_exit(void)\n{\n\tfoo_net_exit();\n}\nmodule_exit(foo_exit);\n`;
    client.write('foo/Makefile', 'obj-m := foo.o\nfoo-y := main.o net.o\n');
    const main = client.write('foo/main.c', withExit);
    const net = client.write('foo/net.c', registrar(''));
    await client.open(main, withExit);
    await client.open(net, registrar(''));
    const found = async () => [...(await codes(main)), ...(await codes(net))];
    await expect.poll(found).toEqual(['pernet/left-registered-on-exit']);
    await client.change(net, registrar('unregister_pernet_subsys(&foo_net_ops);'));
    await expect.poll(found).toEqual([]);
    // It was not saved.
    await client.notify('textDocument/didClose', { textDocument: { uri: net } });
    await expect.poll(() => codes(main)).toEqual(['pernet/left-registered-on-exit']);
  });

  test('bad input: empty, binary, half-typed, 10 MB, no file at all', async () => {
    await client.initialize();
    const texts: Record<string, string> = {
      'empty.c': '',
      'binary.c': 'pernet_operations\0\x01\x02',
      'half.c': 'static struct pernet_operations a = { .init = ',
      'huge.c': `// pernet_operations\n${'int x;\n'.repeat(1_500_000)}`,
    };
    // What was too large or binary is not passed over in silence.
    const said: Record<string, string> = { 'binary.c': 'holds NUL bytes', 'huge.c': 'larger than' };
    for (const [name, text] of Object.entries(texts)) {
      const uri = `file:///nowhere/at/all/${name}`;
      await client.open(uri, text);
      const diagnostics = await client.diagnostics(uri);
      expect(diagnostics.map(({ code }) => code)).toEqual(said[name] === undefined ? [] : ['pernet/not-analysed']);
      expect(diagnostics[0]?.message ?? '').toContain(said[name] ?? '');
    }
    // The status comes behind the diagnostics.
    const ready = (): string[] =>
      client.statuses.flatMap((status) => (status.state === 'ready' && status.notAnalysed > 0 ? [status.uri] : []));
    const gaps = ['file:///nowhere/at/all/binary.c', 'file:///nowhere/at/all/huge.c'];
    await expect.poll(ready).toEqual(expect.arrayContaining(gaps));
    const { length } = client.statuses.filter(({ state }) => state === 'failed');
    expect(length).toBe(0);
  });

  test('a scenario has one lens and one run, of its unsaved text or of its file, and no diagnostics', async () => {
    await client.initialize();
    const uri = client.write('boot.netns.json', scenario);
    const timeline = async () => await client.request<TimelineAnswer>(methods.timeline, { uri });
    const closed = await timeline();
    if (closed.kind !== 'timeline') throw new Error(closed.reason);
    expect(closed.timeline.title).toBe('Lifecycle: boot.netns.json');
    expect(closed.timeline.entries.length).toBeGreaterThan(10);
    await client.open(uri, scenario);
    const lenses = await client.request<CodeLens[]>('textDocument/codeLens', { textDocument: { uri } });
    const start = { line: 0, character: 0 };
    const command = { title: 'Simulate scenario', command: clientCommands.simulateScenario, arguments: [uri] };
    expect(lenses).toEqual([{ range: { start, end: start }, command }]);
    expect(await timeline()).toEqual(closed);
    await client.change(uri, scenario.replace('"net_ns_init"', '"net_ns_exit"'));
    const broken = await timeline();
    expect(broken.kind === 'none' && broken.reason).toMatch(/^boot\.netns\.json: \$\.steps\[0\]/);
    // Documents have their turn in order: once a later one is analysed, nothing more can come of the scenario.
    await codes(await openSample());
    await client.notify('textDocument/didClose', { textDocument: { uri } });
    expect(await timeline()).toEqual(closed);
    expect(client.lastPublished(uri)).toBeUndefined();
    expect(client.statuses.filter((status) => status.uri === uri)).toEqual([]);
  });

  test('a scenario that starts on a booted kernel shows what that holds, as the tree is now', async () => {
    await client.initialize();
    for (const [file, text] of Object.entries(bootTree)) client.write(`linux/${file}`, text);
    const uri = client.write(
      'booted.netns.json',
      JSON.stringify({ boot: 'linux', steps: [{ step: 'net_ns_barrier' }] }),
    );
    const list = async (): Promise<unknown> => {
      const answer = await client.request<TimelineAnswer>(methods.timeline, { uri });
      return answer.kind === 'none' ? answer.reason : answer.timeline.entries[0]?.changes?.pernet_list;
    };
    expect(await list()).toEqual(['net_ns_ops', 'twin_ops', 'twin_ops#2', 'dev_ops']);
    const makefile = client.write('linux/net/Makefile', 'obj-y += core/ other.o\n');
    await client.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: makefile, type: 2 }] });
    expect(await list()).toEqual(['net_ns_ops', 'twin_ops']);
    await client.open(uri, JSON.stringify({ boot: 'windows', steps: [] }));
    expect(await list()).toMatch(/^booted\.netns\.json: \$\.boot: .*windows: not a kernel tree: it is not there$/);
  });

  test('a scenario that is not there', async () => {
    await client.initialize();
    const uri = client.write('boot.netns.json', scenario).replace('boot', 'gone');
    const answer = await client.request<TimelineAnswer>(methods.timeline, { uri });
    expect(answer.kind === 'none' && answer.reason).toMatch(/^gone\.netns\.json: ENOENT/);
  });

  test('an untitled document is analysed alone', async () => {
    await client.initialize();
    const uri = 'untitled:Untitled-1';
    await client.open(uri, sample);
    expect(await codes(uri)).toEqual(four);
    const [first] = await client.diagnostics(uri);
    expect(first?.relatedInformation?.every(({ location }) => location.uri === uri)).toBe(true);
  });
});

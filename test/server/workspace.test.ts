import { rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Hover, SymbolInformation } from 'vscode-languageserver-protocol';
import { clientCommands, methods, type CheckAnswer, type OpsList } from '../../src/server/protocol.ts';
import { type Client, eachWithServer } from './client.ts';

/** A module that registers one ops and does not unregister it unless told to. */
function moduleOf(name: string, options: { readonly mended?: boolean } = {}): string {
  return `static int __net_init ${name}_net_init(struct net *net) { return 0; }
static struct pernet_operations ${name}_net_ops = {
	.init = ${name}_net_init,
};
static int __init ${name}_init(void)
{
	return register_pernet_subsys(&${name}_net_ops);
}
static void __exit ${name}_exit(void)
{${options.mended ? `\n\tunregister_pernet_subsys(&${name}_net_ops);` : ''}
}
module_init(${name}_init);
module_exit(${name}_exit);
MODULE_LICENSE("GPL");
`;
}

describe('the whole workspace', () => {
  let client: Client;
  eachWithServer((each) => {
    client = each;
  });
  const list = async (isThere: (list: OpsList) => boolean): Promise<OpsList> => {
    for (let tries = 0; tries < 400; tries++) {
      const found = await client.request<OpsList>(methods.ops, null);
      if (!found.isReading && isThere(found)) return found;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error('the list did not come to be');
  };
  const names = ({ ops }: OpsList): string[] => ops.map(({ name }) => name);
  const openOne = async (): Promise<string> => {
    const uri = client.write('net/a/a.c', moduleOf('a'));
    await client.open(uri, moduleOf('a'));
    await client.diagnostics(uri);
    return uri;
  };

  test('is read once a document has been analysed: ops by file with how they are registered, without what is excluded', async () => {
    client.otherSettings = { 'files.exclude': { '**/out': true }, 'search.exclude': { '**/*.mod.c': true } };
    client.write('net/b/b.c', moduleOf('b'));
    client.write('net/b/Makefile', 'obj-m += bee.o\nbee-y := b.o\n');
    client.write('net/b/out/c.c', moduleOf('c'));
    client.write('net/b/d.mod.c', moduleOf('d'));
    client.write('.git/HEAD', 'ref: refs/heads/main\n');
    client.write('.gitignore', '/ignored/\n');
    client.write('ignored/e.c', moduleOf('e'));
    client.write('net/b/plain.c', 'int x;\n');
    await client.initialize();
    await openOne();
    const found = await list((all) => all.ops.length >= 2);
    expect(names(found)).toEqual(['a_net_ops', 'b_net_ops']);
    expect(found.isChecked).toBe(false);
    expect(found.ops[0]).toMatchObject({ problems: 1, worst: 'error', kind: 'subsys', module: 'a' });
    expect(found.ops[1]).toMatchObject({
      ...{ problems: 0, worst: null, kind: 'subsys', registeredIn: ['b_init'], module: 'bee' },
      callbacks: [{ field: 'init', function: 'b_net_init' }],
    });
  });

  test('has what only a kernel without an option has, and what both have once', async () => {
    client.write('net/e.c', `#ifdef CONFIG_FOO\nint x;\n#else\n${moduleOf('e')}#endif\n${moduleOf('f')}`);
    await client.initialize();
    await openOne();
    const found = await list((all) => all.ops.length >= 3);
    expect(names(found)).toEqual(['a_net_ops', 'e_net_ops', 'f_net_ops']);
    expect(found.ops.map(({ registeredIn }) => registeredIn)).toEqual([['a_init'], ['e_init'], ['f_init']]);
  });

  test('follows files on the disk', async () => {
    const b = client.write('b.c', moduleOf('b'));
    await client.initialize();
    await openOne();
    await list((all) => all.ops.length === 2);
    const c = client.write('sub/c.c', moduleOf('c'));
    rmSync(fileURLToPath(b));
    const changes = [
      { uri: b, type: 3 },
      { uri: c, type: 1 },
    ];
    await client.notify('workspace/didChangeWatchedFiles', { changes });
    const found = await list((all) => names(all).includes('c_net_ops'));
    expect(names(found)).toEqual(['a_net_ops', 'c_net_ops']);
  });

  test('what is left out stays so when it changes on the disk, and comes in with the settings', async () => {
    client.otherSettings = { 'files.exclude': { '**/out': true } };
    client.write('.git/HEAD', 'ref: refs/heads/main\n');
    client.write('.gitignore', '*.gen.c\n');
    await client.initialize();
    await openOne();
    await list((all) => all.ops.length === 1);
    const uris = ['net/out/b.c', 'net/c.gen.c', '.cache/d.c', 'net/e.c'].map((name, index) =>
      client.write(name, moduleOf('bcde'[index]!)),
    );
    await client.notify('workspace/didChangeWatchedFiles', { changes: uris.map((uri) => ({ uri, type: 1 })) });
    expect(names(await list((all) => all.ops.length > 1))).toEqual(['a_net_ops', 'e_net_ops']);
    client.otherSettings = {};
    await client.notify('workspace/didChangeConfiguration', { settings: null });
    expect(names(await list((all) => all.ops.length > 2))).toEqual(['a_net_ops', 'e_net_ops', 'b_net_ops']);
    client.settings = { index: false };
    await client.notify('workspace/didChangeConfiguration', { settings: null });
    await list((all) => all.ops.length <= 1);
  });

  test('is not read where the setting says so', async () => {
    client.settings = { index: false };
    client.write('b.c', moduleOf('b'));
    await client.initialize();
    await openOne();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(names(await list(() => true))).toEqual(['a_net_ops']);
  });

  test('symbols: ops and callbacks by letters of their names', async () => {
    client.write('b.c', moduleOf('b'));
    await client.initialize();
    await openOne();
    await list((all) => all.ops.length === 2);
    const symbols = async (query: string): Promise<string[]> =>
      (await client.request<SymbolInformation[]>('workspace/symbol', { query })).map(({ name }) => name);
    expect(await symbols('netops')).toEqual(['b_net_ops', 'a_net_ops']);
    expect(await symbols('b_n_init')).toEqual(['b_net_init']);
    expect(await symbols('nothing')).toEqual([]);
  });

  test('is analysed when asked for: what is found shows in files that are not open, until they change', async () => {
    const b = client.write('b.c', moduleOf('b'));
    client.write('c.c', moduleOf('c', { mended: true }));
    await client.initialize({ commands: true });
    const a = await openOne();
    await list((all) => all.ops.length === 3);
    expect(await client.request<CheckAnswer>(methods.check, null)).toEqual({ files: 3, problems: 2 });
    const published = (uri: string): unknown[] | undefined =>
      client.lastPublished(uri)?.diagnostics.map(({ code }) => code);
    await expect.poll(() => published(b)).toEqual(['pernet/left-registered-on-exit']);
    const counted = await list((all) => all.isChecked);
    expect(counted.ops.map(({ name, problems }) => [name, problems])).toEqual([
      ['b_net_ops', 1],
      ['c_net_ops', 0],
      ['a_net_ops', 1],
    ]);
    // The document that is closed keeps what was found in it.
    await client.notify('textDocument/didClose', { textDocument: { uri: a } });
    await expect.poll(() => published(a)).toEqual(['pernet/left-registered-on-exit']);
    client.write('b.c', moduleOf('b', { mended: true }));
    await client.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: b, type: 2 }] });
    await expect.poll(() => published(b)).toEqual([]);
    expect((await list((all) => !all.isChecked)).ops).toHaveLength(3);
  });

  test('other editors analyse it by a command of the server', async () => {
    const b = client.write('b.c', moduleOf('b'));
    const { capabilities } = await client.initialize();
    expect(capabilities.executeCommandProvider?.commands).toContain(clientCommands.checkWorkspace);
    await openOne();
    await list((all) => all.ops.length === 2);
    await client.request('workspace/executeCommand', { command: clientCommands.checkWorkspace });
    await expect.poll(() => client.lastPublished(b)?.diagnostics.length).toBe(1);
  });

  test('several kernel trees side by side are told apart', async () => {
    for (const tree of ['one', 'two']) {
      for (const file of ['Kconfig', 'Makefile', 'include/linux/x.h', 'kernel/x.c'])
        client.write(`${tree}/${file}`, '\n');
      client.write(`${tree}/net/t/t.c`, moduleOf('t', { mended: tree === 'two' }));
    }
    await client.initialize();
    const uri = client.write('one/net/t/t.c', moduleOf('t'));
    await client.open(uri, moduleOf('t'));
    await client.diagnostics(uri);
    const { ops } = await list((all) => all.ops.length === 2);
    expect(ops.map(({ tree, file }) => [path.basename(tree), file])).toEqual([
      ['one', 'net/t/t.c'],
      ['two', 'net/t/t.c'],
    ]);
    expect(await client.request<CheckAnswer>(methods.check, null)).toEqual({ files: 2, problems: 1 });
  });

  test('of a kernel tree with a configuration: a hover tells the place in the list of the booted kernel', async () => {
    const core = `static struct pernet_operations net_ns_ops = { .init = net_ns_net_init };
int register_pernet_subsys(struct pernet_operations *ops)
{
	return register_pernet_operations(first_device, ops);
}
void __init net_ns_init(void)
{
	register_pernet_subsys(&net_ns_ops);
}
`;
    const files = {
      Makefile: 'VERSION = 6\n',
      Kbuild: 'obj-y += init/ net/\n',
      '.config': 'CONFIG_NET_NS=y\nCONFIG_B=y\n',
      'init/Makefile': 'obj-y := main.o\n',
      'init/main.c': 'void start_kernel(void)\n{\n\tnet_ns_init();\n}\n',
      'net/Makefile': 'obj-y += core/ a/ b/\n',
      'net/core/Makefile': 'obj-y := net_namespace.o\n',
      'net/core/net_namespace.c': core,
      'net/a/Makefile': 'obj-y := a.o\n',
      'net/b/Makefile': 'obj-$(CONFIG_B) := b.o\n',
      'net/b/b.c': moduleOf('b'),
    };
    for (const [file, text] of Object.entries(files)) client.write(file, text);
    await client.initialize();
    const uri = await openOne();
    const hover = async (word: string): Promise<string> => {
      const lines = moduleOf('a').split('\n');
      const line = lines.findIndex((each) => each.includes(word));
      const position = { line, character: lines[line]!.indexOf(word) + 1 };
      const found = await client.request<Hover | null>('textDocument/hover', { textDocument: { uri }, position });
      return JSON.stringify(found?.contents ?? null);
    };
    const saying = async (word: string, part: string): Promise<void> => {
      await expect.poll(() => hover(word), { timeout: 20_000, interval: 50 }).toContain(part);
    };
    await saying(
      'a_net_ops = {',
      'In the booted kernel (.config): 2 of 3 in pernet_list; it stands after `net_ns_ops` (net/core/net_namespace.c) and before `b_net_ops` (net/b/b.c).',
    );
    // The configuration is another one now.
    const config = client.write('.config', 'CONFIG_NET_NS=y\n');
    await client.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: config, type: 2 }] });
    await saying('a_net_ops = {', '2 of 2 in pernet_list; it stands after `net_ns_ops` (net/core/net_namespace.c).');
  });
});

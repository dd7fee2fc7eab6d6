import { readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { SymbolInformation } from 'vscode-languageserver-protocol';
import { methods, type CheckAnswer, type OpsList } from '../../src/server/protocol.ts';
import { type Client, eachWithServer } from './client.ts';

const sample = readFileSync(path.resolve(import.meta.dirname, '../sample/pernet_sample.c'), 'utf8');

/** A module whose exit is in another file. */
const user = `static struct pernet_operations foo_net_ops = { .init = foo_net_start };
int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}
void foo_net_exit(void);
static void __exit foo_exit(void)
{
	foo_net_exit();
}
module_init(foo_init);
module_exit(foo_exit);
`;
const other = (exit: string): string => `extern struct pernet_operations foo_net_ops;
int foo_net_start(struct net *net) { return 0; }
void foo_net_exit(void) { ${exit} }
`;
const undone = 'unregister_pernet_subsys(&foo_net_ops);';

/** The patterns of what an analysis and the index read. */
const whatIsRead = ['**/*.{c,h}', '**/{Makefile,Kbuild,Kconfig,.config,.pernet-lint.json}', '**/{Kbuild,Kconfig}*'];

describe('files that change on the disk', () => {
  let client: Client;
  eachWithServer((each) => {
    client = each;
  });
  const codes = (uri: string): unknown[] | undefined => client.lastPublished(uri)?.diagnostics.map(({ code }) => code);
  const openFoo = async (): Promise<{ uri: string; beside: string }> => {
    const text = user.replace('static struct', 'struct');
    const beside = client.write('foo/other.c', other(undone));
    client.write('foo/Makefile', 'obj-m += foo.o\nfoo-y := user.o other.o\n');
    const uri = client.write('foo/user.c', text);
    await client.open(uri, text);
    expect(await client.diagnostics(uri)).toEqual([]);
    return { uri, beside };
  };

  describe('for a client that can watch them', () => {
    const can = { didChangeWatchedFiles: { dynamicRegistration: true, relativePatternSupport: true } };

    test('it is asked to, once, and what it tells is looked at again', async () => {
      await client.initialize({}, can);
      await expect.poll(() => client.watched).toEqual(whatIsRead);
      // In braces Emacs reads names only.
      for (const pattern of whatIsRead) expect(pattern).not.toMatch(/\{[^}]*[*?[{]/);
      const { uri, beside } = await openFoo();
      client.write('foo/other.c', other(''));
      await client.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: beside, type: 2 }] });
      await expect.poll(() => codes(uri)).toEqual(['pernet/left-registered-on-exit']);
      expect(client.watched).toEqual(whatIsRead);
    });

    test('a baseline, wherever it lies, is watched while the settings name it, and is seen when it changes', async () => {
      client.settings = { baseline: '../known.json' };
      await client.initialize({}, can);
      const uri = client.write('pernet_sample.c', sample);
      await client.open(uri, sample);
      expect(await client.diagnostics(uri)).toHaveLength(4);
      const baseUri = pathToFileURL(path.dirname(client.folder)).toString();
      const watcher = { baseUri, pattern: 'known.json' };
      await expect.poll(() => client.watched.slice(whatIsRead.length)).toEqual([watcher]);
      client.settings = { baseline: 'known.json' };
      await client.notify('workspace/didChangeConfiguration', { settings: null });
      const here = { baseUri: pathToFileURL(client.folder).toString(), pattern: 'known.json' };
      await expect.poll(() => client.watched.slice(whatIsRead.length)).toEqual([here]);
      const [first, second] = client.lastPublished(uri)!.diagnostics.map(({ data }) => data as { fingerprint: string });
      const known = client.write('known.json', JSON.stringify({ version: 1, findings: [first] }));
      await client.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: known, type: 1 }] });
      await expect.poll(() => codes(uri)).toHaveLength(3);
      client.write('known.json', JSON.stringify({ version: 1, findings: [first, second] }));
      await client.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: known, type: 2 }] });
      await expect.poll(() => codes(uri)).toHaveLength(2);
      rmSync(fileURLToPath(known));
      await client.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: known, type: 3 }] });
      await expect.poll(() => codes(uri)).toHaveLength(4);
    });

    test('a baseline that changes counts for files that are not open, too', async () => {
      client.settings = { baseline: 'known.json' };
      client.write('known.json', '{ "findings": [] }');
      const closed = client.write('sample.c', sample);
      await client.initialize({ commands: true }, can);
      await openFoo();
      await expect.poll(() => client.request<CheckAnswer>(methods.check, null)).toMatchObject({ problems: 4 });
      await expect.poll(() => codes(closed)).toHaveLength(4);
      const [first] = client.lastPublished(closed)!.diagnostics.map(({ data }) => data as { fingerprint: string });
      const known = client.write('known.json', JSON.stringify({ findings: [first] }));
      await client.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: known, type: 2 }] });
      await expect.poll(() => codes(closed)).toHaveLength(3);
      const counts = async (): Promise<unknown> => {
        const { ops, isChecked } = await client.request<OpsList>(methods.ops, null);
        return { isChecked, problems: ops.reduce((sum, { problems }) => sum + problems, 0) };
      };
      // One that was looked at meanwhile tells all again, too.
      await client.open(closed, sample);
      expect(await client.diagnostics(closed)).toHaveLength(3);
      await client.notify('textDocument/didClose', { textDocument: { uri: closed } });
      client.write('known.json', JSON.stringify({ findings: [] }));
      await client.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: known, type: 2 }] });
      await expect.poll(() => codes(closed)).toHaveLength(4);
      client.write('known.json', JSON.stringify({ findings: [first] }));
      await client.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: known, type: 2 }] });
      await expect.poll(() => codes(closed)).toHaveLength(3);
      // The list of ops counts on: what was found stands.
      expect(await counts()).toEqual({ isChecked: true, problems: 3 });
      client.settings = { baseline: '' };
      await client.notify('workspace/didChangeConfiguration', { settings: null });
      await expect.poll(() => codes(closed)).toHaveLength(4);
      expect(await counts()).toEqual({ isChecked: true, problems: 4 });
    });
  });

  describe('for a client that cannot watch them, they are looked at when somebody does something:', () => {
    const save = (uri: string): Promise<void> => client.notify('textDocument/didSave', { textDocument: { uri } });
    /** As somebody who saves every now and then. */
    const saving = async (uri: string, wanted: unknown[]): Promise<void> => {
      await expect
        .poll(
          async () => {
            await save(uri);
            return codes(uri);
          },
          { timeout: 10_000, interval: 300 },
        )
        .toEqual(wanted);
    };

    test('a file beside the saved one that has changed, has gone, has come', async () => {
      await client.initialize();
      const { uri, beside } = await openFoo();
      expect(client.watched).toEqual([]);
      client.write('foo/other.c', other(''));
      await saving(uri, ['pernet/left-registered-on-exit']);
      client.write('foo/other.c', other(undone));
      await saving(uri, []);
      rmSync(fileURLToPath(beside));
      client.write('foo/Makefile', 'obj-m += foo.o\nfoo-y := user.o third.o\n');
      client.write('foo/third.c', other(''));
      await saving(uri, ['pernet/left-registered-on-exit']);
    });

    test('what comes, goes and is replaced anywhere in the workspace, when its symbols are asked for', async () => {
      const symbols = async (): Promise<string[]> => {
        const found = await client.request<SymbolInformation[]>('workspace/symbol', { query: '_ops' });
        return found.map(({ name }) => name).sort();
      };
      const opsOf = (name: string): string => `static struct pernet_operations ${name}_ops = { };\n`;
      client.write('.git/HEAD', 'ref: refs/heads/main\n');
      client.write('.gitignore', '/out/\n*.mod.c\n');
      const gone = client.write('net/gone.c', opsOf('gone'));
      client.write('net/plain.c', 'int x;\n');
      client.write('net/mended.c', opsOf('before'));
      await client.initialize();
      const uri = client.write('net/open.c', opsOf('open'));
      await client.open(uri, opsOf('open'));
      await expect.poll(symbols).toEqual(['before_ops', 'gone_ops', 'open_ops']);
      rmSync(fileURLToPath(gone));
      client.write('net/mended.c', opsOf('after'));
      client.write('net/new.c', opsOf('new'));
      client.write('drivers/net/deep/er.c', opsOf('deeper'));
      client.write('out/made.c', opsOf('made'));
      client.write('net/new.mod.c', opsOf('made'));
      // As Git does it: another file of the name.
      client.write('net/plain.c.new', opsOf('plain'));
      renameSync(path.join(client.folder, 'net/plain.c.new'), path.join(client.folder, 'net/plain.c'));
      expect(await symbols()).toEqual(['after_ops', 'deeper_ops', 'new_ops', 'open_ops', 'plain_ops']);
      client.write('drivers/net/deep/est.c', opsOf('deepest'));
      expect(await symbols()).toContain('deepest_ops');
    });

    test('a baseline, and what the tree says of itself', async () => {
      client.settings = { baseline: 'known.json' };
      await client.initialize();
      const uri = client.write('pernet_sample.c', sample);
      await client.open(uri, sample);
      const all = (await client.diagnostics(uri)).map(({ code }) => code);
      expect(all).toHaveLength(4);
      const [first] = client.lastPublished(uri)!.diagnostics.map(({ data }) => data as { fingerprint: string });
      const known = client.write('known.json', JSON.stringify({ findings: [first] }));
      await saving(uri, all.slice(1));
      rmSync(fileURLToPath(known));
      await saving(uri, all);
      client.write('.pernet-lint.json', JSON.stringify({ rules: { [String(all[0])]: 'off' } }));
      await saving(uri, all.slice(1));
    });
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { methods, type OpsList } from '../../src/server/protocol.ts';
import { bundleServer, Client } from './client.ts';

const moduleOf = (name: string): string => `static struct pernet_operations ${name}_net_ops = { .init = ${name}_start };
static int __init ${name}_init(void)
{
	return register_pernet_subsys(&${name}_net_ops);
}
module_init(${name}_init);
`;

describe('the folders of the workspace, and what the client is told while they are read', () => {
  let bundle: string;
  let client: Client;
  let second: string;
  beforeAll(async () => {
    bundle = await bundleServer();
  });
  beforeEach(() => {
    client = new Client(bundle);
    second = mkdtempSync(path.join(os.tmpdir(), 'pernet-second-'));
    writeFileSync(path.join(second, 'two.c'), moduleOf('two'));
  });
  afterEach(() => {
    client.close();
    rmSync(second, { recursive: true, force: true });
  });
  const names = async (): Promise<string[]> =>
    (await client.request<OpsList>(methods.ops, null)).ops.map(({ name }) => name).sort();
  const openOne = async (): Promise<void> => {
    const uri = client.write('one.c', moduleOf('one'));
    await client.open(uri, moduleOf('one'));
    await client.diagnostics(uri);
  };

  test('a folder that comes is read, one that goes is forgotten', async () => {
    await client.initialize({}, { workspaceFolders: true });
    await openOne();
    await expect.poll(names).toEqual(['one_net_ops']);
    const folder = { uri: pathToFileURL(second).toString(), name: 'second' };
    await client.notify('workspace/didChangeWorkspaceFolders', { event: { added: [folder], removed: [] } });
    await expect.poll(names).toEqual(['one_net_ops', 'two_net_ops']);
    await client.notify('workspace/didChangeWorkspaceFolders', { event: { added: [], removed: [folder] } });
    await expect.poll(names).toEqual(['one_net_ops']);
  });

  test('a client that shows progress sees it begin, go on and end', async () => {
    for (let index = 0; index < 40; index++) client.write(`many/m${index}.c`, moduleOf(`m${index}`));
    await client.initialize({}, {}, {}, { workDoneProgress: true });
    await openOne();
    await expect.poll(async () => (await names()).length).toBe(41);
    const kinds = client.progress.map(({ kind }) => kind);
    await expect.poll(() => client.progress.at(-1)?.kind).toBe('end');
    expect(kinds[0]).toBe('begin');
    expect(kinds.filter((kind) => kind === 'report').length).toBeGreaterThan(0);
    expect(client.progress.some((each) => /of 41/.test('message' in each ? (each.message ?? '') : ''))).toBe(true);
  });

  test('a client that shows none is not asked to', async () => {
    await client.initialize();
    await openOne();
    await expect.poll(names).toEqual(['one_net_ops']);
    expect(client.progress).toEqual([]);
  });
});

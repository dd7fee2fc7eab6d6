import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { CodeAction } from 'vscode-languageserver-protocol';
import { clientCommands, methods, type OpsList } from '../../src/server/protocol.ts';
import { type Client, eachWithServer } from './client.ts';

const sample = readFileSync(path.resolve(import.meta.dirname, '../sample/pernet_sample.c'), 'utf8');

const beside = 'static struct pernet_operations beside_ops = { };\n';

describe('other editors', () => {
  let client: Client;
  eachWithServer((each) => {
    client = each;
  });
  const names = async (): Promise<string[]> =>
    (await client.request<OpsList>(methods.ops, null)).ops.map(({ name }) => name);

  test('one that names one folder, tells its settings on its own and loses what diagnostics carry is as well served', async () => {
    const uri = client.write('pernet_sample.c', sample);
    client.write('beside.c', beside);
    const rootUri = pathToFileURL(client.folder).toString();
    await client.request('initialize', { processId: process.pid, rootUri, capabilities: { textDocument: {} } });
    await client.notify('initialized', {});
    await client.notify('workspace/didChangeConfiguration', {
      settings: { pernet: { rules: { 'pernet/id-without-size': 'off' } } },
    });
    await client.open(uri, sample);
    const diagnostics = await client.diagnostics(uri);
    expect(diagnostics.map(({ code }) => code)).not.toContain('pernet/id-without-size');
    const { range, ...rest } = diagnostics.at(-1)!;
    delete rest.data;
    const actions = await client.request<CodeAction[]>('textDocument/codeAction', {
      ...{ textDocument: { uri }, range },
      context: { diagnostics: [{ range, ...rest }] },
    });
    expect(actions[0]?.title).toBe('Unregister it by unregister_pernet_device()');
    await expect.poll(names).toContain('beside_ops');
  });

  test('one that says it can, and then refuses, is served all the same, and is asked nothing that is only to be said', async () => {
    for (const method of [
      ...['client/registerCapability', 'workspace/configuration', 'window/workDoneProgress/create'],
      ...['window/showDocument', 'window/showMessageRequest', 'workspace/inlayHint/refresh'],
    ])
      client.refuses.add(method);
    const dynamic = { dynamicRegistration: true };
    await client.initialize(
      {},
      { didChangeWatchedFiles: dynamic, didChangeConfiguration: dynamic, inlayHint: { refreshSupport: true } },
      {},
      { workDoneProgress: true, showDocument: { support: true } },
    );
    const uri = client.write('pernet_sample.c', sample);
    client.write('beside.c', beside);
    await client.open(uri, sample);
    expect(await client.diagnostics(uri)).toHaveLength(4);
    const { fingerprint } = client.lastPublished(uri)!.diagnostics[0]!.data as { fingerprint: string };
    const run = (given: string): Promise<null> =>
      client.request('workspace/executeCommand', { command: clientCommands.showWitness, arguments: [uri, given] });
    await run(fingerprint);
    await run('0123456789abcdef');
    expect(client.said).toEqual([expect.stringMatching(/^Written to .*lifecycle\.txt$/), expect.stringMatching(/./)]);
    await expect.poll(names).toContain('beside_ops');
  });
});

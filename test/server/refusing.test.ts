import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { clientCommands, methods, type OpsList } from '../../src/server/protocol.ts';
import { type Client, eachWithServer } from './client.ts';

const sample = readFileSync(path.resolve(import.meta.dirname, '../sample/pernet_sample.c'), 'utf8');

describe('a client that says it can, and then refuses', () => {
  let client: Client;
  eachWithServer((each) => {
    client = each;
  });

  test('is served all the same, and is asked nothing that is only to be said', async () => {
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
    client.write('beside.c', 'static struct pernet_operations beside_ops = { };\n');
    await client.open(uri, sample);
    expect(await client.diagnostics(uri)).toHaveLength(4);
    const { fingerprint } = client.lastPublished(uri)!.diagnostics[0]!.data as { fingerprint: string };
    const run = (given: string): Promise<null> =>
      client.request('workspace/executeCommand', { command: clientCommands.showWitness, arguments: [uri, given] });
    await run(fingerprint);
    await run('0123456789abcdef');
    expect(client.said).toEqual([expect.stringMatching(/^Written to .*lifecycle\.txt$/), expect.stringMatching(/./)]);
    await expect
      .poll(async () => (await client.request<OpsList>(methods.ops, null)).ops.map(({ name }) => name))
      .toContain('beside_ops');
  });
});

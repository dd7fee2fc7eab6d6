import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type {
  CallHierarchyIncomingCall,
  CallHierarchyItem,
  CodeAction,
  CompletionItem,
  DocumentSymbol,
  Hover,
  InlayHint,
  Location,
  Position,
} from 'vscode-languageserver-protocol';
import { rules } from '../../src/rules/index.ts';
import { clientCommands } from '../../src/server/protocol.ts';
import { applyEdits } from './apply-edits.ts';
import { bundleServer, Client, eachWithServer } from './client.ts';

const sample = readFileSync(path.resolve(import.meta.dirname, '../sample/pernet_sample.c'), 'utf8');
const fixed = readFileSync(path.resolve(import.meta.dirname, '../sample/pernet_sample_fixed.c'), 'utf8');

/** The place of a text in another: the middle of `word` where `context` first has it. */
function at(text: string, context: string, word = context): Position {
  const index = text.indexOf(context) + context.indexOf(word) + 1;
  if (!text.includes(context)) throw new Error(`'${context}' is not there`);
  const before = text.slice(0, index).split('\n');
  return { line: before.length - 1, character: before.at(-1)!.length };
}

describe('what the server tells of a place', () => {
  let client: Client;
  let uri: string;
  beforeAll(async () => {
    client = new Client(await bundleServer());
    client.settings = { inlayHints: true };
    await client.initialize();
    uri = client.write('pernet_sample_fixed.c', fixed);
    await client.open(uri, fixed);
  });
  afterAll(() => {
    client.close();
  });
  const ask = <T>(method: string, position: Position, more: object = {}): Promise<T> =>
    client.request<T>(`textDocument/${method}`, { textDocument: { uri }, position, ...more });
  const hover = async (context: string, word?: string): Promise<string> => {
    const found = await ask<Hover | null>('hover', at(fixed, context, word));
    return found === null ? '' : (found.contents as { value: string }).value;
  };
  const lineOf = ({ range }: Pick<Location, 'range'>): string => fixed.split('\n')[range.start.line]!.trim();

  test('hover on an ops: its callbacks, where it is registered, what runs before and after it', async () => {
    const text = await hover('static struct pernet_operations sample_net_ops', 'sample_net_ops');
    expect(text).toContain('`.init` sample_net_init()');
    expect(text).toMatch(/Registered in sample_init\(\) by `register_pernet_subsys` \(pernet_sample_fixed\.c:\d+\)/);
    expect(text).toMatch(
      /Init runs before `sample_stats_ops`, `sample_dev_ops` of this module \(1 of 3 in pernet_list\)/,
    );
  });

  test('hover on a field, a callback, an id and a registering call', async () => {
    expect(await hover('.exit = sample_dev_exit', 'exit')).toMatch(
      /`\.exit` of `sample_dev_ops`[^]*Exit runs before `sample_stats_ops`, `sample_net_ops`/,
    );
    expect(await hover('.init = sample_dev_init', 'sample_dev_init')).toContain('`.init` of `sample_dev_ops`');
    expect(await hover('net_generic(net, sample_net_id)', 'sample_net_id')).toContain('the id of `sample_net_ops`');
    expect(await hover('register_pernet_device(&sample_dev_ops)', 'register_pernet_device')).toContain(
      'among the devices',
    );
    expect(await hover('alloc_percpu')).toBe('');
  });

  test('definition: from a field to its callback, from an id to its ops', async () => {
    const callback = await ask<Location[]>('definition', at(fixed, '.exit = sample_dev_exit', 'exit'));
    expect(callback.map(lineOf)).toEqual(['static void __net_exit sample_dev_exit(struct net *net)']);
    const ops = await ask<Location[]>('definition', at(fixed, 'net_generic(net, sample_net_id)', 'sample_net_id'));
    expect(ops.map(lineOf)).toEqual(['static struct pernet_operations sample_net_ops = {']);
  });

  test('references of an ops, not those in comments', async () => {
    const found = await ask<Location[]>('references', at(fixed, 'sample_dev_ops'), {
      context: { includeDeclaration: true },
    });
    expect(found.length).toBe([...fixed.matchAll(/\bsample_dev_ops\b/g)].length);
    const uses = await ask<Location[]>('references', at(fixed, 'sample_dev_ops'), {
      context: { includeDeclaration: false },
    });
    expect(uses).toHaveLength(found.length - 1);
  });

  test('symbols: the ops with their callbacks', async () => {
    const symbols = await client.request<DocumentSymbol[]>('textDocument/documentSymbol', { textDocument: { uri } });
    expect(symbols.map(({ name, children }) => [name, children?.map((child) => child.name)])).toEqual([
      ['sample_dev_ops', ['sample_dev_init', 'sample_dev_exit']],
      ['sample_net_ops', ['sample_net_init', 'sample_net_exit']],
      ['sample_stats_ops', ['sample_stats_init', 'sample_stats_exit']],
    ]);
  });

  test('call hierarchy: who triggers a callback, in the module and in the core', async () => {
    client.write('net/core/net_namespace.c', 'static __net_init int setup_net(struct net *net)\n{\n\treturn 0;\n}\n');
    const [item] = await ask<CallHierarchyItem[]>('prepareCallHierarchy', at(fixed, 'sample_dev_init'));
    expect(item?.name).toBe('sample_dev_init');
    const calls = await client.request<CallHierarchyIncomingCall[]>('callHierarchy/incomingCalls', { item });
    expect(calls.map(({ from }) => from.name)).toEqual(['sample_init', 'setup_net']);
  });

  test('inlay hints say the place in pernet_list', async () => {
    const end = { line: fixed.split('\n').length, character: 0 };
    const hints = await client.request<InlayHint[]>('textDocument/inlayHint', {
      textDocument: { uri },
      range: { start: { line: 0, character: 0 }, end },
    });
    const said = hints.map(({ label, position }) => [label, fixed.split('\n')[position.line]!.trim()]);
    expect(said).toContainEqual(['#3 of 3', 'err = register_pernet_device(&sample_dev_ops);']);
    expect(said).toHaveLength(3);
  });

  test('completion in a suppression: its words and every rule; elsewhere nothing', async () => {
    const text = '/* pernet-lint: \n/* pernet-lint: ignore left\n/* pernet-lint: ignore x -- \nint x;\n';
    const other = client.write('completion.c', text);
    await client.open(other, text);
    const complete = async (line: number): Promise<string[]> => {
      const position = { line, character: text.split('\n')[line]!.length };
      const items = await client.request<CompletionItem[]>('textDocument/completion', {
        textDocument: { uri: other },
        position,
      });
      return items.map(({ label }) => label);
    };
    expect(await complete(0)).toEqual(['ignore', 'ignore-file']);
    expect(await complete(1)).toEqual(expect.arrayContaining(rules.map(({ id }) => id.replace('pernet/', ''))));
    expect(await complete(2)).toEqual([]);
    expect(await complete(3)).toEqual([]);
  });
});

describe('code actions', () => {
  let client: Client;
  let bundle = '';
  eachWithServer((each, file) => {
    client = each;
    bundle = file;
  });
  const openSample = async (): Promise<string> => {
    const uri = client.write('pernet_sample.c', sample);
    await client.open(uri, sample);
    return uri;
  };
  const actionsAt = async (uri: string, index: number): Promise<CodeAction[]> => {
    const diagnostic = (await client.diagnostics(uri))[index]!;
    return client.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri },
      range: diagnostic.range,
      context: { diagnostics: [diagnostic] },
    });
  };

  test('each problem of the sample has a fix, and with it is gone', async () => {
    await client.initialize();
    const uri = await openSample();
    const before = (await client.diagnostics(uri)).map(({ code }) => code);
    for (const [index, code] of before.entries()) {
      const fix = (await actionsAt(uri, index)).find(({ isPreferred }) => isPreferred);
      expect(fix?.title, String(code)).toBeDefined();
      await client.change(uri, applyEdits(sample, fix!.edit!.changes![uri]!));
      expect((await client.diagnostics(uri)).map((each) => each.code)).toEqual(before.filter((each) => each !== code));
      await client.change(uri, sample);
      await client.diagnostics(uri);
    }
  });

  test.each([
    ['on lines of its own', '\n\t/* pernet-lint: ignore\n\t * register-twice -- no */\nint x;\n', '\nint x;\n'],
    ['behind code', '\nint x; /* pernet-lint: ignore register-twice -- no */\n', '\nint x;\n'],
    ['before code', '\n/* pernet-lint: ignore register-twice -- no */ int x;\n', '\n int x;\n'],
    ['at the end', '\n/* pernet-lint: ignore register-twice */', '\n'],
  ])('a comment that suppresses nothing is removed, and nothing else is offered: %s', async (_where, text, left) => {
    await client.initialize();
    const uri = client.write('foo.c', text);
    await client.open(uri, text);
    const [action, ...more] = await actionsAt(uri, 0);
    expect(action?.title).toBe('Remove this comment');
    expect(more).toEqual([]);
    await client.change(uri, applyEdits(text, action!.edit!.changes![uri]!));
    expect(applyEdits(text, action!.edit!.changes![uri]!)).toBe(left);
    expect(await client.diagnostics(uri)).toEqual([]);
  });

  test('a fix that is given up because another document has changed is made all the same', async () => {
    await client.initialize();
    const uri = await openSample();
    const other = client.write('other.c', sample);
    await client.open(other, sample);
    await client.diagnostics(other);
    for (let round = 1; round <= 4; round++) {
      // Another version, of which no fix is known yet.
      await client.change(uri, `${sample}${'\n'.repeat(round)}`);
      await client.diagnostics(uri);
      const asked = actionsAt(uri, 1);
      for (let change = 0; change < 8; change++) {
        await client.change(other, `${sample}\nint x${round}_${change};\n`);
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      expect((await asked).filter(({ isPreferred }) => isPreferred)).toHaveLength(1);
    }
  });

  test('fix all mends all that can be mended at once, as a source action', async () => {
    await client.initialize();
    const uri = await openSample();
    await client.diagnostics(uri);
    const start = { line: 0, character: 0 };
    const [all] = await client.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri },
      range: { start, end: start },
      context: { diagnostics: [], only: ['source.fixAll'] },
    });
    await client.change(uri, applyEdits(sample, all!.edit!.changes![uri]!));
    expect(await client.diagnostics(uri)).toEqual([]);
  });

  test('a comment suppresses: where the client asks for the reason by its command, else with a word in its place', async () => {
    await client.initialize({ commands: true });
    const uri = await openSample();
    const asked = (await actionsAt(uri, 0)).filter(({ command }) => command?.command === clientCommands.suppress);
    expect(asked.map(({ title }) => title)).toEqual([
      'Ignore id-without-size on this line…',
      'Ignore id-without-size in this file…',
    ]);
    client.close();
    client = new Client(bundle);
    await client.initialize();
    const again = await openSample();
    const plain = (await actionsAt(again, 0)).find(({ title }) => title === 'Ignore id-without-size on this line');
    await client.change(again, applyEdits(sample, plain!.edit!.changes![again]!));
    expect((await client.diagnostics(again)).map(({ code }) => code)).not.toContain('pernet/id-without-size');
  });

  test('without our extension the server carries its commands out: the run and the page are shown as texts', async () => {
    const result = await client.initialize();
    expect(result.capabilities.executeCommandProvider?.commands).toContain(clientCommands.showWitness);
    const uri = await openSample();
    const actions = await actionsAt(uri, 3);
    const run = async (name: string): Promise<string> => {
      const { command } = actions.find((each) => each.command?.command === name)!;
      await client.request('workspace/executeCommand', { command: command!.command, arguments: command!.arguments });
      return readFileSync(fileURLToPath(client.shown.at(-1)!), 'utf8');
    };
    expect(await run(clientCommands.explainRule)).toContain('# pernet/unregister-kind-mismatch');
    expect(await run(clientCommands.showWitness)).toMatch(/^> +\d+ /m);
  });

  test('with our extension a hover leads to the call that registers an ops', async () => {
    await client.initialize({ commands: true });
    const uri = await openSample();
    await client.diagnostics(uri);
    const position = at(sample, 'static struct pernet_operations sample_net_ops', 'sample_net_ops');
    const found = await client.request<Hover>('textDocument/hover', { textDocument: { uri }, position });
    const line = sample.split('\n').findIndex((text) => text.includes('register_pernet_subsys(&sample_net_ops)')) + 1;
    expect((found.contents as { value: string }).value).toContain(`([pernet_sample.c:${line}](${uri}#L${line}))`);
  });

  test('with our extension it leaves them to that', async () => {
    const result = await client.initialize({ commands: true });
    expect(result.capabilities.executeCommandProvider).toBeUndefined();
  });

  test('a baseline keeps to what is new', async () => {
    client.settings = { baseline: 'known.json' };
    await client.initialize();
    const uri = await openSample();
    const [first] = await client.diagnostics(uri);
    const { fingerprint } = first!.data as { fingerprint: string };
    client.write('known.json', JSON.stringify({ version: 1, findings: [{ fingerprint }] }));
    await client.change(uri, `${sample}\n`);
    expect((await client.diagnostics(uri)).map(({ code }) => code)).toHaveLength(3);
  });
});

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CodeAction, TextDocumentEdit } from 'vscode-languageserver-protocol';
import { applyEdits } from './apply-edits.ts';
import { type Client, eachWithServer } from './client.ts';

const sample = readFileSync(path.resolve(import.meta.dirname, '../sample/pernet_sample.c'), 'utf8');

describe('code actions in an editor that shows changes before they are made', () => {
  let client: Client;
  eachWithServer((each) => {
    client = each;
  });
  const initialize = () =>
    client.initialize(
      { commands: true },
      { workspaceEdit: { documentChanges: true, changeAnnotationSupport: { groupsOnLabel: true } } },
      { codeAction: { dataSupport: true, resolveSupport: { properties: ['edit'] } } },
    );
  const openSample = async (): Promise<string> => {
    const uri = client.write('pernet_sample.c', sample);
    await client.open(uri, sample);
    return uri;
  };
  const quickFixes = async (uri: string, index: number): Promise<CodeAction[]> => {
    const diagnostic = (await client.diagnostics(uri))[index]!;
    return client.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri },
      range: diagnostic.range,
      context: { diagnostics: [diagnostic] },
    });
  };
  const changesOf = ({ edit }: CodeAction): TextDocumentEdit[] => (edit?.documentChanges ?? []) as TextDocumentEdit[];
  const asks = ({ edit }: CodeAction): (boolean | undefined)[] =>
    Object.values(edit?.changeAnnotations ?? {}).map(({ needsConfirmation }) => needsConfirmation);

  test('each change says what it is for, and is of the version that was looked at; in view, it is made at once', async () => {
    await initialize();
    const uri = await openSample();
    const diagnostic = (await client.diagnostics(uri))[3]!;
    const fix = (await quickFixes(uri, 3)).find(({ isPreferred }) => isPreferred)!;
    const [change] = changesOf(fix);
    expect(change?.textDocument).toEqual({ uri, version: 1 });
    expect(change?.edits.map((edit) => 'annotationId' in edit && edit.annotationId)).toEqual(['fix-1']);
    expect(fix.edit?.changeAnnotations).toEqual({
      'fix-1': {
        label: 'Unregister it by unregister_pernet_device()',
        description: diagnostic.message,
        needsConfirmation: false,
      },
    });
    expect(fix.edit?.changes).toBeUndefined();
  });

  test('the settings say which are shown first', async () => {
    await initialize();
    const uri = await openSample();
    const preferred = async (index: number): Promise<CodeAction> =>
      (await quickFixes(uri, index)).find(({ isPreferred }) => isPreferred)!;
    const said: Record<string, unknown> = {};
    for (const previewFixes of ['never', 'outOfView', 'severalPlaces', 'always'] as const) {
      client.settings = { previewFixes };
      await client.notify('workspace/didChangeConfiguration', { settings: null });
      said[previewFixes] = [asks(await preferred(1)), asks(await preferred(3))].flat();
    }
    expect(said).toEqual({
      never: [false, false],
      outOfView: [false, false],
      severalPlaces: [true, false],
      always: [true, true],
    });
  });

  test('all of a file: its edit is made when it is chosen, with a heading for each problem; on save it asks nothing', async () => {
    await initialize();
    const uri = await openSample();
    const all = (await quickFixes(uri, 3)).find(({ title }) => title === 'Fix all safe pernet problems in this file')!;
    expect(all.edit).toBeUndefined();
    // An action that is whole stays what it is, for clients that ask about each (Helix).
    const whole = { title: 'Explain', command: { title: 'Explain', command: 'pernet.explainRule' } };
    expect(await client.request<CodeAction>('codeAction/resolve', whole)).toEqual(whole);
    const resolved = await client.request<CodeAction>('codeAction/resolve', all);
    expect(asks(resolved)).toEqual([true, true, true, true]);
    await client.change(uri, applyEdits(sample, changesOf(resolved)[0]!.edits));
    expect(await client.diagnostics(uri)).toEqual([]);
    await client.change(uri, sample);
    await client.diagnostics(uri);
    const start = { line: 0, character: 0 };
    const [onSave] = await client.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri },
      range: { start, end: start },
      context: { diagnostics: [], only: ['source.fixAll'] },
    });
    expect(asks(onSave!)).toEqual([false, false, false, false]);
  });
});

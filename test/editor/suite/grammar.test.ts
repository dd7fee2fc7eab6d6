import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createOnigScanner, createOnigString, loadWASM } from 'vscode-oniguruma';
import { INITIAL, parseRawGrammar, Registry, type IGrammar } from 'vscode-textmate';
import { extensions, env } from 'vscode';
import { openSample } from './sample.ts';

suite('colours, on top of the C grammar that this editor ships', () => {
  test('the pernet vocabulary of the sample', async () => {
    const grammar = await loadGrammar();
    const document = await openSample('pernet_sample.c');
    const scopes = new Map<string, Set<string>>();
    let state = INITIAL;
    for (const line of document.getText().split('\n')) {
      const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
      state = ruleStack;
      for (const token of tokens) {
        const scope = token.scopes.find((name) => name.includes('.pernet.'));
        if (scope === undefined) continue;
        const words = scopes.get(scope) ?? new Set();
        scopes.set(scope, words.add(line.slice(token.startIndex, token.endIndex)));
      }
    }
    const seen = Object.fromEntries([...scopes].sort().map(([scope, words]) => [scope, [...words].sort()]));
    assert.deepEqual(seen, {
      'storage.modifier.section.pernet.c': ['__exit', '__init', '__net_exit', '__net_init'],
      'support.function.net-generic.pernet.c': ['net_generic'],
      'support.function.registration.pernet.c': [
        'register_pernet_device',
        'register_pernet_subsys',
        'unregister_pernet_device',
        'unregister_pernet_subsys',
      ],
      'support.type.pernet.c': ['pernet_operations'],
      'support.type.property-name.pernet.c': ['exit', 'id', 'init', 'size'],
    });
  });
});

async function loadGrammar(): Promise<IGrammar> {
  const ours = extensions.getExtension('pernet-lifecycle.pernet-lifecycle');
  assert.ok(ours);
  const wasm = path.join(ours.extensionPath, 'node_modules/vscode-oniguruma/release/onig.wasm');
  await loadWASM(readFileSync(wasm));
  const files: Readonly<Record<string, string>> = {
    'source.c': path.join(env.appRoot, 'extensions/cpp/syntaxes/c.tmLanguage.json'),
    'source.c.platform': path.join(env.appRoot, 'extensions/cpp/syntaxes/platform.tmLanguage.json'),
    'pernet.injection': path.join(ours.extensionPath, 'syntaxes/pernet.tmLanguage.json'),
  };
  const registry = new Registry({
    onigLib: Promise.resolve({ createOnigScanner, createOnigString }),
    loadGrammar: (scope) => {
      const file = files[scope];
      return Promise.resolve(file === undefined ? null : parseRawGrammar(readFileSync(file, 'utf8'), file));
    },
    getInjections: (scope) => (scope === 'source.c' ? ['pernet.injection'] : undefined),
  });
  const grammar = await registry.loadGrammar('source.c');
  assert.ok(grammar);
  return grammar;
}

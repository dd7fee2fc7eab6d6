import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { createOnigScanner, createOnigString, loadWASM } from 'vscode-oniguruma';
import { INITIAL, parseRawGrammar, Registry, type IGrammar } from 'vscode-textmate';

const file = path.resolve(import.meta.dirname, '../../syntaxes/pernet.tmLanguage.json');

/** What the grammar is injected into: the parts of VS Code's C grammar that it has to get along with. */
const c = {
  scopeName: 'source.c',
  patterns: [
    { begin: '/\\*', end: '\\*/', name: 'comment.block.c' },
    { match: '//.*$', name: 'comment.line.double-slash.c' },
    { begin: '"', end: '"', name: 'string.quoted.double.c' },
    { match: '^\\s*#\\s*(if|ifdef|endif)\\b.*$', name: 'meta.preprocessor.c' },
    { match: '\\b(static|struct|int|void)\\b', name: 'storage.type.c' },
    { match: '\\b[A-Za-z_]\\w*\\b(?=\\s*\\()', name: 'entity.name.function.c' },
    { begin: '\\{', end: '\\}', name: 'meta.block.c', patterns: [{ include: '$self' }] },
  ],
};

let grammar: IGrammar;

beforeAll(async () => {
  await loadWASM(readFileSync(createRequire(import.meta.url).resolve('vscode-oniguruma/release/onig.wasm')));
  const registry = new Registry({
    onigLib: Promise.resolve({ createOnigScanner, createOnigString }),
    loadGrammar: (scope) =>
      Promise.resolve(
        scope === 'source.c'
          ? parseRawGrammar(JSON.stringify(c), 'c.json')
          : scope === 'pernet.injection'
            ? parseRawGrammar(readFileSync(file, 'utf8'), file)
            : null,
      ),
    getInjections: (scope) => (scope === 'source.c' ? ['pernet.injection'] : undefined),
  });
  const loaded = await registry.loadGrammar('source.c');
  if (!loaded) throw new Error('the grammar could not be loaded');
  grammar = loaded;
});

/** Every piece that has a scope of the injected grammar, as `text: scope`, in order. */
function coloured(text: string): readonly string[] {
  let state = INITIAL;
  return text.split('\n').flatMap((line) => {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    state = ruleStack;
    return tokens.flatMap(({ startIndex, endIndex, scopes }) => {
      const scope = scopes.find((name) => name.includes('.pernet'));
      return scope ? [`${line.slice(startIndex, endIndex)}: ${scope}`] : [];
    });
  });
}

describe('the grammar that colours the pernet vocabulary', () => {
  test('an ops: its type and its fields, the macros before its name, no other struct', () => {
    expect(
      coloured(`static struct pernet_operations __net_initdata foo_ops = {
#ifdef CONFIG_X
	.init = foo_init, /* .exit = */
#endif
	.exit_batch=foo_exit,
	.id   = &foo_id,
	.size = sizeof(struct foo),
	.other = 1,
};
static struct foo_ops x = { .init = a, .id = 3 };`),
    ).toEqual([
      'pernet_operations: support.type.pernet.c',
      '__net_initdata: storage.modifier.section.pernet.c',
      'init: support.type.property-name.pernet.c',
      'exit_batch: support.type.property-name.pernet.c',
      'id: support.type.property-name.pernet.c',
      'size: support.type.property-name.pernet.c',
    ]);
  });

  test('the section macro may stand between struct and name', () => {
    expect(coloured('static struct pernet_operations foo = {};')).toEqual(['pernet_operations: support.type.pernet.c']);
    expect(coloured('extern struct pernet_operations foo;\nint init = 1;')).toEqual([
      'pernet_operations: support.type.pernet.c',
    ]);
  });

  test('registration, net_generic and the section macros of functions', () => {
    expect(
      coloured(`static int __net_init foo_init(struct net *net)
{
	struct foo *f = net_generic(net, foo_id);
	return register_pernet_subsys(&a) ?: unregister_pernet_device(&b);
}
static void __net_exit foo_exit(struct net *net) { my_register_pernet_subsys(); }
static int __init init(void) { return 0; }`),
    ).toEqual([
      '__net_init: storage.modifier.section.pernet.c',
      'net_generic: support.function.net-generic.pernet.c',
      'register_pernet_subsys: support.function.registration.pernet.c',
      'unregister_pernet_device: support.function.registration.pernet.c',
      '__net_exit: storage.modifier.section.pernet.c',
      '__init: storage.modifier.section.pernet.c',
    ]);
  });

  test('not in comments, not in strings', () => {
    expect(coloured('// register_pernet_subsys\n/* pernet_operations\n__net_init */ "net_generic(" x')).toEqual([]);
  });
});

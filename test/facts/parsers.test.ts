import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { factsOf } from '../../src/engine/index.ts';
import { rules } from '../../src/rules/index.ts';
import { native, wasm } from '../syntax/parsers.ts';

const sample = (name: string): [string, string] => [
  name,
  readFileSync(path.resolve(import.meta.dirname, '../sample', name), 'utf8'),
];

/** Every piece of C in the repository that is a module of its own. */
const texts: [string, string][] = [
  sample('pernet_sample.c'),
  sample('pernet_sample_fixed.c'),
  ...rules.flatMap(({ id, page }) =>
    [...page.matchAll(/^```c\n([\s\S]*?)^```$/gm)].map((match, index): [string, string] => [
      `${id} ${index + 1}`,
      match[1]!,
    ]),
  ),
];

describe('the native parser and the WASM one', () => {
  it.each(texts)('give the same facts of %s', (name, text) => {
    const file = `${name}.c`;
    const facts = factsOf(native, file, text);
    expect(facts).toHaveProperty('facts');
    expect(factsOf(wasm, file, text)).toEqual(facts);
  });

  it.each([
    ['a half-typed call', 'static int __init foo_init(void)\n{\n\treturn register_pernet_subsys(&foo'],
    ['wide characters', '/* 𝛼ä */ static struct pernet_operations foo_net_ops = { .init = foo_net_init };\n'],
    ['carriage returns', 'int foo(void)\r\n{\r\n\treturn register_pernet_subsys(&a);\r\n}\r\n'],
  ])('agree about %s', (_name, text) => {
    expect(factsOf(wasm, 'a.c', text)).toEqual(factsOf(native, 'a.c', text));
  });
});

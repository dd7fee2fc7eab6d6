import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { packed, unpacked } from '../../src/engine/packed.ts';
import { factsOf } from '../../src/engine/files.ts';
import { digestOf } from '../../src/lifecycle/index.ts';
import { namesOf } from '../../src/program/index.ts';
import { loadNative } from '../../src/syntax/index.ts';

test('facts that were kept are what they were, body by body', async () => {
  const text = fs.readFileSync(path.resolve(import.meta.dirname, '../sample/pernet_sample.c'), 'utf8');
  const read = factsOf(await loadNative(), 'sample.c', text);
  const kept = unpacked(packed(read));
  if (!('facts' in read) || !('facts' in kept)) throw new Error('the sample was not read');
  expect(read.facts.functions.some(({ blocks }) => blocks !== null)).toBe(true);
  expect(kept.facts.functions.map(namesOf)).toEqual(read.facts.functions.map(namesOf));
  expect(kept.facts.functions.map(digestOf)).toEqual(read.facts.functions.map(digestOf));
  expect(JSON.stringify(kept)).toBe(JSON.stringify(read));
  // What is kept once more is the same text.
  expect(packed(kept)).toBe(packed(read));
  expect(unpacked(packed({ error: 'it is not there' }))).toEqual({ error: 'it is not there' });
});

test('bodies are what they were however many others were asked for meanwhile', async () => {
  const parser = await loadNative();
  const body = (index: number): string => `	err = foo_${index}(net, &foo->members[${index}]);\n`;
  const lines = Array.from({ length: 1500 }, (_, index) => body(index)).join('');
  const text = `static int __net_init foo_net_init(struct net *net)\n{\n${lines}	return 0;\n}\nstatic struct pernet_operations foo_net_ops = {\n	.init = foo_net_init,\n};\n`;
  const files = Array.from({ length: 5 }, (_, index) => `foo${index}.c`);
  const before = files.map((file) => JSON.stringify(factsOf(parser, file, text)));
  const kept = files.map((file) => unpacked(packed(factsOf(parser, file, text))));
  const first = (result: (typeof kept)[number]): unknown => 'facts' in result && result.facts.functions[0]?.blocks;
  const once = first(kept[0]!);
  expect(first(kept[0]!)).toBe(once);
  expect(kept.map((each) => JSON.stringify(each))).toEqual(before);
  // It has been forgotten, and is read again.
  expect(first(kept[0]!)).not.toBe(once);
  expect(first(kept[0]!)).toEqual(once);
});

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

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { Engine, type AnalysisResult, type ReadResult } from '../../src/engine/index.ts';
import type { PartResult } from '../../src/engine/part.ts';
import type { Snapshot } from '../../src/engine/snapshot.ts';
import type { Shelf } from '../../src/engine/stock.ts';
import { loadNative } from '../../src/syntax/index.ts';
import { editOf, randomFrom } from '../../src/tools/random-edits.ts';
import { memoryHost } from '../fixture.ts';

const parser = await loadNative();
const sample = readFileSync(path.resolve(import.meta.dirname, '../sample/pernet_sample.c'), 'utf8');
const file = 'net/foo/pernet_sample.c';
const other = 'net/foo/other.c';
const files: Record<string, string> = {
  [file]: sample,
  [other]: `#include <linux/module.h>

static int __net_init foo_up(struct net *net)
{
	net->foo = kzalloc(8, GFP_KERNEL);
	return net->foo ? 0 : -ENOMEM;
}

static struct pernet_operations foo_net_ops = {
	.init = foo_up,
};

#ifdef CONFIG_FOO_LATE
static struct pernet_operations late_net_ops = {
	.init = foo_up,
};
#else
static struct pernet_operations early_net_ops = {
	.init = foo_up,
};
#endif

static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}

static void __exit foo_exit(void)
{
#ifdef CONFIG_FOO_STOP
	unregister_pernet_subsys(&foo_net_ops);
#endif
}
module_init(foo_init);
module_exit(foo_exit);
`,
};

function shelf<T>(): Shelf<T> {
  const entries = new Map<string, string>();
  return {
    get: (key) => (entries.has(key) ? (JSON.parse(entries.get(key)!) as T) : null),
    put: (key, value) => entries.set(key, JSON.stringify(value)),
  };
}

const stock = { digest: (text: string) => text, facts: shelf<ReadResult>(), parts: shelf<PartResult>() };

function engineOf(now: Record<string, string>): Engine {
  const engine = new Engine({ parser, host: memoryHost(new Map(Object.entries(now))), stock });
  engine.setIndex(Object.keys(now));
  return engine;
}

const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
const first = engineOf(files);
const result = plain(first.analyse());
const snapshot = plain(first.snapshot());

function moved(edits: Record<string, string>, base: Snapshot = snapshot): AnalysisResult | null {
  const changed = Object.keys(edits).map((each) => ({ path: each, hash: files[each]! }));
  return engineOf({ ...files, ...edits }).moved(base, changed);
}

const fresh = (edits: Record<string, string>): AnalysisResult => engineOf({ ...files, ...edits }).analyse();

describe('what was kept of an analysis', () => {
  test('finds the same in the same files', () => {
    expect(result.findings.length).toBeGreaterThan(3);
    expect(moved({})).toEqual(result);
  });

  test.each<[string, Record<string, string>]>([
    ['lines above', { [file]: `/* more */\n\n${sample}` }],
    ['lines within', { [file]: sample.replaceAll(/^\treturn/gm, '\t/* so */\n\treturn') }],
    ['both files', { [file]: `\n${sample}`, [other]: `\n\n${files[other]!}` }],
    ['a suppression', { [other]: `/* pernet-lint: ignore-file left-registered-on-exit -- meant */\n${files[other]!}` }],
  ])('finds it in its new places after %s', (_name, edits) => {
    const now = moved(edits);
    expect(now).toEqual(plain(fresh(edits)));
    expect(now).not.toEqual(result);
  });

  test.each<[string, string, string]>([
    ['a call', other, files[other]!.replace('return register', 'return 0 && register')],
    ['a word in code that an option decides over', other, files[other]!.replace('\tunregister', '\t/* */ unregister')],
    ['what an option decides over', other, files[other]!.replace('CONFIG_FOO_STOP', 'CONFIG_FOO_GO')],
    ['what is hidden by an option', other, files[other]!.replace('early_net_ops', 'soon_net_ops')],
    ['the core', 'net/core/net_namespace.c', ''],
  ])('says nothing after a change of %s', (_name, path, text) => {
    expect(moved({ [path]: text })).toBeNull();
  });

  test.each([1, 2, 3, 4])('says what a fresh analysis does or nothing, after any edits, seed %i', (seed) => {
    const random = randomFrom(seed);
    let same = 0;
    for (let count = 0; count < 60; count++) {
      const name = random() < 0.5 ? file : other;
      const { text } = editOf(files[name]!, random);
      const now = moved({ [name]: text });
      if (now === null) continue;
      same++;
      expect(now).toEqual(plain(fresh({ [name]: text })));
    }
    expect(same).toBeGreaterThan(0);
  });
});

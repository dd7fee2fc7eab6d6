import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { checkPairs } from '../../src/engine/project/check.ts';
import { parseProject } from '../../src/engine/project/file.ts';
import { findProject } from '../../src/engine/project/find.ts';
import { check } from '../check.ts';

const schema = JSON.parse(
  fs.readFileSync(path.resolve(import.meta.dirname, '../../media/pernet-lint.schema.json'), 'utf8'),
) as object;
const accepts = new Ajv({ allowUnionTypes: true }).compile(schema);

const pair = { kind: 'foo table', acquire: 'foo_make', release: 'foo_drop', thing: 'result', fails: 'null' };
const messages = (text: string): string[] =>
  parseProject(text).problems.map(({ line, column, message }) => `${line}:${column}: ${message}`);

describe("a tree's own file", () => {
  test('is JSON with comments and trailing commas', () => {
    const project = parseProject(`{
  // ours
  "pairs": [${JSON.stringify(pair)},],
  "rules": { "rtnl-in-exit": "off", "pernet/exit-leak": "warning" },
}`);
    expect(project.problems).toEqual([]);
    expect(project.pairs).toMatchObject([{ kind: 'foo table', acquire: ['foo_make'], of: 'result', releaseOf: [0] }]);
    expect(project.rules).toEqual({ 'pernet/rtnl-in-exit': 'off', 'pernet/exit-leak': 'warning' });
  });

  test.each([
    ['', '1:1: not JSON: '],
    ['{ "pairs": [ }', '1:14: not JSON: ValueExpected'],
    ['"pairs"', '1:1: $: it is an object, not a string'],
    ['{\n  "pair": []\n}', '2:11: pair: there is no pair here; there are $schema, pairs, rules'],
    ['{ "pairs": {} }', '1:12: pairs: it is a list of pairs, not an object'],
    ['{ "pairs": [\n 7] }', '2:2: pairs[0]: a pair is an object, not a number'],
    ['{ "rules": { "no-such": "off" } }', '1:25: rules.no-such: there is no rule no-such'],
    ['{ "rules": { "exit-leak": "loud" } }', '1:27: rules.exit-leak: it is one of off, error,'],
    [
      `{ "pairs": [${JSON.stringify(pair)}, ${JSON.stringify(pair)}] }`,
      ': pairs[1].acquire: foo_make is in row 0 already',
    ],
  ])('%j', (text, message) => {
    expect(messages(text)[0]).toContain(message);
    expect(messages(text)).toHaveLength(1);
  });

  test.each([
    [{ kind: '' }, 'kind: it is a noun'],
    [{ acquire: 'foo()' }, 'acquire: it is the name of a function'],
    [{ acquire: [] }, 'acquire: it is the name of a function'],
    [{ release: undefined }, 'release: it is the name of a function'],
    [{ thing: 'name' }, 'thing: it is "result"'],
    [{ thing: -1 }, 'thing: it is "result"'],
    [{ thing: { at: 1 } }, 'thing: it is "result"'],
    [{ thing: [0, 2], thingAtRelease: 0 }, 'thingAtRelease: 2 arguments name the thing'],
    [{ thing: 'only-one', thingAtRelease: 0 }, 'thingAtRelease: there is but one'],
    [{ thingAtRelease: 'x' }, 'thingAtRelease: it is an argument'],
    [{ fails: 'often' }, 'fails: it is one of negative, null,'],
    [{ lasting: 'yes' }, 'lasting: it is true or false'],
    [{ takesAlong: 'foo' }, 'takesAlong: it is a list of kinds'],
    [{ colour: 'red' }, 'colour: there is no colour in a pair'],
  ])('a pair with %j', (change, message) => {
    const text = JSON.stringify({ pairs: [{ ...pair, ...change }] });
    expect(messages(text)).toEqual([expect.stringContaining(`pairs[0].${message}`) as string]);
    expect(parseProject(text).pairs).toEqual([]);
  });

  test.each([
    [{}, true],
    [{ thing: 1 }, true],
    [{ thing: [0, 2], thingAtRelease: [1, 0] }, true],
    [{ thing: { storedAt: 1 }, memory: true, used: true }, true],
    [{ thing: 'only-one', lasting: true, exposes: true }, true],
    [{ acquire: ['a', 'b'], release: ['c'], takesAlong: ['foo'] }, true],
    [{ thing: 'name' }, false],
    [{ thing: [] }, false],
    [{ thing: 12 }, false],
    [{ fails: 'often' }, false],
    [{ kind: '' }, false],
    [{ acquire: 'a b' }, false],
    [{ release: undefined }, false],
    [{ lasting: 1 }, false],
    [{ colour: 'red' }, false],
  ])('the schema and the reader say the same of %j', (change, isRight) => {
    const row = JSON.parse(JSON.stringify({ ...pair, ...change })) as unknown;
    expect(accepts({ pairs: [row] })).toBe(isRight);
    expect(checkPairs([row]).flaws.length === 0).toBe(isRight);
  });

  test('is found from the root upwards, the nearest one', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pernet-project-'));
    try {
      fs.mkdirSync(path.join(folder, 'tree/net'), { recursive: true });
      fs.writeFileSync(path.join(folder, '.pernet-lint.json'), JSON.stringify({ rules: { 'exit-leak': 'hint' } }));
      const found = findProject(path.join(folder, 'tree/net'));
      expect(found).toMatchObject({
        rules: { 'pernet/exit-leak': 'hint' },
        file: path.join(folder, '.pernet-lint.json'),
      });
      fs.writeFileSync(path.join(folder, 'tree/.pernet-lint.json'), '{}');
      expect(findProject(path.join(folder, 'tree/net')).rules).toEqual({});
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});

describe("pairs of a tree's own", () => {
  const tail = `
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}
module_init(foo_init);
`;

  test('what an argument names', () => {
    const row = {
      kind: 'foo port',
      acquire: 'foo_open',
      release: ['foo_hush', 'foo_drop'],
      thing: 1,
      fails: 'negative',
    };
    check(
      `
static int __net_init foo_net_init(struct net *net)
{
	int err = foo_open(0, &net->foo.port);

	if (err)
		return err;
	if (!bar_probe(net))
		return -ENODEV;
//		^^^^^^^^^^^^^^^ error: init-error-leak: without foo_hush() for foo port net->foo.port
	return 0;
}
static void __net_exit foo_net_exit(struct net *net)
{
	foo_drop(0, &net->foo.port);
}
${tail}`,
      { pairs: checkPairs([row]).value },
    );
  });

  test('a result with an error in it; another argument at the release', () => {
    const row = {
      kind: 'foo',
      acquire: 'foo_get',
      release: 'foo_put',
      thing: 'result',
      thingAtRelease: 1,
      fails: 'error-pointer',
    };
    check(
      `
static int __net_init foo_net_init(struct net *net)
{
	net->foo.a = foo_get(net);
	if (IS_ERR(net->foo.a))
		return PTR_ERR(net->foo.a);
	net->foo.b = foo_get(net);
	if (IS_ERR(net->foo.b))
		return PTR_ERR(net->foo.b);
//		^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: init-error-leak: if foo_get() fails
	return 0;
}
static void __net_exit foo_net_exit(struct net *net)
{
	foo_put(net, net->foo.b);
	foo_put(net, net->foo.a);
}
${tail}`,
      { pairs: checkPairs([row]).value },
    );
  });

  test("go before the kernel's own: a call that cannot fail here", () => {
    const text = (marker: string): string => `
static int __net_init foo_net_init(struct net *net)
{
	net->foo.a = kmalloc(8, GFP_KERNEL);
	if (!net->foo.a)
		return -ENOMEM;
	if (!proc_create("foo", 0, net->proc_net, &foo_ops))
		return -ENOMEM;
${marker}	return 0;
}
static void __net_exit foo_net_exit(struct net *net)
{
	remove_proc_entry("foo", net->proc_net);
	kfree(net->foo.a);
}
${tail}`;
    check(text('//		^^^^^^^^^^^^^^^ error: init-error-leak: kfree()\n'));
    const row = {
      kind: 'entry',
      acquire: 'proc_create',
      release: 'remove_proc_entry',
      thing: [0, 2],
      thingAtRelease: [0, 1],
      fails: 'never',
    };
    check(text(''), { pairs: checkPairs([row]).value });
  });
});

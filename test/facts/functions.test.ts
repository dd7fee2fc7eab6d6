import { describe, expect, it } from 'vitest';
import { expressionsOf, walkExpression, type FunctionFact } from '../../src/facts/index.ts';
import { printExpression } from '../../src/lifecycle/bodies/print.ts';
import { factsOfText, without } from './read.ts';

function onlyFunction(text: string): FunctionFact {
  const { functions } = factsOfText(text);
  expect(functions).toHaveLength(1);
  return functions[0]!;
}

function namesIn(fact: FunctionFact | undefined): string[] {
  return [...expressionsOf(fact?.blocks ?? [])].flatMap((e) =>
    [...walkExpression(e)].flatMap((inner) => (inner.k === 'id' ? [inner.name] : [])),
  );
}

describe('heads of functions', () => {
  it.each([
    ['static __net_init int foo(struct net *net)', ['__net_init']],
    ['static int __net_init foo(struct net *net)', ['__net_init']],
    ['static int foo(struct net *net) __must_hold(&lock)', ['__must_hold']],
    ['__init static int foo(struct net *net)', ['__init']],
    ['static int __init\nfoo(struct net *net)', ['__init']],
    ['static int __init __maybe_unused foo(struct net *net)', ['__init', '__maybe_unused']],
  ])('%s', (head, attributes) => {
    const fact = onlyFunction(`static int before;\n\n${head}\n{\n\treturn 0;\n}\n`);
    expect(fact).toMatchObject({ name: 'foo', isStatic: true, attributes, params: ['net'], returnsVoid: false });
    const lines = `static int before;\n\n${head}`.split('\n');
    const [line, column, , end] = fact.at;
    expect(lines[line - 1]!.slice(column - 1, end - 1)).toBe('foo');
  });

  it('leave the attributes of what stands above alone', () => {
    const { functions } = factsOfText(`static int a_limit __read_mostly;
static int a(void)
{
	return 0;
}
#define B __init
static int b(void)
{
	return 0;
}
#define C \\
	__init
__exit static int c(void)
{
	return 0;
}
`);
    expect(functions.map(({ name, attributes }) => ({ name, attributes }))).toEqual([
      { name: 'a', attributes: [] },
      { name: 'b', attributes: [] },
      { name: 'c', attributes: ['__exit'] },
    ]);
  });

  it.each([
    ['void foo(void)', { returnsVoid: true, params: [], isStatic: false }],
    ['void *foo(struct net *net, int)', { returnsVoid: false, params: ['net', ''], isStatic: false }],
    ['static inline bool foo(int (*fn)(void *), char *names[])', { isStatic: true, params: ['fn', 'names'] }],
    ['static struct foo *foo(const struct net *net)', { returnsVoid: false, params: ['net'] }],
  ])('%s', (head, expected) => {
    expect(onlyFunction(`${head}\n{\n\tbar();\n}\n`)).toMatchObject({ name: 'foo', ...expected });
  });
});

describe('bodies', () => {
  it('are read from the arm that is on, and name the options that decide', () => {
    const text = `static int foo_init(void)
{
#ifdef CONFIG_FOO_NEW
	return foo_new();
#else
	if (IS_ENABLED(CONFIG_FOO_QUIRK))
		foo_quirk();
	return foo_old();
#endif
}
`;
    const [on] = factsOfText(text).functions;
    expect(namesIn(on)).toEqual(['foo_new']);
    expect(on?.options).toEqual(['CONFIG_FOO_NEW']);
    const [off] = factsOfText(text, { configuration: without('CONFIG_FOO_NEW') }).functions;
    expect(namesIn(off).sort()).toEqual(['CONFIG_FOO_QUIRK', 'IS_ENABLED', 'foo_old', 'foo_quirk']);
    expect(off?.options).toEqual(['CONFIG_FOO_NEW', 'CONFIG_FOO_QUIRK']);
  });

  it('spell members of what is behind a pointer in one way', () => {
    const printed = (text: string): string => {
      const [fact] = factsOfText(`static int foo(struct foo *x)\n{\n\treturn ${text};\n}\n`).functions;
      const end = fact?.blocks?.[0]?.end;
      return end?.e === 'return' && end.value ? printExpression(end.value) : '';
    };
    expect(printed('(*x).a')).toBe('x->a');
    expect(printed('(*x->next).a')).toBe('x->next->a');
    expect(printed('(&init_net)->a')).toBe('init_net.a');
    expect(printed('(**x).a')).toBe('*x->a');
  });

  it('end every path in a return, and keep what follows a jump only under a label', () => {
    const fact = onlyFunction(`static int foo(int x)
{
	if (x)
		goto out;
	return 1;
	dead();
out:
	alive();
}
`);
    const reached = new Set<number>();
    const ends: string[] = [];
    const queue = [0];
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      if (reached.has(at)) continue;
      reached.add(at);
      const { end } = fact.blocks![at]!;
      ends.push(end.e);
      if (end.e === 'goto') queue.push(end.to);
      if (end.e === 'branch') queue.push(end.then, end.else);
    }
    const names = [...reached].flatMap((at) => namesIn({ ...fact, blocks: [fact.blocks![at]!] }));
    expect(names.filter((name) => name !== 'x').sort()).toEqual(['alive']);
    expect(ends.filter((end) => end === 'return')).toHaveLength(2);
  });

  it('know a loop macro by its own name', () => {
    const fact = onlyFunction(`static void foo(struct net *net)
{
	struct net_device *dev, *tmp;

	list_for_each_entry_safe(dev, tmp, &net->foo_list, node) {
		foo_drop(dev);
	}
}
`);
    const each = fact.blocks!.flatMap(({ end }) => (end.e === 'each' ? [end] : []));
    expect(each).toMatchObject([{ macro: 'list_for_each_entry_safe', at: [5, 2, 5, 26] }]);
    expect(each[0]?.args).toHaveLength(4);
  });

  it('that cannot be parsed are said to be unreadable, with the line', () => {
    const { functions, unreadable } = factsOfText(`static int foo(void)
{
	int err = bar();

	if (err
		return err;
	return 0;
}
`);
    expect(functions[0]?.unreadable?.line).toBeGreaterThanOrEqual(5);
    expect(unreadable).toMatchObject([
      { function: 'foo', reason: expect.stringContaining('cannot be parsed') as string },
    ]);
  });
});

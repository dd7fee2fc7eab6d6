import { describe, expect, it } from 'vitest';
import type { OpsFact } from '../../src/facts/index.ts';
import { factsOfText, without } from './read.ts';

function opsOf(text: string): readonly OpsFact[] {
  return factsOfText(text).ops;
}

function fieldsOf(ops: OpsFact | undefined): Record<string, string> {
  return Object.fromEntries((ops?.fields ?? []).map(({ name, text }) => [name, text]));
}

describe('definitions of struct pernet_operations', () => {
  it.each([
    ['static struct pernet_operations foo_net_ops = {', true, []],
    ['struct pernet_operations foo_net_ops = {', false, []],
    ['static struct pernet_operations foo_net_ops __net_initdata = {', true, ['__net_initdata']],
    ['static struct pernet_operations __net_initdata foo_net_ops = {', true, ['__net_initdata']],
    ['static __net_initdata struct pernet_operations foo_net_ops = {', true, ['__net_initdata']],
    ['struct pernet_operations __net_initdata foo_net_ops = {', false, ['__net_initdata']],
    ['static struct pernet_operations foo_net_ops __read_mostly = {', true, ['__read_mostly']],
    ['static const struct pernet_operations foo_net_ops = {', true, []],
    ['static struct pernet_operations\nfoo_net_ops __net_initdata\n= {', true, ['__net_initdata']],
  ])('%s', (head, isStatic, attributes) => {
    const [ops, ...more] = opsOf(`${head}\n\t.init = foo_net_init,\n\t.exit = foo_net_exit,\n};\n`);
    expect(more).toEqual([]);
    expect(ops).toMatchObject({ name: 'foo_net_ops', isStatic, attributes, elements: null });
    expect(fieldsOf(ops)).toEqual({ init: 'foo_net_init', exit: 'foo_net_exit' });
  });

  it('have their places: the name, the fields, the whole', () => {
    const [ops] = opsOf('\nstatic struct pernet_operations foo_net_ops = {\n\t.id   = &foo_net_id,\n};\n');
    expect(ops?.at).toEqual([2, 33, 2, 44]);
    expect(ops?.span).toEqual([2, 1, 4, 3]);
    expect(ops?.fields.map(({ name, at }) => ({ name, at }))).toEqual([{ name: 'id', at: [3, 2, 3, 21] }]);
  });

  it('count columns in UTF-16 units', () => {
    const [ops] = opsOf('/* 𝛼ä */ static struct pernet_operations foo_net_ops = { .init = foo_net_init };\n');
    expect(ops?.at).toEqual([1, 43, 1, 54]);
  });

  it('take fields of an #if that is on, and say which options decide', () => {
    const text = `static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
#ifdef CONFIG_PROC_FS
	.exit = foo_net_exit,
#else
	.pre_exit = foo_net_pre_exit,
#endif
#if IS_ENABLED(CONFIG_IPV6)
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
#endif
};
`;
    const [on] = factsOfText(text).ops;
    expect(fieldsOf(on)).toEqual({
      init: 'foo_net_init',
      exit: 'foo_net_exit',
      id: '&foo_net_id',
      size: 'sizeof(struct foo_net)',
    });
    expect(on?.options).toEqual(['CONFIG_IPV6', 'CONFIG_PROC_FS']);
    const [off] = factsOfText(text, { configuration: without('CONFIG_PROC_FS') }).ops;
    expect(Object.keys(fieldsOf(off))).toEqual(['init', 'pre_exit', 'id', 'size']);
  });

  it('without designators name their members in the order of the struct', () => {
    const [ops] = opsOf(
      'static struct pernet_operations foo_net_ops = { { NULL, NULL }, foo_net_init, NULL, foo_net_exit };\n',
    );
    expect(fieldsOf(ops)).toEqual({
      list: '{ NULL, NULL }',
      init: 'foo_net_init',
      pre_exit: 'NULL',
      exit: 'foo_net_exit',
    });
  });

  it('as an array are as many as it has elements', () => {
    const found = opsOf(`static struct pernet_operations foo_net_ops[2];
static struct pernet_operations foo_net_ops[] = {
	{ .init = foo_a_init },
	[1] = { .init = foo_b_init, .exit = foo_b_exit },
};
`);
    expect(
      found.map(({ name, at, elements, fields }) => [name, at, elements, ...fields.map(({ text }) => text)]),
    ).toEqual([
      ['foo_net_ops[0]', [3, 2, 3, 3], null, 'foo_a_init'],
      ['foo_net_ops[1]', [4, 8, 4, 9], null, 'foo_b_init', 'foo_b_exit'],
    ]);
  });

  it('as an array of which it cannot be read which is which hold the fields of all', () => {
    const [ops] = opsOf(`static struct pernet_operations foo_net_ops[] = {
	[FOO_B] = { .init = foo_b_init, .exit = foo_b_exit },
	[FOO_A] = { .init = foo_a_init },
};
`);
    expect(ops).toMatchObject({ name: 'foo_net_ops', elements: 2 });
    expect(ops?.fields.map(({ text }) => text)).toEqual(['foo_b_init', 'foo_b_exit', 'foo_a_init']);
  });

  it('count once with their tentative definition, and a tentative one alone counts', () => {
    const both = opsOf(
      'static struct pernet_operations a_ops;\nstatic struct pernet_operations a_ops = {\n\t.init = a_init,\n};\n',
    );
    expect(both.map(({ name, at }) => ({ name, line: at[0] }))).toEqual([{ name: 'a_ops', line: 2 }]);
    expect(opsOf('static struct pernet_operations b_ops;\n').map(({ name }) => name)).toEqual(['b_ops']);
  });

  it('are several in one declaration', () => {
    const found = opsOf('static struct pernet_operations a_ops = { .init = a_init }, b_ops = { .init = b_init };\n');
    expect(found.map((ops) => [ops.name, fieldsOf(ops).init])).toEqual([
      ['a_ops', 'a_init'],
      ['b_ops', 'b_init'],
    ]);
  });

  it('are neither declarations, pointers, prototypes nor the struct itself', () => {
    expect(
      opsOf(`struct pernet_operations {
	int (*init)(struct net *net);
	void (*exit)(struct net *net);
};
extern struct pernet_operations foo_net_ops;
static struct pernet_operations *foo_current;
int register_pernet_subsys(struct pernet_operations *ops);
struct foo { struct pernet_operations ops; };
static int foo(void)
{
	struct pernet_operations local = { .init = foo_net_init };
	return 0;
}
`),
    ).toEqual([]);
  });
});

import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { exiting } from '../registering.ts';

/** A module that keeps lists in each namespace, and whose exit goes through them. */
function lists({
  exit = 'for (i = 0; i < FOO_SIZE; i++)',
  init = 'for (i = 0; i < FOO_SIZE; i++)',
  body = 'hlist_for_each_entry_safe(foo, next, &fn->slots[i], node)\n\t\t\tfoo_free(foo);',
  other = '',
  marker = '',
}: Readonly<Partial<Record<'exit' | 'init' | 'body' | 'other' | 'marker', string>>>): string {
  return `
static unsigned int foo_net_id;

static void foo_free(struct foo *foo)
{
	hlist_del(&foo->node);
	kfree(foo);
}
${other}
static void foo_flush(struct foo_net *fn)
${marker}{
	struct hlist_node *next;
	struct foo *foo;
	int i;

	${exit} {
		${body}
	}
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int i;

	${init}
		INIT_HLIST_HEAD(&fn->slots[i]);
	return 0;
}

${exiting('foo_flush(fn);')}`;
}

function marker(which: 'first' | 'last'): string {
  return `//	    ^^^^^^^^^ error: exit-leak: foo_flush() leaves out the ${which} element of \`slots[]\`: it takes down the others
`;
}

const dump = `
static int foo_dump(struct foo_net *fn, struct sk_buff *skb)
{
	struct foo *foo;
	int h;

	for (h = 0; h < FOO_SIZE; h++)
		hlist_for_each_entry(foo, &fn->slots[h], node)
			foo_fill(skb, foo);
	return 0;
}
`;

describe('an exit that goes through an array', () => {
  it.each([
    ['for (i = 1; i < FOO_SIZE; i++)', 'first'],
    ['for (i = FOO_SIZE - 1; i > 0; i--)', 'first'],
    ['for (i = 0; i < FOO_SIZE - 1; i++)', 'last'],
  ] as const)('leaves an element out by %s', (exit, which) => {
    check(lists({ exit, marker: marker(which) }));
    check(lists({ exit, init: 'for (i = FOO_SIZE - 1; i >= 0; i--)', marker: marker(which) }));
    check(lists({ exit, init: 'while (i--)', other: dump, marker: marker(which) }));
  });

  it.each(['for (i = 0; i < FOO_SIZE; i++)', 'for (i = FOO_SIZE - 1; i >= 0; i--)', 'while (i--)'])(
    'comes to all of it by %s',
    (exit) => {
      check(lists({ exit }));
    },
  );

  const exit = 'for (i = 1; i < FOO_SIZE; i++)';

  it.each([
    ['for (i = 1; i < FOO_SIZE; i++)'],
    ['for (i = 0; i < FOO_OTHER; i++)'],
    ['for (i = 0; i <= FOO_SIZE; i++)'],
    ['for (i = 0; i < fn->size; i++)'],
  ])('is not told by %s', (init) => {
    check(lists({ exit, init }));
  });

  it('is not told by a bound that is a local', () => {
    check(lists({ exit: 'for (i = 1; i < count; i++)', init: 'for (i = 0; i < count; i++)' }));
  });

  it('is told by what a macro yields, where that is taken', () => {
    const slot = 'foo = foo_slot(fn, i);\n\t\tif (foo)\n\t\t\tfoo_free(foo);';
    const find = (line: string): string =>
      `\nstatic struct foo *foo_find(struct foo_net *fn, u32 key)\n{\n\tstruct foo *foo;\n\tint i;\n\n\tfor (i = 0; i < FOO_SIZE; i++) {\n\t\t${line}\n\t\tif (foo && foo->key == key)\n\t\t\treturn foo;\n\t}\n\treturn NULL;\n}\n`;
    const macro = '#define foo_slot(fn, i) rcu_dereference_protected((fn)->slots[i], 1)\n';
    const all = (parts: Parameters<typeof lists>[0]): string => macro + lists({ init: 'while (i--)', ...parts });
    const slots = marker('first').replace('`slots[]`', 'what foo_slot() yields');
    check(all({ exit, body: slot, other: find('foo = foo_slot(fn, i);'), marker: slots }));
    check(all({ exit, body: slot, other: find('foo_slot_lock(fn, i);') }));
    check(all({ exit, body: 'foo_release(fn, i);', other: find('foo_release(fn, i);') }));
    check(
      all({
        exit,
        body: slot,
        other: `${find('foo = foo_slot(fn, i);')}\nstatic void foo_use(struct foo_net *fn)\n{\n\tfn->slots[0] = &foo_default;\n}\n`,
      }),
    );
  });

  it('may begin where others begin as well', () => {
    check(lists({ exit, other: dump.replace('h = 0', 'h = 1') }));
  });

  it.each([
    '\tfoo_free(hlist_entry(fn->slots[0].first, struct foo, node));\n',
    '\treturn hlist_empty(&fn->slots[FOO_NONE]);\n',
  ])('may treat an element apart, as %s', (statement) => {
    check(lists({ exit, other: `\nstatic int foo_apart(struct foo_net *fn)\n{\n${statement}}\n` }));
  });

  it('may look at the element before', () => {
    check(
      lists({ exit, body: 'if (fn->slots[i].first != fn->slots[i - 1].first)\n\t\t\tfoo_free(fn->slots[i].first);' }),
    );
  });

  it('takes nothing down there', () => {
    check(lists({ exit, body: 'foo_note(&fn->slots[i]);' }));
  });
});

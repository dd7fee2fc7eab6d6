import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { expressionsOf, walkExpression, type FileFacts, type FunctionFact } from '../../src/facts/index.ts';
import { outlineOf } from '../../src/facts/outline.ts';
import { registering } from '../registering.ts';
import { factsOfText, without } from './read.ts';

const sample = (name: string): string => readFileSync(path.resolve(import.meta.dirname, '../sample', name), 'utf8');

/** Bodies in every place and shape that a lifecycle can reach, and some that none does. */
const module = `
#define foo_undo(x) foo_really_undo(x)
static const char brace[] = "}\\n{";
static struct foo_type foo_types[] = {
	{ .setup = foo_type_setup, },
};

static int foo_xmit(struct sk_buff *skb)
{
	return unlikely(skb->len > 10) ? foo_drop(skb) : 0;
}

static int foo_drop(struct sk_buff *skb)
{
	if (skb)
		pr_debug("}\\n");
	/* }
	} */
	return '}';
}

static void foo_free_one(struct foo *foo)
{
	kfree(foo);
}

static void foo_really_undo(struct foo *foo)
{
	foo_free_one(foo);
}

static int __net_init
foo_net_init(struct net *net)
{
	return 0;
}

static struct pernet_operations foo_net_ops =
{
	.init = foo_net_init,
	.exit = foo_net_exit_plain,
};

static void foo_net_exit_plain(struct net *net)
{
	foo_free_one(net_generic(net, 0));
}

static int helper_without_a_telling_name(void)
{
	return register_pernet_subsys(&foo_net_ops);
}

static int calls_the_helper(void)
{
	return helper_without_a_telling_name();
}

int foo_tables_setup(void) {
	return calls_the_helper();
}

static int __init foo_init(void)
{
	int err = foo_tables_setup();

	if (err)
		foo_undo(NULL);
	return err;
}
static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
}
module_init(foo_init);
module_exit(foo_exit);
`;

const texts: readonly [string, string][] = [
  ['a module', module],
  ['a module that begins with a function', `static int foo_first(void)\n{\n\treturn 0;\n}\n${module}`],
  ['a module with carriage returns', module.replaceAll('\n', '\r\n')],
  ['the sample', sample('pernet_sample.c')],
  ['the mended sample', sample('pernet_sample_fixed.c')],
];

describe.each(texts)('pruning %s', (_name, text) => {
  const whole = factsOfText(text);
  const pruned = factsOfText(text, { prune: true });

  it('changes no function that a lifecycle reaches, and no other fact', () => {
    const reached = reachedIn(whole);
    expect(reached.size).toBeGreaterThan(1);
    const shown = (facts: FileFacts): FunctionFact[] => facts.functions.filter(({ name }) => reached.has(name));
    expect(shown(pruned)).toEqual(shown(whole));
    expect({ ...pruned, functions: [] }).toEqual({ ...whole, functions: [] });
  });

  it('leaves every function its head and its place', () => {
    const heads = ({ functions }: FileFacts): unknown[] =>
      functions.map(({ name, isStatic, at, span, params, attributes }) => ({
        name,
        isStatic,
        at,
        span,
        params,
        attributes,
      }));
    expect(heads(pruned)).toEqual(heads(whole));
  });
});

describe('pruning', () => {
  it('leaves out the bodies of what nothing in a life calls', () => {
    const bodies = factsOfText(module, { prune: true }).functions.filter(({ blocks }) => blocks === null);
    expect(bodies.map(({ name }) => name)).toEqual(expect.arrayContaining(['foo_xmit', 'foo_drop']));
  });

  it.each([
    [
      'a function whose braces stand elsewhere',
      'static int a(void) {\n\treturn register_pernet_subsys(&x);\n}\n\nstatic int b(void)\n{\n\treturn 0;\n}\n',
    ],
    [
      'a brace in the first column inside a body',
      'static int a(void)\n{\n\tif (x)\n{\n\t\ty();\n}\n\treturn register_pernet_subsys(&x);\n}\n',
    ],
    ['a body that does not end', 'static int a(void)\n{\n\treturn register_pernet_subsys(&x);\n'],
  ])('keeps what it cannot outline: %s', (_name, text) => {
    const names = ({ functions }: FileFacts): string[] =>
      functions.flatMap(({ blocks }) =>
        [...expressionsOf(blocks ?? [])].flatMap((e) =>
          [...walkExpression(e)].flatMap((i) => (i.k === 'id' ? [i.name] : [])),
        ),
      );
    const whole = names(factsOfText(text));
    expect(whole).toContain('register_pernet_subsys');
    expect(names(factsOfText(text, { prune: true }))).toEqual(whole);
  });
});

describe('what a function on one line calls', () => {
  const text = `
static void foo_drop(struct foo_net *fn)
{
	kfree(fn->mem);
}

static void foo_net_exit(struct net *net) { foo_drop(net_generic(net, foo_net_id)); }
static struct pernet_operations foo_net_ops = { .exit = foo_net_exit };
${registering()}`;

  it('keeps its body', () => {
    const drop = factsOfText(text, { prune: true }).functions.find(({ name }) => name === 'foo_drop');
    expect(drop?.blocks).not.toBeNull();
  });
});

describe('what the end of a scope calls', () => {
  it.each([
    ['on one line', 'DEFINE_FREE(foo_drop, struct foo *, if (_T) foo_drop_one(_T))'],
    ['on several', 'DEFINE_FREE(foo_drop, struct foo *,\n\t    if (_T)\n\t\tfoo_drop_one(_T))'],
    ['as a class', 'DEFINE_CLASS(foo_drop, struct foo *, foo_drop_one(_T), foo_get(at), int at)'],
  ])('keeps its body, defined %s', (_name, define) => {
    const text = `
static void foo_drop_one(struct foo *foo)
{
	kfree(foo->table);
	kfree(foo);
}
${define}

static void foo_net_exit(struct net *net)
{
	struct foo *foo __free(foo_drop) = foo_take(net);
}

static struct pernet_operations foo_net_ops = { .exit = foo_net_exit };
${registering()}`;
    const drop = factsOfText(text, { prune: true }).functions.find(({ name }) => name === 'foo_drop_one');
    expect(drop?.blocks).not.toBeNull();
  });
});

describe('a body without a statement', () => {
  const exit = (body: string): FunctionFact | undefined =>
    factsOfText(
      `
static void foo_net_exit(struct net *net)
{
${body}}

static struct pernet_operations foo_net_ops = { .exit = foo_net_exit };
${registering()}`,
      { prune: true, configuration: without('CONFIG_FOO') },
    ).functions.find(({ name }) => name === 'foo_net_exit');

  it.each([
    ['at all', ''],
    ['in a conditional', '#ifdef CONFIG_BAR\n#endif\n'],
    ['in an arm that is left out', '#if IS_ENABLED(CONFIG_FOO)\n\n# else\n#endif\n'],
    ['but a comment', '#ifdef CONFIG_FOO\n\t/* nothing\n\t   to do */\n#endif // FOO\n'],
  ])('is read as an empty one: without one %s', (_name, body) => {
    expect(exit(body)?.blocks).toHaveLength(1);
  });

  it('is not what has one in an arm that is left out', () => {
    expect(exit('#ifdef CONFIG_FOO\n\tfoo_undo(net);\n#endif\n')?.blocks).toBeNull();
  });
});

describe('the outline', () => {
  it('takes linear time over braces that never close', () => {
    const text = `${'static int f(void)\n{\n'.repeat(60_000)}\n}\n`;
    const start = performance.now();
    expect(outlineOf(text)).toEqual([]);
    // Quadratic time would be minutes.
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

/** The functions that initcalls and registrations lead to, by the names in their bodies. */
function reachedIn({ functions, initcalls, aliases }: FileFacts): Set<string> {
  const byName = new Map(functions.map((fact) => [fact.name, fact]));
  const names = (fact: FunctionFact): string[] =>
    [...expressionsOf(fact.blocks ?? [])].flatMap((e) =>
      [...walkExpression(e)].flatMap((inner) => (inner.k === 'id' ? [inner.name, aliases[inner.name] ?? ''] : [])),
    );
  const queue = [
    ...initcalls.map(({ fn }) => fn),
    ...functions
      .filter((fact) => names(fact).some((name) => name.includes('register_pernet_')))
      .map(({ name }) => name),
  ];
  const reached = new Set<string>();
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const fact = byName.get(name);
    if (!fact || reached.has(name)) continue;
    reached.add(name);
    queue.push(...names(fact));
  }
  return reached;
}

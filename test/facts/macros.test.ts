import { describe, expect, it } from 'vitest';
import { expressionsOf, walkExpression, type End } from '../../src/facts/ir.ts';
import { printExpression } from '../../src/lifecycle/index.ts';
import { factsOfText, without } from './read.ts';

/** What the body of `f` does, in order, with the macros before it expanded. */
function bodyOf(macros: string, body: string, options = {}): string[] {
  const facts = factsOfText(`${macros}\nstatic void f(struct net *net)\n{\n\t${body}\n}\n`, options);
  return [...expressionsOf(facts.functions[0]!.blocks!)].map(printExpression);
}

describe('macros that stand for one call', () => {
  it('hand their arguments on, over lines and with comments', () => {
    const macro = `#define foo_deref(table) \\\n\trcu_dereference_protected((table), true /* nobody else looks */)`;
    expect(bodyOf(macro, 'kfree(foo_deref(net->foo));')).toEqual(['kfree(rcu_dereference_protected(net->foo, 1))']);
  });

  it('with another order, an address, a number, a name of their own and a text', () => {
    const macro = '#define foo_add(p, n) bar_add(&init_net, (n), &(p), 3u, GFP_KERNEL, sizeof(*(p)))';
    expect(bodyOf(macro, 'foo_add(a, b);')).toEqual(['bar_add(&init_net, b, &a, 3, GFP_KERNEL, sizeof(*(p)))']);
  });

  it('with what lies in a parameter or behind it, and is evaluated with it', () => {
    const macros =
      '#define foo_child(t, i) rtnl_dereference((t)->child[i])\n#define foo_lock(t) lock(&(t)->bar.lock)\n';
    expect(bodyOf(macros, 'g(foo_child(net->t, --i)); foo_lock(t);')).toEqual([
      'g(rtnl_dereference(net->t->child[--i]))',
      'lock(&t->bar.lock)',
    ]);
    const facts = factsOfText('#define foo_at(p) bar_at((p) + 1)\nstatic void f(int i)\n{\n\tfoo_at(i++);\n}\n');
    const inner = [...expressionsOf(facts.functions[0]!.blocks!)].flatMap((e) => [...walkExpression(e)]);
    expect(inner.map(({ k }) => k)).toContain('update');
  });

  it('that only hand a parameter on, and those that stand for one another', () => {
    expect(bodyOf('#define foo_same(p) ((p))', 'g(foo_same(net->x));')).toEqual(['g(net->x)']);
    expect(bodyOf('#define foo_a(p) foo_b(p)\n#define foo_b(p) kfree(p)', 'foo_a(x);')).toEqual(['kfree(x)']);
    expect(bodyOf('#define foo_a(p) foo_b(p)\n#define foo_b(p) foo_a(p)', 'foo_a(x);')).toEqual(['foo_a(x)']);
  });

  it('are left alone where they are something else', () => {
    for (const macro of [
      '#define foo_two(p) do { a(p); b(p); } while (0)',
      '#define foo_two(p) a(p); b(p)',
      '#define foo_two(p) a(#p)',
      '#define foo_two(p) foo_two(p)',
      '#define foo_two(p) if (p)',
      '#define foo_two(p) (a(p) + b(p))',
      '#define foo_two(p, q) a(p)',
      '#define foo_two(p) a(p)\n#define foo_two(p) b(p)',
    ])
      expect(bodyOf(macro, 'foo_two(x);')).toEqual(['foo_two(x)']);
  });

  it('of the arm that is taken', () => {
    const macros =
      '#ifdef CONFIG_FOO\n#define foo_free(p) kvfree(p)\n#else\n#define foo_free(p) kfree_const(p)\n#endif\n';
    expect(bodyOf(macros, 'foo_free(x);')).toEqual(['kvfree(x)']);
    expect(bodyOf(macros, 'foo_free(x);', { configuration: without('CONFIG_FOO') })).toEqual(['kfree_const(x)']);
  });

  it('keep the place of what was written', () => {
    const facts = factsOfText('#define foo_free(p) kfree(p)\nstatic void f(void)\n{\n\tfoo_free(x);\n}\n');
    const [call] = [...expressionsOf(facts.functions[0]!.blocks!)];
    expect([...walkExpression(call!)].map(({ at }) => at)).toEqual([
      [4, 2, 4, 13],
      [4, 2, 4, 10],
      [4, 11, 4, 12],
    ]);
  });

  it('with words that are made of others, another name, and none', () => {
    const pasting = '#define foo_unreg(kind, name) unregister_ ## kind(&name##_ops)';
    expect(bodyOf(pasting, 'foo_unreg(pernet_subsys, foo);')).toEqual(['unregister_pernet_subsys(&foo_ops)']);
    expect(bodyOf(pasting, 'foo_unreg(a->b, foo);')).toEqual(['foo_unreg(a->b, foo)']);
    // A name that the text nowhere has is not among what the function mentions.
    expect(bodyOf('#define foo_free(n, p) foo_##n##_free(p)', 'foo_free(tab, x);')).toEqual(['foo_free(tab, x)']);
    // A member is no function that would have to be followed.
    expect(bodyOf('#define foo_free(n) kfree(x->n##_ptr)', 'foo_free(tab);')).toEqual(['kfree(x->tab_ptr)']);
    expect(bodyOf('#define foo_free(p, m) kfree((p)->m)', 'foo_free(x, tab);')).toEqual(['kfree(x->tab)']);
    expect(bodyOf('#define foo_call(fn, p) fn(p)', 'foo_call(kfree, x);')).toEqual(['kfree(x)']);
    expect(bodyOf('#define foo_free kfree', 'foo_free(x); g(foo_free);')).toEqual(['kfree(x)', 'g(kfree)']);
    expect(bodyOf('#define FOO_END foo_exit(&foo)', 'FOO_END;')).toEqual(['foo_exit(&foo)']);
  });

  it('as a statement, as one that assigns, and as an expression of statements', () => {
    const done = ['kfree(x)'];
    expect(bodyOf('#define foo_free(p) do { kfree(p); } while (0)', 'foo_free(x);')).toEqual(done);
    expect(bodyOf('#define foo_free(p) ({ kfree(p); })', 'foo_free(x);')).toEqual(done);
    expect(bodyOf('#define foo_free(p) (void)kfree(p)', 'foo_free(x);')).toEqual(done);
    expect(bodyOf('#define foo_try(p) do { err = foo(p); } while (0)', 'foo_try(x);')).toEqual(['err = foo(x)']);
    expect(bodyOf('#define foo_try(p) ({ int __e = foo(p); __e; })', 'foo_try(x);')).toEqual(['foo(x)']);
  });
});

/** How the blocks of `f` end that something is asked in or that jump, and what they do, with the macros before it expanded. */
function flowOf(macros: string, body: string): string[] {
  const facts = factsOfText(
    `${macros}\nstatic int f(struct foo *x)\n{\n\tint err;\n\n\t${body}\nout:\n\treturn err;\n}\n`,
  );
  const shown = (end: End): string[] => {
    if (end.e === 'branch') return [`if ${printExpression(end.on)}`];
    if (end.e === 'return') return end.value ? [`return ${printExpression(end.value)}`] : [];
    return end.e === 'goto' && end.label !== undefined ? [`goto ${end.label}`] : [];
  };
  return facts.functions[0]!.blocks!.flatMap(({ steps, end }) => [
    ...steps.flatMap((step) => {
      if (step.s === 'eval') return [printExpression(step.of)];
      return step.init ? [`${step.name} := ${printExpression(step.init)}`] : [];
    }),
    ...shown(end),
  ]);
}

describe('macros that are an expression with members', () => {
  it('are that expression, also as a statement and where something is assigned to it', () => {
    const dead = '#define foo_dead(p) ((p)->flags & 1)\n#define foo_die(p) ((p)->flags |= 1)';
    expect(bodyOf(dead, 'if (foo_dead(x)) foo_die(x);')).toEqual(['x->flags & 1', 'x->flags |= 1']);
    expect(bodyOf('#define foo_data(p) ((p)->data)', 'foo_data(x) = g(); kfree(foo_data(x));')).toEqual([
      'x->data = g()',
      'kfree(x->data)',
    ]);
  });

  it('are left alone where they call something, or are no expression', () => {
    expect(bodyOf('#define foo_sum(p) (a((p)->x) + b(p))', 'g(foo_sum(x));')).toEqual(['g(foo_sum(x))']);
    expect(bodyOf('#define foo_field(p, m) ((p)->m.)', 'g(foo_field(x, m));')).toEqual(['g(foo_field(x, m))']);
  });

  it('with a member that goes by the name of a parameter', () => {
    const of = '#define foo_of(p, which) ((p)->which)';
    expect(bodyOf(of, 'kfree(foo_of(x, table));')).toEqual(['kfree(x->table)']);
    expect(bodyOf(of, 'kfree(foo_of(x, sub.table));')).toEqual(['kfree(foo_of(x, sub.table))']);
  });

  it('come to no more than a few hundred expressions', () => {
    const twice = '#define D(x) ((x)->a + (x)->b)';
    const deep = (count: number): string => `${'D('.repeat(count)}x${')'.repeat(count)}`;
    expect(bodyOf(twice, `g(${deep(2)});`)).toEqual(['g((x->a + x->b)->a + (x->a + x->b)->b)']);
    expect(bodyOf(twice, `g(${deep(22)});`)[0]!.length).toBeLessThan(10_000);
  });
});

describe('macros that jump', () => {
  it('are read as what they do, with their semicolon and without', () => {
    const macro = '#define FOO_CHECK(p, label) if (!(p)) goto label';
    const flow = ['if !x->data', 'goto out', 'g(x)', 'return err'];
    expect(flowOf(macro, 'FOO_CHECK(x->data, out);\n\tg(x);').sort()).toEqual(flow.sort());
    expect(flowOf(`${macro};`, 'FOO_CHECK(x->data, out)\n\tg(x);').sort()).toEqual(flow.sort());
  });

  it('with variables of their own, in a block, by other macros, and without parentheses', () => {
    const tried = `#define FOO_TRY(call, label)\t\\
	do {\t\\
		int ret = (call); /* once */\t\\
		if (unlikely(ret < 0)) {\t\\
			err = ret;\t\\
			goto label;\t\\
		}\t\\
	} while (0)`;
    expect(flowOf(tried, 'FOO_TRY(g(x), out);').sort()).toEqual(
      ['_ret := g(x)', 'if unlikely(_ret < 0)', 'err = _ret', 'goto out', 'return err'].sort(),
    );
    const named =
      '#define FOO_BAD -22\n#define bad(p) is_bad(p, FOO_BAD)\n#define FOO_ASK(p) if (bad(p)) return FOO_BAD';
    expect(flowOf(named, 'FOO_ASK(x)\n\tg(x);').sort()).toEqual(
      ['if is_bad(x, -22)', 'return -22', 'g(x)', 'return err'].map((each) => each.replaceAll('-22', 'FOO_BAD')).sort(),
    );
    expect(flowOf('#define FOO_FAIL { err = -1; goto out; }', 'if (x)\n\t\tFOO_FAIL;\n\telse g(x);')).toContain(
      'goto out',
    );
  });

  it('or clear a pointer, or do what they are passed on a condition', () => {
    const undone = '#define FOO_UNDO(bit, e) do { if (test_bit(bit, &up)) { log("undo " #bit); e; } } while (0)';
    expect(flowOf(undone, 'FOO_UNDO(1, g(x));').sort()).toEqual(
      ['if test_bit(1, &up)', 'log("undo ")', 'g(x)', 'return err'].sort(),
    );
    const called = '#define FOO_OFF(p, how) do { if (p) how(p); (p) = NULL; } while (0)';
    expect(flowOf(called, 'FOO_OFF(x, g);').sort()).toEqual(['if x', 'g(x)', 'x = 0', 'return err'].sort());
    const cleared = '#define FOO_FREE(p) do { g(p); (p) = NULL; } while (0)';
    expect(flowOf(cleared, 'FOO_FREE(x);')).toEqual(['g(x)', 'x = 0', 'return err']);
    const always = '#define FOO_RUN(e) do { if (debug) log("foo"); e; } while (0)';
    expect(flowOf(always, 'FOO_RUN(g(x));')).toEqual(['FOO_RUN(g(x))', 'return err']);
  });

  it('with how their arguments are spelt, which they only print', () => {
    const tried =
      '#define FOO_TRY(e, label) do { err = (e); if (err) { log("foo #" #e ": %d", err); goto label; } } while (0)';
    expect(flowOf(tried, 'FOO_TRY(g(x), out);').sort()).toEqual(
      ['err = g(x)', 'if err', 'log("foo #: %d", err)', 'goto out', 'return err'].sort(),
    );
  });

  it('are left alone where they are more than that', () => {
    for (const macro of [
      '#define FOO_CHECK(p, label) switch (p) { case 0: goto label; }',
      '#define FOO_CHECK(p, label) if (!(int)p) goto label',
      '#define FOO_CHECK(p, label) if ((int)(p)) goto label',
      '#define FOO_CHECK(p, label) if ((u32)-p) goto label',
      `#define FOO_CHECK(p, label) if (${'('.repeat(20_000)}p${')'.repeat(20_000)}) goto label`,
      `#define FOO_CHECK(p, label) if (p${' + p'.repeat(20_000)}) goto label`,
      '#define FOO_CHECK(p, label) if (p) goto label##_two',
      '#define FOO_CHECK(p, label) if (#p) goto label##two',
      '#define FOO_CHECK(p, label) if (x #label) goto label',
      '#define FOO_CHECK(p, label, more) if (p) goto label',
      '#define FOO_CHECK(p, label) if (p) goto label\n#define FOO_CHECK(p, label) if (!p) goto label',
    ])
      expect(flowOf(macro, 'FOO_CHECK(x, out);')).toEqual(['FOO_CHECK(x, out)', 'return err']);
  });

  it('are followed within each other as long as that comes to little', () => {
    const uses = (next: string): string => `do { ${`${next}(x); `.repeat(30)}if (x) return 1; } while (0)`;
    const macros = [0, 1, 2, 3, 4].map((at) => `#define M${at}(x) ${uses(`M${at + 1}`)}`).join('\n');
    expect(flowOf(macros, 'M0(x);').length).toBeLessThan(5000);
  });
});

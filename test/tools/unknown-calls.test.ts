import { describe, expect, test } from 'vitest';
import { tableWith } from '../../src/lifecycle/index.ts';
import { Program } from '../../src/program/index.ts';
import { unknownCalls } from '../../src/tools/unknown-calls/collect.ts';
import { partnersOf } from '../../src/tools/unknown-calls/partners.ts';
import { factsOfText } from '../facts/read.ts';

const text = `
static int foo_helper(struct net *net)
{
	foo_table_create(net);
	foo_table_create(net);
	kmalloc(8, GFP_KERNEL);
	pr_info("set up");
	return foo_port_open(net);
}
static int __net_init foo_net_init(struct net *net)
{
	return foo_helper(net);
}
static void __net_exit foo_net_exit(struct net *net)
{
	foo_table_destroy(net);
}
static int unrelated(void)
{
	return not_called_from_here();
}
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
static int __init foo_init(void)
{
	if (foo_flag_set())
		return -EINVAL;
	return register_pernet_subsys(&foo_net_ops);
}
module_init(foo_init);
`;

describe('calls that nothing is known of', () => {
  const facts = [factsOfText(text)];
  const program = new Program(facts, () => undefined);

  test('are listed with their count and place, most used first; a partner that is called as well stands beside', () => {
    const found = unknownCalls(program, { facts, table: tableWith([]) });
    expect(found.map(({ name, count, partner, line, caller }) => [name, count, partner, line, caller])).toEqual([
      ['foo_table_create', 2, 'foo_table_destroy', 4, 'foo_helper'],
      ['foo_flag_set', 1, null, 28, 'foo_init'],
      ['foo_port_open', 1, null, 8, 'foo_helper'],
      ['foo_table_destroy', 1, 'foo_table_create', 16, 'foo_net_exit'],
    ]);
  });

  test('what a tree knows itself is not among them', () => {
    const pair = {
      kind: 'foo table',
      acquire: ['foo_table_create'],
      release: ['foo_table_destroy'],
      of: [0],
      releaseOf: [0],
      fails: 'negative' as const,
      lasting: false,
      source: 'a test',
    };
    const names = unknownCalls(program, { facts, table: tableWith([pair]) }).map(({ name }) => name);
    expect(names).toEqual(['foo_flag_set', 'foo_port_open']);
  });
});

test('the partner of a name is the one with the opposite word', () => {
  expect(partnersOf('foo_register')).toContain('foo_unregister');
  expect(partnersOf('unregister_foo_notifier')).toEqual(['register_foo_notifier']);
  expect(partnersOf('foo_alloc_bar')).toContain('foo_free_bar');
  expect(partnersOf('foo_bar')).toEqual([]);
});

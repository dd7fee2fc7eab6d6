import { describe, expect, it } from 'vitest';
import { fixesOf } from '../check.ts';

// That a fix which is offered mends what it is for, and brings nothing new, each fixture of each rule shows (`check`).
// These show that there is one.

const registered = `
static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`;

describe('a fix is offered', () => {
  it('for an id without a size, which is the structure that the id gets at', () => {
    expect(
      fixesOf(`
static unsigned int foo_net_id __read_mostly;

static void foo_up(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->count = 0;
}

static int __net_init foo_net_init(struct net *net)
{
	foo_up(net);
	return 0;
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.id = &foo_net_id,
};
${registered}`),
    ).toEqual([{ rule: 'pernet/id-without-size', fix: 'Add .size = sizeof(struct foo_net)' }]);
  });

  it('for a size without an id, with its variable', () => {
    expect(
      fixesOf(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.size = sizeof(struct foo_net),
};
${registered}`),
    ).toEqual([{ rule: 'pernet/size-without-id', fix: 'Add .id = &foo_net_id, and its variable' }]);
  });
});

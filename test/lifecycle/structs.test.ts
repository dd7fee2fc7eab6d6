import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

const leaks = `//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves memory net_generic(net, foo_net_id)->base, which foo_net_init() acquires for every namespace: `;

/** A table that init hands on and keeps, and elements of some list that exit frees: a pointer to one is none to the other. */
describe('memory that was handed on', () => {
  const run = (freed: string, isLeft: boolean): void => {
    check(`
static unsigned int foo_net_id;

struct foo_net {
	struct foo_base *base;
	struct hlist_head services[16];
};

static int foo_base_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_base *base;

	base = kzalloc(sizeof(*base), GFP_KERNEL);
	if (!base)
		return -ENOMEM;
	if (foo_base_fill(&base->queue)) {
		kfree(base);
		return -EINVAL;
	}
	fn->base = base;
	return 0;
}

static int __net_init foo_net_init(struct net *net)
{
	return foo_base_init(net);
}

static void __net_exit foo_net_exit(struct net *net)
${isLeft ? leaks : ''}
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	${freed}
	int i;

	for (i = 0; i < 16; i++) {
		each = foo_first_of(&fn->services[i]);
		kfree(each);
	}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`);
  };

  it('is not what a pointer to another structure frees', () => {
    run('struct foo_service *each;', true);
  });

  it('may be what a pointer to such a structure frees', () => {
    run('struct foo_base *each;', false);
  });

  it('may be what a pointer to anything frees', () => {
    run('void *each;', false);
  });
});

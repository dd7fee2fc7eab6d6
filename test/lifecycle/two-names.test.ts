import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** An ops that keeps memory at one place and frees what lies at another. */
const module = (at: string, freed: string, marker = ''): string => `
struct foo_net {
	struct_group(hdr,
		void *table;
		int size;
	);
	void *other;
};

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->${at} = kzalloc(64, GFP_KERNEL);
	return fn->${at} ? 0 : -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
${marker}{
	struct foo_net *fn = net_generic(net, foo_net_id);

	kfree(fn->${freed});
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

describe('a member of an anonymous part', () => {
  it('goes by its own name and by that of the part', () => {
    check(module('hdr.table', 'table'));
    check(module('table', 'hdr.table'));
  });

  it('is no other member', () => {
    const marker = '//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves memory\n';
    check(module('hdr.table', 'other', marker));
    check(module('other', 'hdr.table', marker));
  });
});

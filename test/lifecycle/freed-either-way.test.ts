import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** An ops whose exit frees what its init has allocated, each in its own way. */
const freed = ({ by, as, leaves }: { by: string; as: string; leaves?: string }): string => `
static struct kmem_cache *foo_cache;

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->table = ${by};
	if (!fn->table)
		return -ENOMEM;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${leaves === undefined ? '' : `//		       ^^^^^^^^^^^^ error: exit-leak: ${leaves} is missing\n`}{
	struct foo_net *fn = net_generic(net, foo_net_id);

	${as}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

const slab = 'kmem_cache_alloc(foo_cache, GFP_KERNEL)';
const either = 'if (is_vmalloc_addr(fn->table))\n\t\tvfree(fn->table);\n\telse\n\t\tkfree(fn->table);';

describe('memory that is freed', () => {
  it.each([
    ['a slab object', slab, 'kmem_cache_free()'],
    ['of kmalloc()', 'kmalloc(64, GFP_KERNEL)', 'kfree()'],
    ['of either', 'kvmalloc(64, GFP_KERNEL)', 'kvfree()'],
  ])('by vfree(): %s is not', (_, by, leaves) => {
    check(freed({ by, as: 'vfree(fn->table);', leaves }));
  });

  it('by kfree(): what vmalloc() has given is not', () => {
    check(freed({ by: 'vmalloc(64)', as: 'kfree(fn->table);', leaves: 'vfree()' }));
  });

  it.each([
    ['kfree() of a slab object', slab, 'kfree(fn->table);'],
    ['kvfree() of the one', 'vmalloc(64)', 'kvfree(fn->table);'],
    ['kvfree() of the one, once RCU is over', 'vmalloc(64)', 'kvfree_rcu_mightsleep(fn->table);'],
    ['kvfree() of the other', 'kmalloc(64, GFP_KERNEL)', 'kvfree(fn->table);'],
    ['who asks which it is', 'vmalloc(64)', either],
    ['who asks which it is, of the other', 'kmalloc(64, GFP_KERNEL)', either],
  ])('rightly: %s', (_, by, as) => {
    check(freed({ by, as }));
  });
});

import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** A hook that comes by a pointer of the namespace, which exit frees before it takes the hook away. */
const hooked = (before: string, mark = ''): string => `
static unsigned int foo_hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct foo_net *fn = net_generic(state->net, foo_net_id);
	struct foo_rules *rules = rcu_dereference(fn->rules);

	return rules && (skb->mark & rules->mask) ? NF_DROP : NF_ACCEPT;
}

static const struct nf_hook_ops foo_hooks[] = { { .hook = foo_hook, .pf = NFPROTO_IPV4 } };

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_rules *rules = kzalloc(sizeof(*rules), GFP_KERNEL);
	int err;

	if (!rules)
		return -ENOMEM;
	rcu_assign_pointer(fn->rules, rules);
	err = nf_register_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
	if (err)
		kfree(rules);
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_rules *rules = rcu_dereference_protected(fn->rules, 1);

${before}
	kfree(rules);
${mark}
	nf_unregister_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

const early = '//\t^^^^^^^^^^^^ error: exit-order: releases memory';

describe('what a hook finds by a pointer of the namespace', () => {
  it('may be freed when the pointer is NULL and nobody has what was there any more', () => {
    check(
      hooked(
        '\tRCU_INIT_POINTER(fn->rules, NULL);\n\tsynchronize_rcu();\n//\t^^^^^^^^^^^^^^^^^ hint: blocking-rcu-in-exit: calls synchronize_rcu()',
      ),
    );
  });

  it('may not, while somebody has it still', () => {
    check(hooked('\tRCU_INIT_POINTER(fn->rules, NULL);', early));
  });

  it('may not, while it can be found', () => {
    check(
      hooked('\tsynchronize_rcu();\n//\t^^^^^^^^^^^^^^^^^ hint: blocking-rcu-in-exit: calls synchronize_rcu()', early),
    );
  });

  it('may not, where that is done on one way alone, or after it', () => {
    check(
      hooked(
        `	if (foo_fast) {
		RCU_INIT_POINTER(fn->rules, NULL);
		synchronize_rcu();
//		^^^^^^^^^^^^^^^^^ hint: blocking-rcu-in-exit: calls synchronize_rcu()
	}`,
        early,
      ),
    );
    check(
      hooked(
        '',
        `${early}
	RCU_INIT_POINTER(fn->rules, NULL);
	synchronize_rcu();
//	^^^^^^^^^^^^^^^^^ hint: blocking-rcu-in-exit: calls synchronize_rcu()
	kfree(fn->others);`,
      ),
    );
  });
});

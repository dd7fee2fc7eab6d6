import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

const module = (exit: string): string => `
static unsigned int foo_net_id;

struct foo_net {
	struct {
		struct rhashtable table;
		unsigned int count;
		bool has_hooks;
	} xlat;
};

static unsigned int foo_hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct foo_net *fn = net_generic(dev_net(skb->dev), foo_net_id);

	return rhashtable_lookup_fast(&fn->xlat.table, skb->data, foo_params) ? NF_DROP : NF_ACCEPT;
}

static const struct nf_hook_ops foo_hook_ops[] = {
	{
		.hook = foo_hook,
	},
};

int foo_add_mapping(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int err = 0;

	if (!fn->xlat.has_hooks)
		err = nf_register_net_hooks(net, foo_hook_ops, ARRAY_SIZE(foo_hook_ops));
	if (!err)
		fn->xlat.has_hooks = true;
	return err;
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	return rhashtable_init(&fn->xlat.table, &foo_params);
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

${exit}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

/** What no init makes, but something that comes later, and exit ends: the shape of ila_xlat_exit_net() up to Linux 6.10. */
describe('hooks that are made on demand', () => {
  it('find a table that was freed before they are gone', () => {
    check(
      module(`	rhashtable_free_and_destroy(&fn->xlat.table, foo_free, NULL);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: exit-order: foo_net_exit() releases hash table net_generic(net, foo_net_id)->xlat.table before netfilter hooks foo_hook_ops, which uses it: until nf_unregister_net_hooks() it can still be reached
	if (fn->xlat.has_hooks)
		nf_unregister_net_hooks(net, foo_hook_ops, ARRAY_SIZE(foo_hook_ops));`),
    );
  });

  it('are gone before the table is freed', () => {
    check(
      module(`	if (fn->xlat.has_hooks)
		nf_unregister_net_hooks(net, foo_hook_ops, ARRAY_SIZE(foo_hook_ops));
	rhashtable_free_and_destroy(&fn->xlat.table, foo_free, NULL);`),
    );
  });
});

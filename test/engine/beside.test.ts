import { describe, it } from 'vitest';
import { check } from '../check.ts';

/** Two getters in one header. Only `net/bar/` includes it by itself; `net/foo/` comes by it some other way. */
const header = `
//- include/net/wide.h
static inline struct foo_net *foo_pernet(struct net *net)
{
	return &net->foo;
}

static inline struct bar_net *bar_pernet(struct net *net)
{
	return &net->bar;
}
`;

const other = `
//- net/bar/bar.c
#include <net/wide.h>

static int bar_show(struct net *net)
{
	return bar_pernet(net)->value;
}

static struct pernet_operations bar_net_ops = {
};
`;

const foo = `
//- net/foo/foo.c
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);
	int err;

	err = fqdir_init(&fn->fqdir, &foo_frags, net);
	if (err)
		return err;
	err = foo_sysctl_register(net);
	return err;
//	^^^^^^^^^^^ error: init-error-leak: returns -ENOMEM without fqdir_exit()
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);

	foo_sysctl_unregister(net);
	fqdir_exit(fn->fqdir);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int foo_sysctl_register(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);
	struct ctl_table *table;

	table = kmemdup(foo_table, sizeof(foo_table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	table[0].data = &fn->fqdir->timeout;
	fn->hdr = register_net_sysctl(net, "net/foo", table);
	if (!fn->hdr) {
		kfree(table);
		return -ENOMEM;
	}
	return 0;
}

static void foo_sysctl_unregister(struct net *net)
{
	struct foo_net *fn = foo_pernet(net);
	const struct ctl_table *table = fn->hdr->ctl_table_arg;

	unregister_net_sysctl_table(fn->hdr);
	kfree(table);
}
`;

describe('a file that is looked at beside others', () => {
  it('is read as it is alone: what others ask of a header makes nothing else of it half known', () => {
    check(header + foo);
    check(header + other + foo);
  });

  const step = (file: string): string => `
//- ${file}
static int foo_cache_setup(void)
{
	return 0;
}
`;

  it('a step that another file has one of its own of that name for is looked for all the same', () => {
    const main = `
//- net/foo/foo.c
static int __init foo_init(void)
{
	int err;

	err = foo_cache_setup();
	if (err)
		return err;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
//		^^^^^^^^^^^ error: left-behind-on-error: leaves the slab cache foo_cache
	return 0;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	kmem_cache_destroy(foo_cache);
}

static struct pernet_operations foo_net_ops = {
};

module_init(foo_init);
module_exit(foo_exit);
//- net/foo/cache.c
struct kmem_cache *foo_cache;

int foo_cache_setup(void)
{
	foo_cache = kmem_cache_create("foo", 64, 0, 0, NULL);
	return foo_cache ? 0 : -ENOMEM;
}
`;
    check(main);
    check(`${main}${step('net/bar/bar.c')}
static struct pernet_operations bar_net_ops = {
};
`);
  });
});

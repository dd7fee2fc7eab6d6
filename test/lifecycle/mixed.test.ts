import { describe, it } from 'vitest';
import { check } from '../check.ts';

/** A module that registers what a table lists, of one kind or another, and counts how far it got. */
const listed = `
struct foo_item {
	int kind;
	void *what;
};

static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
};

static const struct foo_item foo_items[] = {
	{ FOO_NETDEV, &foo_nb },
	{ FOO_INET, &foo_inet_nb },
};

static unsigned int foo_done;

static int foo_add(const struct foo_item *item)
{
	switch (item->kind) {
	case FOO_NETDEV:
		return register_netdevice_notifier(item->what);
	case FOO_INET:
		return register_inetaddr_notifier(item->what);
	}
	return -EINVAL;
}

static void foo_del(const struct foo_item *item)
{
	switch (item->kind) {
	case FOO_NETDEV:
		unregister_netdevice_notifier(item->what);
		break;
	case FOO_INET:
		unregister_inetaddr_notifier(item->what);
		break;
	}
}

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	for (foo_done = 0; foo_done < ARRAY_SIZE(foo_items); foo_done++) {
		err = foo_add(&foo_items[foo_done]);
		if (err)
			goto undo;
	}
	return 0;

undo:
	while (foo_done)
		foo_del(&foo_items[--foo_done]);
	unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	while (foo_done)
		foo_del(&foo_items[--foo_done]);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`;

describe('a table of things of several kinds', () => {
  it('is given back as it was registered', () => {
    check(listed);
  });
});

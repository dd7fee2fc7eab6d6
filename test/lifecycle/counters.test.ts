import { describe, it } from 'vitest';
import { check } from '../check.ts';

/** Two link types that share an ops, by a count of those that need it; `marks` stand at the end of init, and in the exit. */
function sharing(
  put: string,
  {
    exit,
    ...marks
  }: { readonly exit?: string; readonly init?: string; readonly gone?: string; readonly order?: string } = {},
): string {
  return `
static unsigned int foo_net_id;
static unsigned int foo_users;
static DEFINE_MUTEX(foo_mutex);

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int foo_get(void)
{
	int err = 0;

	mutex_lock(&foo_mutex);
	if (foo_users++ == 0) {
		err = register_pernet_subsys(&foo_net_ops);
		if (err)
			foo_users--;
	}
	mutex_unlock(&foo_mutex);
	return err;
}

static void foo_put(void)
{
	mutex_lock(&foo_mutex);
	if (!WARN_ON(!foo_users) && --foo_users == 0)
		unregister_pernet_subsys(&foo_net_ops);${marks.order ?? ''}
	mutex_unlock(&foo_mutex);
}

static int foo_newlink(struct net *src_net, struct net_device *dev, struct nlattr *tb[],
		       struct nlattr *data[], struct netlink_ext_ack *extack)
{
	struct foo_net *fn = net_generic(src_net, foo_net_id);

	fn->count++;
	return register_netdevice(dev);
}

static struct rtnl_link_ops foo_link_ops = { .kind = "foo", .newlink = foo_newlink };
static struct rtnl_link_ops bar_link_ops = { .kind = "bar", .newlink = foo_newlink };

static int foo_add(struct rtnl_link_ops *ops)
{
	int err = foo_get();

	if (err)
		return err;
	err = rtnl_link_register(ops);
	if (err)
		foo_put();
	return err;
}

static void foo_del(struct rtnl_link_ops *ops)
{
	${put}
}

static int __init foo_init(void)
{
	int err;

	err = foo_add(&foo_link_ops);
	if (err)
		return err;
	err = foo_add(&bar_link_ops);
	if (err)
		foo_del(&foo_link_ops);
	return err;${marks.init ?? ''}
}

static void __exit foo_exit(void)${marks.gone ?? ''}
{
	foo_del(&bar_link_ops);
	${exit ?? 'foo_del(&foo_link_ops);'}
}

module_init(foo_init);
module_exit(foo_exit);
`;
}

describe('what a file counts from zero', () => {
  const down = 'rtnl_link_unregister(ops);\n\tfoo_put();';

  it('is known: the first who needs an ops registers it, the last unregisters it', () => {
    check(sharing(down));
  });

  it('is known as well where the first one is asked for by what is not', () => {
    const module = sharing(down);
    check(module.replace('foo_users++ == 0', '!foo_users++').replace('--foo_users == 0', '!--foo_users'));
  });

  it('tells who forgets to count down', () => {
    check(
      sharing('rtnl_link_unregister(ops);', {
        init: '\n//	^^^^^^^^^^^ error: left-registered-on-error',
        gone: '\n//		   ^^^^^^^^ error: left-registered-on-exit',
      }),
    );
  });

  it('tells who counts down too early', () => {
    check(
      sharing(down, {
        exit: 'foo_put();\n\trtnl_link_unregister(&foo_link_ops);',
        order: '\n//		^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregistered-too-early',
      }),
    );
  });

  const stepper = (down: string, mark = ''): string => `
enum foo_state { FOO_NONE, FOO_OPS, FOO_NETDEV, FOO_INET, FOO_MAX };

static enum foo_state foo_state;

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static struct notifier_block foo_nb = { .notifier_call = foo_event };
static struct notifier_block foo_inet_nb = { .notifier_call = foo_event };

static int foo_up(enum foo_state to)
{
	switch (to) {
	case FOO_OPS:
		return register_pernet_subsys(&foo_net_ops);
	case FOO_NETDEV:
		return register_netdevice_notifier(&foo_nb);
	case FOO_INET:
		return register_inetaddr_notifier(&foo_inet_nb);
	default:
		return -EINVAL;
	}
}

static void foo_down_to(enum foo_state to)
{
	while (foo_state > to) {
		switch (foo_state--) {
		case FOO_INET:
			unregister_inetaddr_notifier(&foo_inet_nb);
			break;
		case FOO_NETDEV:
			unregister_netdevice_notifier(&foo_nb);
			break;
		case FOO_OPS:
			unregister_pernet_subsys(&foo_net_ops);
			break;
		default:
			break;
		}
	}
}

static int __init foo_init(void)
{
	int err = 0;

	while (foo_state + 1 < FOO_MAX) {
		err = foo_up(foo_state + 1);
		if (err) {
			foo_down_to(FOO_NONE);
			break;
		}
		foo_state++;
	}
	return err;
}

static void __exit foo_exit(void)${mark}
{
	foo_down_to(${down});
}

module_init(foo_init);
module_exit(foo_exit);
`;

  it('is the step that loops have come to', () => {
    check(stepper('FOO_NONE'));
    check(stepper('FOO_OPS', '\n//		   ^^^^^^^^ error: left-registered-on-exit'));
  });
});

/** A module that is stopped and started while it is loaded; `stop` is how it ends, `marks` stand at its exit. */
function restarted(stop: string, marks = ''): string {
  return `
static bool foo_running;
static unsigned int foo_net_id;

static struct pernet_operations foo_net_ops = {
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int foo_start(void)
{
	int err;

	if (foo_running)
		return 0;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = register_netdevice_notifier(&foo_nb);
	if (err) {
		unregister_pernet_subsys(&foo_net_ops);
		return err;
	}
	foo_running = true;
	return 0;
}

static void foo_stop(void)
{
	if (!foo_running)
		return;
	unregister_netdevice_notifier(&foo_nb);
	${stop}
	foo_running = false;
}

static int foo_set(const char *val, const struct kernel_param *kp)
{
	if (*val == '0')
		foo_stop();
	return *val == '1' ? foo_start() : 0;
}

static const struct kernel_param_ops foo_param_ops = { .set = foo_set };

static int __init foo_init(void)
{
	return foo_start();
}

static void __exit foo_exit(void)
${marks}{
	foo_stop();
}

module_init(foo_init);
module_exit(foo_exit);
`;
}

describe('a flag that says whether ops are registered', () => {
  it('is known from the load on where only who registers raises it', () => {
    check(restarted('unregister_pernet_subsys(&foo_net_ops);'));
    check(
      restarted(
        'foo_note();',
        '//		   ^^^^^^^^ error: left-registered-on-exit: foo_exit() leaves foo_net_ops registered\n',
      ),
    );
  });
});

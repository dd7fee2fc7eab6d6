import { describe, it } from 'vitest';
import { check } from '../check.ts';

/** A module that sets a state of CPU hotplug up, asks for the result, and registers its ops. */
const module = (state: string, failed: string, marker = ''): string => `
static int foo_state;

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
};

static int __init foo_init(void)
{
	int err;

	foo_state = cpuhp_setup_state(${state}, "foo", foo_online, foo_offline);
	${failed}
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		cpuhp_remove_state(${state.endsWith('_DYN') ? 'foo_state' : state});
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
${marker}	cpuhp_remove_state(${state.endsWith('_DYN') ? 'foo_state' : state});
}

module_init(foo_init);
module_exit(foo_exit);
`;

const lost = '//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregister-not-registered\n';

describe('a state of CPU hotplug', () => {
  it.each([
    ['if (foo_state < 0)\n\t\treturn foo_state;'],
    ['if (foo_state <= 0)\n\t\treturn foo_state;'],
    ['if (foo_state <= 0)\n\t\treturn foo_state ?: -EINVAL;'],
    ['if (foo_state <= 0) {\n\t\tpr_err("no state\\n");\n\t\treturn -EINVAL;\n\t}'],
  ])('has a number where that is left to the kernel: %s', (failed) => {
    check(module('CPUHP_AP_ONLINE_DYN', failed));
  });

  it('is taken for a failure where any number is', () => {
    check(module('CPUHP_AP_ONLINE_DYN', 'if (foo_state)\n\t\treturn foo_state;', lost));
  });

  it('has none of its own where it is a fixed one', () => {
    check(module('CPUHP_NET_FOO_DEAD', 'if (foo_state)\n\t\treturn foo_state;'));
    check(module('CPUHP_NET_FOO_DEAD', 'if (foo_state <= 0)\n\t\treturn foo_state;', lost));
  });

  it('is cut to what says that all went well by min()', () => {
    const last = (returned: string): string => `
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "foo", foo_online, foo_offline);
	if (err < 0)
		unregister_pernet_subsys(&foo_net_ops);
	else
		foo_state = err;
	return ${returned};
}

static void __exit foo_exit(void)
{
	cpuhp_remove_state(foo_state);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`;
    check(last('min(err, 0)'));
    check(last('min_t(int, err, 0)'));
    check(last('err < 0 ? err : 0'));
  });
});

describe('a state of CPU hotplug that was not set up', () => {
  /** A module whose init sets up a state and registers ops and a driver. */
  const module = (failed: string, unwind: string): string => `
static int foo_state;

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "net/foo:online", foo_online, NULL);
	if (err < 0)
		goto ${failed};
	foo_state = err;
	err = platform_driver_register(&foo_driver);
	if (err)
		goto err_driver;
	return 0;

err_driver:
${unwind}
err_state:
	unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	platform_driver_unregister(&foo_driver);
	cpuhp_remove_state(foo_state);
	unregister_pernet_subsys(&foo_net_ops);
}

static struct pernet_operations foo_net_ops = { .init = foo_net_init, .exit = foo_net_exit };

module_init(foo_init);
module_exit(foo_exit);
`;
  const remove = '\tcpuhp_remove_state(foo_state);';

  it('is removed by the wrong label', () => {
    check(
      module(
        'err_driver',
        `${remove}\n//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregister-not-registered: if cpuhp_setup_state() fails, foo_init() releases CPU hotplug state by cpuhp_remove_state(), which has not been acquired on this path`,
      ),
    );
  });

  it('is left alone by the right one, or where that asks for it', () => {
    check(module('err_state', remove));
    check(module('err_driver', `\tif (foo_state > 0)\n\t${remove}`));
    check(module('err_driver', `\tif (foo_is_set_up)\n\t${remove}`));
  });
});

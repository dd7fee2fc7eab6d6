import { describe, it } from 'vitest';
import { check } from '../check.ts';

/** A module that asks a question of its own when it is loaded, when that fails, and when it is unloaded. */
const module = (body: string, unwind: string, refuse = ''): string => `
static bool foo_enabled;
module_param_named(enabled, foo_enabled, bool, 0444);
static int foo_mode;

${body}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
${refuse}	if (foo_supported()) {
		err = register_netdevice_notifier(&foo_notifier);
		if (err)
			goto err_notifier;
	}
	err = genl_register_family(&foo_family);
	if (err)
		goto err_family;
	return 0;

err_family:
${unwind}err_notifier:
	unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	genl_unregister_family(&foo_family);
	if (foo_supported())
		unregister_netdevice_notifier(&foo_notifier);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`;

const asked = `	if (foo_supported())
		unregister_netdevice_notifier(&foo_notifier);
`;

const readBody = `static bool foo_supported(void)
{
	if (!foo_enabled)
		return false;
	return foo_mode == 2;
}`;

describe('a question that a module asks several times', () => {
  it.each([
    [
      'what the configuration says',
      `static bool foo_supported(void)
{
	if (!IS_ENABLED(CONFIG_FOO_X))
		return false;
	return true;
}`,
    ],
    [
      'an option, and says so',
      `static int foo_supported(void)
{
	pr_debug("foo: asked\\n");
	return IS_ENABLED(CONFIG_FOO_X);
}`,
    ],
    [
      'a parameter of the module',
      `static bool foo_supported(void)
{
	if (!foo_enabled) {
		pr_info("foo: not enabled\\n");
		return false;
	}
	return true;
}`,
    ],
    [
      'a comparison',
      `static bool foo_supported(void)
{
	return foo_enabled && foo_mode > 1;
}`,
    ],
    [
      'one of several modes',
      `static bool foo_supported(void)
{
	switch (foo_mode) {
	case 1:
	case 2:
		return true;
	default:
		return false;
	}
}`,
    ],
    [
      'what a function says that was not read',
      `static bool foo_supported(void)
{
	return boot_cpu_has(X86_FEATURE_FOO);
}`,
    ],
    ['what was not read itself', ``],
  ])('has one answer on a path: %s', (_name, body) => {
    check(module(body, asked));
  });

  it('leaves behind what was set up where the answer was yes', () => {
    check(
      module(readBody, '').replace(
        '		goto err_family;\n',
        `		goto err_family;
//		^^^^^^^^^^^^^^^^ error: left-behind-on-error: if genl_register_family() fails, foo_init() returns an error and leaves the netdevice notifier foo_notifier behind
`,
      ),
    );
  });

  it('is the reason where the answer was no', () => {
    check(
      module(
        readBody,
        asked,
        `	if (!foo_supported())
		return -ENODEV;
//		^^^^^^^^^^^^^^^ error: left-registered-on-error: if \`foo_supported()\` is false, foo_init() returns -ENODEV
`,
      ),
    );
  });
});

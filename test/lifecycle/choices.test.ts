import { describe, expect, it } from 'vitest';
import { analyseFiles, check } from '../check.ts';
import { parseFixture } from '../fixture.ts';

/** A module whose init asks for its results by `switch`; `undo` is what it does where the second one fails. */
function module(undo: string, marker = ''): string {
  return `
static void __net_exit foo_net_exit(struct net *net)
{
	foo_forget(net);
}

static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int ret = register_pernet_subsys(&foo_net_ops);

	switch (ret) {
	case 0:
		break;
	default:
		return ret;
	}
	ret = register_netdevice_notifier(&foo_nb);
	switch (ret) {
	case -EEXIST:
		pr_info("foo is there\\n");
		fallthrough;
	default:
		${undo}return ret;
${marker}	case 0:
		break;
	}
	switch (genl_register_family(&foo_family)) {
	case 0:
		return 0;
	}
	unregister_netdevice_notifier(&foo_nb);
	unregister_pernet_subsys(&foo_net_ops);
	return -EINVAL;
}

static void __exit foo_exit(void)
{
	genl_unregister_family(&foo_family);
	unregister_netdevice_notifier(&foo_nb);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`;
}

describe('a switch on a result', () => {
  it('asks for it as an if does', () => {
    check(module('unregister_pernet_subsys(&foo_net_ops);\n\t\t'));
  });

  it('leads to what is forgotten where a step fails', () => {
    check(
      module(
        '',
        '//		^^^^^^^^^^^ error: left-registered-on-error: if register_netdevice_notifier() fails, foo_init() returns an error with foo_net_ops still registered\n',
      ),
    );
  });
});

/** A module whose init does its steps in `steps`, and tells by `undo` which of them to take back. */
function counting(steps: string, undo: string): string {
  return `
static void __net_exit foo_net_exit(struct net *net)
{
	foo_forget(net);
}

static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int done = 0, err;

${steps}
	return 0;

err:
${undo}
	return err;
}

static void __exit foo_exit(void)
{
	unregister_netdevice_notifier(&foo_nb);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`;
}

describe('a path that counts its steps', () => {
  it('takes back as many as it has done', () => {
    check(
      counting(
        `	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		goto err;
	done++;
	err = register_netdevice_notifier(&foo_nb);
	if (err)
		goto err;
	done++;
	err = foo_start();
	if (err)
		goto err;`,
        `	switch (done) {
	case 2:
		unregister_netdevice_notifier(&foo_nb);
		fallthrough;
	case 1:
		unregister_pernet_subsys(&foo_net_ops);
	}`,
      ),
    );
  });
});

describe('a macro that jumps', () => {
  it('leaves where a step fails unknown', () => {
    check(
      counting(
        `	TRY(register_pernet_subsys(&foo_net_ops), err);
	TRY(register_netdevice_notifier(&foo_nb), err_nb);`,
        `err_nb:
	unregister_pernet_subsys(&foo_net_ops);`,
      ),
    );
  });
});

describe('a result that is handed to a call which was not read', () => {
  const handed = (failing: string): string =>
    counting(
      `	err = foo_errno(register_pernet_subsys(&foo_net_ops));
	if (err)
		return err;
	err = foo_errno(register_netdevice_notifier(&foo_nb));
	if (err)
${failing}`,
      '	unregister_pernet_subsys(&foo_net_ops);',
    );

  it('is still one of success, or of failure', () => {
    check(handed('		goto err;'));
  });

  it('is one of what is forgotten where it is a failure', () => {
    check(
      handed(`		return err;
//		^^^^^^^^^^^ error: left-registered-on-error: if register_netdevice_notifier() fails, foo_init() returns an error with foo_net_ops still registered`),
    );
  });

  it('is no error where the call says so by its name', () => {
    const text = handed('		goto err;')
      .replace('foo_errno(register_net', 'foo_is_ok(register_net')
      .replace('if (err)\n\t\tgoto', 'if (!err)\n\t\tgoto');
    expect(analyseFiles(parseFixture(text)).findings).toEqual([]);
  });
});

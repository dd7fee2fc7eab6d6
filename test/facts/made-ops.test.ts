import { describe, expect, it } from 'vitest';
import { analyseFiles, check } from '../check.ts';
import { parseFixture } from '../fixture.ts';

const module = (exit: string, tail = ''): string => `
#define FOO_OPS(kind)							\\
static struct pernet_operations foo_##kind##_net_ops = {		\\
	.init = foo_##kind##_net_init,					\\
	.exit = foo_##kind##_net_exit,					\\
}

static int __net_init foo_dev_net_init(struct net *net)
{
	net->foo.table = kzalloc(64, GFP_KERNEL);
	return net->foo.table ? 0 : -ENOMEM;
}

static void __net_exit foo_dev_net_exit(struct net *net)
{
	${exit}
}

FOO_OPS(dev);

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_dev_net_ops);
	if (err)
		return err;
	err = register_netdevice_notifier(&foo_nb);
	if (err)
		unregister_pernet_subsys(&foo_dev_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_netdevice_notifier(&foo_nb);
${tail}}

module_init(foo_init);
module_exit(foo_exit);
`;

const unregistered = '\tunregister_pernet_subsys(&foo_dev_net_ops);\n';

describe('an ops that a macro of the file defines', () => {
  it('is one as if it were written out', () => {
    const { stats, notAnalysed } = check(module('kfree(net->foo.table);', unregistered));
    expect([stats.ops, notAnalysed]).toEqual([1, []]);
  });

  it('is left registered, and leaks, as one', () => {
    const { findings } = analyseFiles(parseFixture(module('net->foo.users = 0;')));
    expect(findings.map(({ rule, ops }) => [rule, ops])).toEqual([
      ['pernet/exit-leak', 'foo_dev_net_ops'],
      ['pernet/left-registered-on-exit', 'foo_dev_net_ops'],
    ]);
  });
});

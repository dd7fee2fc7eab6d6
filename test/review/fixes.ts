/**
 * One module with a helper file of its own, right in all that the rules ask, and single edits that each take a fix of the
 * kind back that the kernel's history has. `fixed` is what the tree has, `broken` what it had.
 */
export const tree: ReadonlyMap<string, string> = new Map([
  ['net/foo/Makefile', 'obj-$(CONFIG_FOO) += foo.o\nfoo-y := main.o table.o\n'],
  ['net/foo/Kconfig', 'config FOO\n\ttristate "Foo"\n\thelp\n\t  Foo.\n'],
  [
    'net/foo/table.c',
    `// SPDX-License-Identifier: MIT
#include <linux/slab.h>
#include "foo.h"

int foo_table_init(struct net *net, struct foo_net *fn)
{
	fn->table = kcalloc(FOO_BUCKETS, sizeof(*fn->table), GFP_KERNEL);
	if (!fn->table)
		return -ENOMEM;
	fn->limits = register_net_sysctl(net, "net/foo/limits", foo_limits);
	if (!fn->limits) {
		kfree(fn->table);
		return -ENOMEM;
	}
	return 0;
}

void foo_table_exit(struct foo_net *fn)
{
	unregister_net_sysctl_table(fn->limits);
	kfree(fn->table);
}
`,
  ],
  [
    'net/foo/main.c',
    `// SPDX-License-Identifier: MIT
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/proc_fs.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include "foo.h"

static unsigned int foo_net_id __read_mostly;
static struct kmem_cache *foo_cachep __read_mostly;
static struct workqueue_struct *foo_wq;

static int foo_show(struct seq_file *m, void *v)
{
	struct foo_net *fn = net_generic(seq_file_single_net(m), foo_net_id);

	seq_printf(m, "%d\\n", fn->count);
	return 0;
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int err;

	fn->first = kmem_cache_alloc(foo_cachep, GFP_KERNEL);
	if (!fn->first)
		return -ENOMEM;
	err = foo_table_init(net, fn);
	if (err)
		goto err_first;
	fn->header = register_net_sysctl(net, "net/foo", foo_sysctls);
	if (!fn->header) {
		err = -ENOMEM;
		goto err_table;
	}
	if (!proc_create_net_single("foo", 0444, net->proc_net, foo_show, NULL)) {
		err = -ENOMEM;
		goto err_sysctl;
	}
	return 0;

err_sysctl:
	unregister_net_sysctl_table(fn->header);
err_table:
	foo_table_exit(fn);
err_first:
	kmem_cache_free(foo_cachep, fn->first);
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	remove_proc_entry("foo", net->proc_net);
	unregister_net_sysctl_table(fn->header);
	foo_table_exit(fn);
	kmem_cache_free(foo_cachep, fn->first);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int foo_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct net *net = dev_net(netdev_notifier_info_to_dev(ptr));
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->count++;
	return NOTIFY_DONE;
}

static struct notifier_block foo_notifier = {
	.notifier_call = foo_event,
};

static int foo_nl_get(struct sk_buff *skb, struct genl_info *info)
{
	struct foo_net *fn = net_generic(genl_info_net(info), foo_net_id);

	return fn->count;
}

static const struct genl_ops foo_nl_ops[] = {
	{ .cmd = FOO_CMD_GET, .doit = foo_nl_get },
};

static struct genl_family foo_family = {
	.name = "foo",
	.module = THIS_MODULE,
	.netnsok = true,
	.ops = foo_nl_ops,
	.n_ops = ARRAY_SIZE(foo_nl_ops),
};

static int __init foo_init(void)
{
	int err;

	foo_wq = alloc_workqueue("foo", 0, 0);
	if (!foo_wq)
		return -ENOMEM;

	err = -ENOMEM;
	foo_cachep = kmem_cache_create("foo", sizeof(struct foo_entry), 0, 0, NULL);
	if (!foo_cachep)
		goto err_wq;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		goto err_cache;

	err = register_netdevice_notifier(&foo_notifier);
	if (err)
		goto err_pernet;

	err = genl_register_family(&foo_family);
	if (err)
		goto err_notifier;
	return 0;

err_notifier:
	unregister_netdevice_notifier(&foo_notifier);
err_pernet:
	unregister_pernet_subsys(&foo_net_ops);
err_cache:
	kmem_cache_destroy(foo_cachep);
err_wq:
	destroy_workqueue(foo_wq);
	return err;
}

static void __exit foo_exit(void)
{
	genl_unregister_family(&foo_family);
	unregister_netdevice_notifier(&foo_notifier);
	unregister_pernet_subsys(&foo_net_ops);
	kmem_cache_destroy(foo_cachep);
	destroy_workqueue(foo_wq);
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`,
  ],
]);

/** A fix by what it was in the kernel, taken back by exact replacements, and the rules that the bug breaks. */
export interface Fix {
  readonly name: string;
  readonly file: string;
  readonly edits: readonly (readonly [fixed: string, broken: string])[];
  readonly rules: readonly string[];
}

const main = 'net/foo/main.c';
const table = 'net/foo/table.c';

export const fixes: readonly Fix[] = [
  {
    name: 'l2tp: an early return leaves the ops registered',
    file: main,
    edits: [['	if (err)\n		goto err_pernet;', '	if (err)\n		return err;']],
    rules: ['left-registered-on-error', 'left-behind-on-error'],
  },
  {
    name: 'mpls: the error path forgets the notifier',
    file: main,
    edits: [['err_notifier:\n	unregister_netdevice_notifier(&foo_notifier);\n', 'err_notifier:\n']],
    rules: ['left-behind-on-error'],
  },
  {
    name: 'rds: a failed registration is unregistered',
    file: main,
    edits: [['		goto err_cache;', '		goto err_pernet;']],
    rules: ['unregister-not-registered'],
  },
  {
    name: 'addrlabel: the exit never unregisters',
    file: main,
    edits: [
      [
        'unregister_netdevice_notifier(&foo_notifier);\n	unregister_pernet_subsys(&foo_net_ops);\n	kmem_cache_destroy(foo_cachep);',
        'unregister_netdevice_notifier(&foo_notifier);\n	kmem_cache_destroy(foo_cachep);',
      ],
    ],
    rules: ['left-registered-on-exit'],
  },
  {
    name: 'vxlan: a subsys is unregistered as a device',
    file: main,
    edits: [
      [
        'unregister_netdevice_notifier(&foo_notifier);\n	unregister_pernet_subsys(&foo_net_ops);\n	kmem_cache_destroy(foo_cachep);',
        'unregister_netdevice_notifier(&foo_notifier);\n	unregister_pernet_device(&foo_net_ops);\n	kmem_cache_destroy(foo_cachep);',
      ],
    ],
    rules: ['unregister-kind-mismatch'],
  },
  {
    name: 'nfsd: ops before the cache that their init takes from',
    file: main,
    edits: [
      [
        '	err = register_pernet_subsys(&foo_net_ops);\n	if (err)\n		goto err_cache;\n\n	err = register_netdevice',
        '	err = register_netdevice',
      ],
      [
        '	err = -ENOMEM;\n	foo_cachep',
        '	err = register_pernet_subsys(&foo_net_ops);\n	if (err)\n		goto err_wq;\n\n	err = -ENOMEM;\n	foo_cachep',
      ],
      ['	if (!foo_cachep)\n		goto err_wq;', '	if (!foo_cachep)\n		goto err_cache;'],
      [
        'err_pernet:\n	unregister_pernet_subsys(&foo_net_ops);\nerr_cache:\n	kmem_cache_destroy(foo_cachep);\n',
        'err_pernet:\n	kmem_cache_destroy(foo_cachep);\nerr_cache:\n	unregister_pernet_subsys(&foo_net_ops);\n',
      ],
    ],
    rules: ['registered-before-resource', 'resource-gone-before-unregister'],
  },
  {
    name: 'lowpan: the cache goes before the ops that use it',
    file: main,
    edits: [
      [
        '	unregister_pernet_subsys(&foo_net_ops);\n	kmem_cache_destroy(foo_cachep);\n	destroy_workqueue',
        '	kmem_cache_destroy(foo_cachep);\n	unregister_pernet_subsys(&foo_net_ops);\n	destroy_workqueue',
      ],
    ],
    rules: ['resource-gone-before-unregister'],
  },
  {
    name: 'gtp: ops unregistered before the netlink family',
    file: main,
    edits: [
      [
        '	genl_unregister_family(&foo_family);\n	unregister_netdevice_notifier(&foo_notifier);\n	unregister_pernet_subsys(&foo_net_ops);\n',
        '	unregister_pernet_subsys(&foo_net_ops);\n	genl_unregister_family(&foo_family);\n	unregister_netdevice_notifier(&foo_notifier);\n',
      ],
    ],
    rules: ['unregistered-too-early'],
  },
  {
    name: 'packet: a notifier before the ops whose data it uses',
    file: main,
    edits: [
      [
        '	err = register_pernet_subsys(&foo_net_ops);\n	if (err)\n		goto err_cache;\n\n	err = register_netdevice_notifier(&foo_notifier);\n	if (err)\n		goto err_pernet;\n',
        '	err = register_netdevice_notifier(&foo_notifier);\n	if (err)\n		goto err_cache;\n\n	err = register_pernet_subsys(&foo_net_ops);\n	if (err)\n		goto err_pernet;\n',
      ],
      [
        'err_notifier:\n	unregister_netdevice_notifier(&foo_notifier);\nerr_pernet:\n	unregister_pernet_subsys(&foo_net_ops);\n',
        'err_notifier:\n	unregister_pernet_subsys(&foo_net_ops);\nerr_pernet:\n	unregister_netdevice_notifier(&foo_notifier);\n',
      ],
    ],
    rules: ['registered-too-late'],
  },
  {
    name: 'nfs: a failing init leaves what it has acquired',
    file: main,
    edits: [['		goto err_sysctl;', '		goto err_table;']],
    rules: ['init-error-leak'],
  },
  {
    name: 'ipv4 sysctl: the exit forgets a table',
    file: main,
    edits: [['	unregister_net_sysctl_table(fn->header);\n	foo_table_exit(fn);\n	kmem', '	foo_table_exit(fn);\n	kmem']],
    rules: ['exit-leak'],
  },
  {
    name: 'l2tp_ppp: an id without a size',
    file: main,
    edits: [['	.size = sizeof(struct foo_net),\n', '']],
    rules: ['id-without-size'],
  },
  {
    name: 'xfrm6: the result of the registration is ignored',
    file: main,
    edits: [
      [
        '	err = register_pernet_subsys(&foo_net_ops);\n	if (err)\n		goto err_cache;\n',
        '	register_pernet_subsys(&foo_net_ops);\n',
      ],
    ],
    rules: ['register-unchecked'],
  },
  {
    name: 'smc: a step that fails is forgotten on the way out',
    file: main,
    edits: [['err_wq:\n	destroy_workqueue(foo_wq);\n	return err;', 'err_wq:\n	destroy_workqueue(foo_wq);\n	return 0;']],
    // The module stays, and its exit unregisters what is not registered.
    rules: ['error-lost', 'unregister-not-registered'],
  },
  {
    name: 'a helper in another file no longer releases what its caller expects',
    file: table,
    edits: [['	unregister_net_sysctl_table(fn->limits);\n', '']],
    rules: ['exit-leak', 'init-error-leak'],
  },
];

export function broken({ file, edits }: Fix): ReadonlyMap<string, string> {
  let text = tree.get(file)!;
  for (const [from, to] of edits) {
    if (text.split(from).length !== 2) throw new Error(`not exactly once in ${file}: ${from}`);
    text = text.replace(from, to);
  }
  return new Map([...tree, [file, text]]);
}

// SPDX-License-Identifier: MIT
/*
 * Counts, in each network namespace, how often an interface comes up, and
 * keeps an interface "sample0" there. Four bugs are in its lifecycle;
 * pernet_sample_fixed.c is its mended twin.
 */
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

struct sample_net {
	atomic_t ups;
};

struct sample_stats {
	u64 __percpu *events;
};

struct sample_dev {
	struct net_device *dev;
};

static unsigned int sample_net_id __read_mostly;
static unsigned int sample_stats_id __read_mostly;
static unsigned int sample_dev_id __read_mostly;

static int sample_show(struct seq_file *m, void *v)
{
	struct sample_net *sn = net_generic(seq_file_single_net(m), sample_net_id);

	seq_printf(m, "%d\n", atomic_read(&sn->ups));
	return 0;
}

static int __net_init sample_net_init(struct net *net)
{
	struct sample_net *sn = net_generic(net, sample_net_id);

	atomic_set(&sn->ups, 0);
	if (!proc_create_net_single("sample", 0444, net->proc_net, sample_show, NULL))
		return -ENOMEM;
	return 0;
}

static void __net_exit sample_net_exit(struct net *net)
{
	remove_proc_entry("sample", net->proc_net);
}

static struct pernet_operations sample_net_ops = {
	.init = sample_net_init,
	.exit = sample_net_exit,
	.id = &sample_net_id,
	.size = sizeof(struct sample_net),
};

static int __net_init sample_stats_init(struct net *net)
{
	struct sample_stats *stats = net_generic(net, sample_stats_id);

	stats->events = alloc_percpu(u64);
	return stats->events ? 0 : -ENOMEM;
}

static void __net_exit sample_stats_exit(struct net *net)
{
	struct sample_stats *stats = net_generic(net, sample_stats_id);

	free_percpu(stats->events);
}

static struct pernet_operations sample_stats_ops = {
	.init = sample_stats_init,
	.exit = sample_stats_exit,
	.id = &sample_stats_id,
};

static netdev_tx_t sample_xmit(struct sk_buff *skb, struct net_device *dev)
{
	dev_kfree_skb(skb);
	return NETDEV_TX_OK;
}

static const struct net_device_ops sample_netdev_ops = {
	.ndo_start_xmit = sample_xmit,
};

static void sample_setup(struct net_device *dev)
{
	dev->netdev_ops = &sample_netdev_ops;
	dev->needs_free_netdev = true;
	dev->flags = IFF_NOARP;
	dev->mtu = 1500;
}

static int __net_init sample_dev_init(struct net *net)
{
	struct sample_dev *sd = net_generic(net, sample_dev_id);
	int err;

	sd->dev = alloc_netdev(0, "sample0", NET_NAME_PREDICTABLE, sample_setup);
	if (!sd->dev)
		return -ENOMEM;
	dev_net_set(sd->dev, net);

	err = register_netdev(sd->dev);
	if (err)
		free_netdev(sd->dev);
	return err;
}

static void __net_exit sample_dev_exit(struct net *net)
{
	struct sample_dev *sd = net_generic(net, sample_dev_id);

	unregister_netdev(sd->dev);
}

static struct pernet_operations sample_dev_ops = {
	.init = sample_dev_init,
	.exit = sample_dev_exit,
	.id = &sample_dev_id,
	.size = sizeof(struct sample_dev),
};

static int sample_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct net *net = dev_net(netdev_notifier_info_to_dev(ptr));
	struct sample_stats *stats = net_generic(net, sample_stats_id);
	struct sample_net *sn = net_generic(net, sample_net_id);

	this_cpu_inc(*stats->events);
	if (event == NETDEV_UP)
		atomic_inc(&sn->ups);
	return NOTIFY_DONE;
}

static struct notifier_block sample_notifier = {
	.notifier_call = sample_event,
};

static int __init sample_init(void)
{
	int err;

	err = register_pernet_subsys(&sample_net_ops);
	if (err)
		return err;

	err = register_pernet_device(&sample_dev_ops);
	if (err)
		return err;

	err = register_pernet_subsys(&sample_stats_ops);
	if (err)
		goto err_stats;

	err = register_netdevice_notifier(&sample_notifier);
	if (err)
		goto err_notifier;
	return 0;

err_notifier:
	unregister_pernet_subsys(&sample_stats_ops);
err_stats:
	unregister_pernet_device(&sample_dev_ops);
	unregister_pernet_subsys(&sample_net_ops);
	return err;
}

static void __exit sample_exit(void)
{
	unregister_netdevice_notifier(&sample_notifier);
	unregister_pernet_subsys(&sample_dev_ops);
	unregister_pernet_subsys(&sample_net_ops);
}

module_init(sample_init);
module_exit(sample_exit);
MODULE_DESCRIPTION("Sample of per-namespace state");
MODULE_LICENSE("Dual MIT/GPL");

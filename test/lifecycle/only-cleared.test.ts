import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** A module that keeps a socket in each namespace, whose exit_batch does no more than `does` for each of them. */
function batch(does: string, marker = ''): string {
  return `
static void bar_take(struct sock *sk);

static int __net_init foo_net_init(struct net *net)
{
	struct netlink_kernel_cfg cfg = { .groups = 1 };
	struct sock *sk;

	sk = netlink_kernel_create(net, NETLINK_FOO, &cfg);
	if (!sk)
		return -ENOMEM;
	net->foo.sk = sk;
	return 0;
}

static void __net_exit foo_net_exit(struct list_head *nets)
${marker}{
	struct net *net;

	list_for_each_entry(net, nets, exit_list)
		${does}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit_batch = foo_net_exit,
};
${registering()}`;
}

const marker = `//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves netlink kernel socket net->foo.sk
`;

describe('a batch that gives back nothing', () => {
  it('leaves what it only sets the place of to NULL', () => {
    check(batch('net->foo.sk = NULL;', marker));
    check(batch('WRITE_ONCE(net->foo.used, 0);', marker));
  });

  it('may have given to someone what it does anything else with', () => {
    check(batch('bar_take(xchg(&net->foo.sk, NULL));'));
    check(batch('{\n\t\tbar_take(net->foo.sk);\n\t\tnet->foo.sk = NULL;\n\t}'));
  });
});

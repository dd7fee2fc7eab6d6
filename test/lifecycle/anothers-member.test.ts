import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { fooNetOps } from '../registering.ts';

const module = (exit: string, init = ''): string => `
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

${init}	fn->dir = proc_net_mkdir(net, "foo", net->proc_net);
	return fn->dir ? 0 : -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

${exit}}

${fooNetOps('data')}`;
const own = '\tproc_remove(fn->dir);\n';

describe('an exit callback that gives back what another ops keeps in struct net', () => {
  it.each([
    ['proc_remove(net->proc_net)', 'proc_net', 'proc_net_ns_init', 'proc_net_ns_ops'],
    ['netlink_kernel_release(net->genl_sock)', 'genl_sock', 'genl_pernet_init', 'genl_pernet_ops'],
  ])('%s', (call, member, init, ops) => {
    const found = `error: double-release: foo_net_exit() gives back net->${member} by ${call.replace(/\(.*/, '')}(), which is not its own: ${init}() sets that up for every namespace, and ${ops} gives it back when it goes`;
    check(module(`${own}\t${call};\n//	${'^'.repeat(call.length)} ${found}\n`));
  });

  it.each([
    ['its own alone', module(own)],
    ['a reference of it', module(`${own}\tdev_put(net->loopback_dev);\n`, '\tdev_hold(net->loopback_dev);\n')],
    ['something in it', module(`${own}\tremove_proc_entry("bar", net->proc_net);\n`, '\tfoo_bar_create(net);\n')],
    ['its handler on it', module(`${own}\tnetdev_rx_handler_unregister(net->loopback_dev);\n`)],
    [
      'what it has put there itself',
      module(
        `${own}\tnetlink_kernel_release(net->diag_nlsk);\n`,
        '\tnet->diag_nlsk = netlink_kernel_create(net, NETLINK_SOCK_DIAG, &foo_cfg);\n\tif (!net->diag_nlsk)\n\t\treturn -ENOMEM;\n',
      ).replace(
        'return fn->dir ? 0 : -ENOMEM;',
        'if (fn->dir)\n\t\treturn 0;\n\tnetlink_kernel_release(net->diag_nlsk);\n\treturn -ENOMEM;',
      ),
    ],
    [
      'a member of its own by the same name',
      module(own.replace('dir', 'proc_net')).replaceAll('fn->dir', 'fn->proc_net'),
    ],
  ])('is quiet about one that gives back %s', (_, text) => {
    check(text);
  });
});

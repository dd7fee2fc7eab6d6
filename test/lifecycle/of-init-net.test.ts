import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

const init = (guard = '', of = 'net'): string => `
static struct foo_net *foo_pernet(struct net *net)
{
	return net_generic(net, foo_net_id);
}

static bool foo_is_root(struct net *net)
{
	return net_eq(net, &init_net);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = foo_pernet(${of});

${guard}	fn->sock = netlink_kernel_create(net, NETLINK_FOO, &foo_cfg);
	return fn->sock ? 0 : -ENOMEM;
}
`;
const ops = (exit: 'exit' | 'exit_batch'): string => `
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.${exit} = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;
const exit = (...lines: readonly string[]): string => `
static void __net_exit foo_net_exit(struct net *net)
{
${lines.map((line) => (line.startsWith('//') ? `${line}\n` : `\t${line}\n`)).join('')}}
${ops('exit')}`;
const marker = (call: string, tabs = '\t'): string =>
  `//${tabs}${'^'.repeat(call.length)} error: exit-leak: foo_net_exit() gives back what init_net has by netlink_kernel_release(), whichever namespace dies: netlink kernel socket net_generic(net, foo_net_id)->sock`;

describe('an exit callback that gives back what is of init_net', () => {
  it('for each of the namespaces that die at once', () => {
    check(`${init()}
static void __net_exit foo_net_exit(struct list_head *nets)
{
	struct foo_net *fn;
	struct net *net;

	list_for_each_entry(net, nets, exit_list) {
		fn = foo_pernet(&init_net);
		netlink_kernel_release(fn->sock);
${marker('netlink_kernel_release(fn->sock)', '\t\t')}
	}
}
${ops('exit_batch')}`);
  });

  it.each([
    ['struct foo_net *fn = foo_pernet(&init_net);\n', 'netlink_kernel_release(fn->sock)'],
    ['', 'netlink_kernel_release(foo_pernet(&init_net)->sock)'],
  ])('for one: %s %s', (before, call) => {
    check(`${init()}${exit(before, `${call};`, marker(call))}`);
  });

  it.each([
    ['for its own', '', 'net', ['struct foo_net *fn = foo_pernet(net);\n', 'netlink_kernel_release(fn->sock);']],
    [
      'for that alone, which alone has it',
      '\tif (!net_eq(net, &init_net))\n\t\treturn 0;\n',
      'net',
      ['if (net_eq(net, &init_net))', '\tnetlink_kernel_release(foo_pernet(&init_net)->sock);'],
    ],
    [
      'for that alone, by a helper',
      '\tif (!foo_is_root(net))\n\t\treturn 0;\n',
      'net',
      ['if (foo_is_root(net))', '\tnetlink_kernel_release(foo_pernet(&init_net)->sock);'],
    ],
    [
      'which has it for all',
      '\tif (fn->sock)\n\t\treturn 0;\n',
      '&init_net',
      ['struct foo_net *fn = foo_pernet(&init_net);\n', 'if (!foo_users)', '\tnetlink_kernel_release(fn->sock);'],
    ],
  ])('is quiet about one that does so %s', (_, guard, of, lines) => {
    check(`${init(guard, of)}${exit(...lines)}`);
  });
});

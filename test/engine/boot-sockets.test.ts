import { expect, it } from 'vitest';
import { bootedTree } from '../../src/engine/boot.ts';
import { loadNative } from '../../src/syntax/index.ts';

const parser = await loadNative();

/** A family of sockets over others, and a client in another folder whose init opens one. */
const files: Record<string, string> = {
  Kbuild: 'obj-y += carrier/ client/\n',
  'carrier/Makefile': 'obj-y := carrier.o\n',
  'carrier/carrier.c': `static int carrier_check(struct address *address)
{
	switch (address->family) {
	case AF_INET:
		return 0;
#ifdef CONFIG_CARRIER_IPV6
	case AF_INET6:
		return 0;
#endif
	default:
		return -EAFNOSUPPORT;
	}
}
static const struct proto_ops carrier_ops = { .family = PF_CARRIER, .bind = carrier_bind };
`,
  'client/Makefile': 'obj-y := main.o socket.o after.o\n',
  'client/socket.c': `int client_open(struct client *client)
{
	struct socket *socket;
	int ret;

	ret = sock_create_kern(client->net, AF_CARRIER, SOCK_DGRAM, PF_INET6, &socket);
	if (ret < 0)
		goto failed;
	ret = kernel_bind(socket, &client->address, sizeof(client->address));
	if (ret < 0)
		goto bound;
	return 0;
bound:
	sock_release(socket);
failed:
	return ret;
}
`,
  'client/main.c': `static int client_net_init(struct net *net)
{
	int ret = client_open(client_of(net));

	return ret < 0 ? ret : 0;
}
static struct pernet_operations client_ops = { .init = client_net_init, .id = &client_id, .size = 8 };
static int __init client_init(void)
{
	return register_pernet_device(&client_ops);
}
module_init(client_init);
`,
  'client/after.c': `static struct pernet_operations after_ops = { .init = after_net_init, .id = &after_id, .size = 8 };
static int __init after_init(void)
{
	return register_pernet_subsys(&after_ops);
}
late_initcall(after_init);
`,
};

function boot(config: string, change: (text: string) => string = (text) => text): [string, number | undefined][] {
  const read = (file: string): Buffer | undefined => (file in files ? Buffer.from(change(files[file]!)) : undefined);
  const { order, notRegistered } = bootedTree(parser, read, { text: `CONFIG_NET_NS=y\n${config}` });
  const isThere = order.some(({ ops }) => ops === 'client_ops');
  expect(notRegistered.map(({ ops, reason }) => `${ops}: ${reason}`)).toEqual(
    isThere ? [] : ['client_ops: client_net_init() fails for init_net with -EAFNOSUPPORT in this configuration'],
  );
  return order.map(({ ops, id }) => [ops, id]);
}

const both = [
  ['after_ops', 4],
  ['client_ops', 3],
];

it('an init fails whose socket has addresses of a family that this configuration leaves out; its id goes to the next', () => {
  expect(boot('')).toEqual([['after_ops', 3]]);
  expect(boot('CONFIG_CARRIER_IPV6=y\n')).toEqual(both);
});

it.each([
  ['the family takes those addresses', (text: string) => text.replaceAll('PF_INET6', 'PF_INET')],
  ['nothing of it is known', (text: string) => text.replaceAll('AF_CARRIER', 'AF_ELSEWHERE')],
  ['its protocol is no family', (text: string) => text.replaceAll('PF_INET6', 'IPPROTO_UDP')],
])('an init does not fail when %s', (_, change) => {
  expect(boot('', change)).toEqual(both);
});

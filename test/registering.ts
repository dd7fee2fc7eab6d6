/** The rest of a module that does nothing but register foo_net_ops when it is loaded, and unregister it. */
export function registering(kind: 'subsys' | 'device' = 'subsys'): string {
  return `
static int __init foo_init(void)
{
	return register_pernet_${kind}(&foo_net_ops);
}

static void __exit foo_exit(void)
{
	unregister_pernet_${kind}(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`;
}

/** foo_net_ops with foo_net_init() and foo_net_exit(), and with `data` a struct foo_net of each namespace; and its module. */
export function fooNetOps(data: 'data' | 'no data'): string {
  const fields = data === 'data' ? '\t.id = &foo_net_id,\n\t.size = sizeof(struct foo_net),\n' : '';
  return `static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
${fields}};
${registering()}`;
}

/** A foo_net_exit() that does no more than this with a namespace's data, `fn`; the ops of both, and its module. */
export function exiting(...statements: string[]): string {
  return `static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

${statements.map((each) => `\t${each}\n`).join('')}}

${fooNetOps('data')}`;
}

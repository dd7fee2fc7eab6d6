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

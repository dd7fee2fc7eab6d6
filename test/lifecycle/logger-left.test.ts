import { describe, it } from 'vitest';
import { check } from '../check.ts';

/** A module with a logger that users bind to namespaces. */
function foo(exit: string, { more = '', init = '', leaks = false } = {}): string {
  return `
static struct nf_logger foo_logger = {
	.name = "foo",
	.type = NF_LOG_TYPE_LOG,
	.logfn = foo_log,
	.me = THIS_MODULE,
};
${more}
static int __net_init foo_net_init(struct net *net)
{
${init}	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${leaks ? '//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves the logger foo_logger where users have bound it to the namespace: nf_log_unset() is missing\n' : ''}{
${exit}}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = nf_log_register(NFPROTO_IPV4, &foo_logger);
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	nf_log_unregister(&foo_logger);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`;
}

describe('a logger that users bind to namespaces', () => {
  it('and no exit unbinds', () => {
    check(foo('	pr_debug("foo: gone\\n");\n', { leaks: true }));
  });

  it.each([
    ['another function that gets the namespace may unbind it', foo('	foo_log_off(net);\n')],
    ['an exit unbinds whatever is bound', foo('	nf_log_unbind_pf(net, NFPROTO_IPV4);\n')],
    [
      'it is built in',
      foo('')
        .replace('module_init(', 'device_initcall(')
        .replace(/static void __exit foo_exit[^}]*}\n/, '')
        .replace('module_exit(foo_exit);\n', ''),
    ],
    ['the module stays', foo('').replace('	err = nf_log_reg', '	__module_get(THIS_MODULE);\n	err = nf_log_reg')],
    [
      'the exit of the module passes it on',
      foo('').replace('	nf_log_unregister(&foo_logger);\n', (end) => `${end}	foo_log_exit(&foo_logger);\n`),
    ],
    ['other files may know of it', foo('').replace('static struct nf_logger', 'struct nf_logger')],
  ])('and %s', (_, module) => {
    check(module);
  });

  it('and an exit unbinds, by itself or by others', () => {
    check(foo('	nf_log_unset(net, &foo_logger);\n'));
    check(
      foo('	foo_unset(net);\n', {
        more: 'static void foo_unset(struct net *net)\n{\n	nf_log_unset(net, &foo_logger);\n}\n',
      }),
    );
    check(
      foo('	int i;\n\n	for (i = 0; i < ARRAY_SIZE(foo_loggers); i++)\n		nf_log_unset(net, foo_loggers[i]);\n', {
        more: 'static const struct nf_logger *foo_loggers[] = { &foo_logger };\n',
      }),
    );
    check(foo('	foo_loggers_cleanup(net);\n'));
    check(foo('	FOO_UNSET(net);\n', { more: '#define FOO_UNSET(net) nf_log_unset(net, &foo_logger)\n' }));
  });
});

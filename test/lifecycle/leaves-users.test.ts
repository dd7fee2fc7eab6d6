import { describe, it } from 'vitest';
import { check } from '../check.ts';

/** A module with an expectation function, its exit, and what else is in the file. */
const withExpectFn = (exit: string, { error = '', more = '', head = 'foo_exit' } = {}): string => `
static void foo_expected(struct nf_conn *ct, struct nf_conntrack_expect *exp)
{
	ct->mark = exp->id;
}

static struct nf_ct_helper_expectfn foo_expectfn = {
	.name = "foo",
	.expectfn = foo_expected,
};
${more}
static int __net_init foo_net_init(struct net *net)
{
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	pr_debug("gone\\n");
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int ret = register_pernet_subsys(&foo_net_ops);

	if (ret < 0)
		return ret;
	nf_ct_helper_expectfn_register(&foo_expectfn);
	return 0;
}

static void __exit foo_exit(void)
${error}{
${exit}
}

module_init(foo_init);
module_exit(${head});
MODULE_LICENSE("GPL");
`;

const error =
  '//                 ^^^^^^^^ warning: left-behind-on-exit: leaves expectations that call the module: nf_ct_helper_expectfn_unregister() only takes the name off its list\n';

const kept = `
static int foo_clean(struct nf_conn *ct, void *data)
{
	if (ct->mark)
		return 1;
	return 0;
}
`;

const all = `
static int foo_clean(struct nf_conn *ct, void *data)
{
	return 1;
}
`;

const plain = `	nf_ct_helper_expectfn_unregister(&foo_expectfn);
	synchronize_rcu();
	unregister_pernet_subsys(&foo_net_ops);`;

describe('an expectation function that an exit only takes off its list', () => {
  it('is told', () => {
    check(withExpectFn(plain, { error }));
  });

  it('is told where some connections are kept', () => {
    check(withExpectFn(`	nf_ct_iterate_destroy(foo_clean, NULL);\n${plain}`, { error, more: kept }));
  });

  it('is told where a helper takes it off', () => {
    const more = `
static void foo_unhook(void)
{
	nf_ct_helper_expectfn_unregister(&foo_expectfn);
}
`;
    check(withExpectFn('	foo_unhook();\n	unregister_pernet_subsys(&foo_net_ops);', { error, more }));
  });

  it('is left alone where the expectations are ended', () => {
    for (const end of [
      'nf_ct_helper_expectfn_destroy(&foo_expectfn);',
      'nf_ct_expect_iterate_destroy(foo_is_ours, NULL);',
      'nf_conntrack_helper_unregister(&foo_helper);',
    ])
      check(withExpectFn(`${plain}\n	${end}`));
  });

  it('is left alone where a helper ends them', () => {
    const more = `
static void foo_forget(void)
{
	nf_ct_helper_expectfn_destroy(&foo_expectfn);
}
`;
    check(withExpectFn(`${plain}\n	foo_forget();`, { more }));
  });

  it('is left alone where all connections go, or it is not known which', () => {
    check(withExpectFn(`	nf_ct_iterate_destroy(foo_clean, NULL);\n${plain}`, { more: all }));
    check(withExpectFn(`	nf_ct_iterate_destroy(foo_clean_elsewhere, NULL);\n${plain}`));
  });

  const helping = `
static int foo_clean(struct nf_conn *ct, void *data)
{
	if (!nfct_help(ct))
		return 0;
	return 1;
}
`;
  it.each([
    [
      'connections that have none stay',
      withExpectFn(`	nf_ct_iterate_destroy(foo_clean, NULL);\n${plain}`, { more: helping }),
    ],
    ['the exit calls what was not read', withExpectFn(`${plain}\n	foo_zap();`)],
    ['the exit passes the function on', withExpectFn(`${plain}\n	foo_end(&foo_expected);`)],
    [
      'the exit comes to the table of them',
      withExpectFn(`${plain}\n	hlist_for_each_entry(exp, nf_ct_expect_hash, hnode)\n		exp->expectfn = NULL;`),
    ],
    [
      'an exit of a namespace ends its connections',
      withExpectFn(plain).replace('pr_debug("gone\\n");', 'nf_ct_iterate_cleanup_net(foo_all, &iter);'),
    ],
  ])('is left alone where %s', (_, module) => {
    check(module);
  });

  it('is left alone where an exit of a namespace ends them', () => {
    check(
      withExpectFn(plain).replace('pr_debug("gone\\n");', 'nf_ct_expect_iterate_net(net, foo_is_ours, NULL, 0, 0);'),
    );
  });
});

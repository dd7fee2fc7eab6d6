import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

const module = (preExit: string, marker: string, unwound: string, between = ''): string => `
//- net/foo/foo_nat.c
static int foo_table_make(struct net *net)
{
	int err = ipt_register_table(net, &foo_table, foo_repl, NULL);

	if (err)
		return err;
	err = foo_register_lookups(net);
	if (err) {
${unwound}		ipt_unregister_table_exit(net, "nat");
	}
	return err;
}

static void foo_unregister_lookups(struct net *net)
{
	nf_nat_ipv4_unregister_fn(net, &foo_nat_hook);
}
${between}
static void __net_exit foo_net_pre_exit(struct net *net)
${marker}{
	foo_unregister_lookups(net);
${preExit}}

static void __net_exit foo_net_exit(struct net *net)
{
	ipt_unregister_table_exit(net, "nat");
}

static struct pernet_operations foo_net_ops = {
	.pre_exit = foo_net_pre_exit,
	.exit = foo_net_exit,
};
${registering()}
//- net/foo/foo_tables.c
/* Called by the exit of pernet_operations. */
void ipt_unregister_table_exit(struct net *net, const char *name)
{
	struct xt_table *table = xt_unregister_table_exit(net, NFPROTO_IPV4, name);

	if (table)
		kvfree(table);
}
`;
const first = 'xt_unregister_table_pre_exit(net, NFPROTO_IPV4, "nat");\n';
const marker =
  '//		       ^^^^^^^^^^^^^^^^ error: exit-leak: foo_net_pre_exit() does not call xt_unregister_table_pre_exit(), the first of the two stages of which foo_net_exit() takes the second by xt_unregister_table_exit()\n';

describe('a table of x_tables, which the second stage only finds where the first has put it', () => {
  it('that a pre_exit with more to do leaves where it is, while an init takes both stages', () => {
    check(module('', marker, `\t\t${first}\t\tsynchronize_rcu();\n`));
  });

  it('that nothing puts there', () => {
    check(module('', marker, ''));
  });

  it.each([
    ['that the pre_exit puts there', `\t${first}`, ''],
    [
      'that a helper puts there',
      '\tfoo_table_hide(net);\n',
      `\nstatic void foo_table_hide(struct net *net)\n{\n\t${first}}\n`,
    ],
    ['that a function of another file may put there', '\tfoo_table_hide(net);\n', ''],
    ['that what a pointer leads to may put there', '\tfoo_type->hide(net);\n', ''],
    ['that a macro may put there', '\tFOO_TABLE_HIDE(net);\n', ''],
    ['that others put there who go no further', '', `\nvoid foo_table_hide(struct net *net)\n{\n\t${first}}\n`],
  ])('is quiet about one %s', (_, preExit, between) => {
    check(module(preExit, '', `\t\t${first}`, between));
  });

  const beside = (exit: string): string => `
//- net/foo/foo_first.c
static void __net_exit foo_first_pre_exit(struct net *net)
{
	${first}}
${exit}
struct pernet_operations foo_first_ops = {
	.pre_exit = foo_first_pre_exit,
${exit === '' ? '' : '\t.exit = foo_first_exit,\n'}};
`;

  it('is quiet where another ops puts it there that takes no more, and not where that takes its own', () => {
    check(`${module('', '', `\t\t${first}`)}${beside('')}`);
    const own =
      '\nstatic void __net_exit foo_first_exit(struct net *net)\n{\n\tipt_unregister_table_exit(net, "filter");\n}\n';
    check(`${module('', marker, `\t\t${first}`)}${beside(own)}`);
  });

  it('is quiet about tables of kernels without that', () => {
    const older = module('', '', '').replace(
      /struct xt_table \*table = .*;/,
      'struct xt_table *table = xt_find_table(net, NFPROTO_IPV4, name);',
    );
    check(older);
  });
});

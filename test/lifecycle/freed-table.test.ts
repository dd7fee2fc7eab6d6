import { describe, expect, it } from 'vitest';
import { analyseFiles, check } from '../check.ts';
import { parseFixture } from '../fixture.ts';
import { registering } from '../registering.ts';

const array = 'static struct ctl_table foo_table[] = {\n\t{ .procname = "a", .proc_handler = proc_dointvec },\n};';

/** An init that registers its own table for init_net, and a copy for all others. */
function withExit(exit: string, table = array): string {
  return `
static unsigned int foo_net_id;
${table}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct ctl_table *table = foo_table;

	if (!net_eq(net, &init_net)) {
		table = kmemdup(table, sizeof(foo_table), GFP_KERNEL);
		if (!table)
			return -ENOMEM;
		fn->copied = true;
	}
	table[0].data = &fn->a;
	fn->hdr = register_net_sysctl(net, "net/foo", table);
	if (!fn->hdr) {
		if (!net_eq(net, &init_net))
			kfree(table);
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct ctl_table *table = fn->hdr->ctl_table_arg;

	${exit}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;
}

const off = 'unregister_net_sysctl_table(fn->hdr);\n\t';

function frees(fixture: string): string[] {
  const { findings } = analyseFiles(parseFixture(fixture));
  return findings.flatMap(({ message }) => (message.endsWith(' which nobody has allocated') ? [message] : []));
}

describe('the table of a sysctl registration', () => {
  it("is the file's own array for init_net, which an exit frees", () => {
    check(
      withExit(`${off}kfree(table);
//	^^^^^^^^^^^^ error: double-release: foo_net_exit() frees by kfree() the table that register_net_sysctl() was passed: for init_net, for which the unloading of the module calls it, that is the array foo_table of the file itself, which nobody has allocated`),
    );
  });

  it('is not where the exit asks, in whatever way, or where it is allocated for all', () => {
    check(withExit(`${off}if (!net_eq(net, &init_net))\n\t\tkfree(table);`));
    check(withExit(`${off}if (table != foo_table)\n\t\tkfree(table);`));
    check(withExit(`${off}if (fn->copied)\n\t\tkfree(table);`));
    check(withExit(`if (net == &init_net) {\n\t\t${off}\treturn;\n\t}\n\t${off}kfree(table);`));
    check(withExit(`${off}kfree(table);`, 'static struct ctl_table *foo_table;'));
    for (const way of [
      'kfree(table == foo_table ? NULL : table)',
      'table != foo_table && (kfree(table), 1)',
      'kfree_const(table)',
    ])
      expect(frees(withExit(`${off}${way};`))).toEqual([]);
    const macro = '#define foo_free_table(t) do { if ((t) != foo_table) kfree(t); } while (0)';
    expect(frees(withExit(`${off}foo_free_table(table);`, `${array}\n${macro}`))).toEqual([]);
  });

  it('is not where the module has no exit, and is never unloaded', () => {
    const whole = withExit(`${off}kfree(table);`);
    const without = whole.replace(/static void __exit foo_exit[^}]*\}\n/, '').replace('module_exit(foo_exit);\n', '');
    expect(frees(whole)).toHaveLength(1);
    expect(frees(without)).toEqual([]);
  });
});

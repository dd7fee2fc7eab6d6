import type { RenderOptions, Report } from '../../src/report/index.ts';
import { rules, type Finding } from '../../src/rules/index.ts';
import { engineOf } from '../check.ts';

export const options: RenderOptions = { colour: false, rules, version: '1.2.3' };

const opsText = `static int foo_net_init(struct net *net)
{
	return 0;
}

static void foo_net_exit(struct net *net)
{
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
`;

/** A module whose failing init leaves its ops registered, which registers by way of a helper. */
export const buggy = `${opsText}
static int foo_register(void)
{
	return register_pernet_subsys(&foo_net_ops);
}

static int __init foo_init(void)
{
	int err = foo_register();

	if (err)
		return err;
	foo_wq = alloc_workqueue("foo", 0, 0);
	if (!foo_wq)
		return -ENOMEM;
	return 0;
}

static void __exit foo_exit(void)
{
	destroy_workqueue(foo_wq);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`;

/** A module whose exit unregisters nothing, on purpose, and says so. */
export const excused = `${opsText.replaceAll('foo', 'bar')}
static int __init bar_init(void)
{
	return register_pernet_subsys(&bar_net_ops);
}

/* pernet-lint: ignore left-registered-on-exit -- the module is "permanent" & <pinned> */
static void __exit bar_exit(void)
{
}

module_init(bar_init);
module_exit(bar_exit);
`;

/** The report of some files as `lint` makes it. */
export function reportOf(files: Readonly<Record<string, string>>): Report {
  const given = Object.entries(files).map(([path, text]) => ({ path, text }));
  const { findings, suppressed, notAnalysed, ops, stats } = engineOf(given).analyse();
  return { findings, suppressed, notAnalysed, ops, stats: { ...stats, ms: 1 }, errors: [] };
}

/** A made-up finding, for what no fixture shows. */
export function finding(members: Partial<Finding> = {}): Finding {
  return {
    rule: 'pernet/exit-leak',
    severity: 'error',
    file: 'net/foo.c',
    line: 3,
    column: 2,
    endLine: 3,
    endColumn: 9,
    message: 'it leaks',
    fingerprint: '0123456789abcdef',
    related: [],
    witness: { scenario: {}, events: [] },
    ...members,
  };
}

/** A report that holds some findings and nothing else. */
export function holding(...findings: readonly Finding[]): Report {
  return {
    findings,
    suppressed: [],
    notAnalysed: [],
    ops: [],
    stats: { files: 1, parsed: 1, ops: 1, modules: 1, functions: 1, ms: 1 },
    errors: [],
  };
}

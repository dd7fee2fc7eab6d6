import { describe, it } from 'vitest';
import { check } from '../check.ts';

const module = (
  exit: string,
  { keeps = 'fn->base = net_generic(net, foo_base_id);', reads = 'fn->base->map[0]' } = {},
) => `
static unsigned int foo_base_id, foo_net_id;

static int foo_show(struct seq_file *m, void *v)
{
	struct foo_net *fn = net_generic(seq_file_single_net(m), foo_net_id);

	seq_printf(m, "%u", ${reads});
	return 0;
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_base *base = net_generic(net, foo_base_id);

	fn->count = base->count;
	${keeps}
	return proc_create_net_single("foo", 0444, net->proc_net, foo_show, NULL) ? 0 : -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
{
	remove_proc_entry("foo", net->proc_net);
}

static struct pernet_operations foo_all[] = {
	{
		.id = &foo_base_id,
		.size = sizeof(struct foo_base),
	},
	{
		.init = foo_net_init,
		.exit = foo_net_exit,
		.id = &foo_net_id,
		.size = sizeof(struct foo_net),
	},
};

static int __init foo_init(void)
{
	int err = register_pernet_subsys(&foo_all[0]);

	if (err)
		return err;
	err = register_pernet_subsys(&foo_all[1]);
	if (err)
		unregister_pernet_subsys(&foo_all[0]);
	return err;
}

static void __exit foo_exit(void)
{
${exit}
}

module_init(foo_init);
module_exit(foo_exit);
`;
const forward = (marker: string): string => `	unregister_pernet_subsys(&foo_all[0]);
${marker}	unregister_pernet_subsys(&foo_all[1]);`;
const tooEarly =
  '//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregistered-too-early: foo_exit() unregisters foo_all[0] before foo_all[1], whose init foo_net_init() makes a proc entry in each namespace; its callbacks use net_generic(net, foo_base_id) by ->base\n';

describe('the data of another ops that an init keeps a pointer to', () => {
  it.each([['fn->base = net_generic(net, foo_base_id);'], ['fn->base = base;']])('%s', (keeps) => {
    check(module(forward(tooEarly), { keeps }));
  });

  const more = (body: string): string => `
static int foo_set(struct ctl_table *table, int write, void *buffer, size_t *lenp, loff_t *ppos)
{
	struct foo_net *fn = table->data;

	${body}
	return 0;
}

static int __net_init`;
  it.each(['fn->base = foo_bases[write];', 'fn->base = NULL;', 'if (write)\n\t\tfn->base = &foo_common;'])(
    'is quiet where others set it: %s',
    (body) => {
      check(module(forward('')).replace('\nstatic int __net_init', more(body)));
    },
  );

  it.each(['WRITE_ONCE(fn->base, base);', 'rcu_assign_pointer(fn->base, base);', 'base = xchg(&fn->base, base);'])(
    'is quiet where others of its lifecycle set it: %s',
    (set) => {
      const setter = `static void foo_set(struct foo_net *fn, struct foo_base *base)\n{\n\t${set}\n}\n`;
      const whole = module(`\tfoo_set_all();\n${forward('')}`);
      check(
        whole.replace(
          'static int __init foo_init',
          `${setter}\nstatic void foo_set_all(void)\n{\n\tfoo_set(foo_first(), NULL);\n}\n\n$&`,
        ),
      );
    },
  );

  it('is not where they set another one', () => {
    check(module(forward(tooEarly)).replace('\nstatic int __net_init', more('fn->count = 0;')));
  });

  it.each([
    ['that is unregistered last', '	unregister_pernet_subsys(&foo_all[1]);\n	unregister_pernet_subsys(&foo_all[0]);', {}],
    ['of which it keeps a part', forward(''), { keeps: 'fn->base = base->start;' }],
    ['that who is called does not look at', forward(''), { reads: 'fn->count' }],
    ['of which who is called tells where it is', forward(''), { reads: 'fn->base' }],
    ['by the member of another structure', forward(''), { reads: 'fn->count + fn->head->base->map[0]' }],
    ['that who is called asks for', forward(''), { reads: 'fn->base ? fn->base->map[0] : 0' }],
  ])('is quiet about one %s', (_, exit, how) => {
    check(module(exit, how));
  });
});

import { describe, expect, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

describe('pernet/generic-outside-registration', () => {
  it('the data of init_net, asked for before the ops is registered', () => {
    check(`
static unsigned int foo_net_id __read_mostly;

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	struct foo_net *fn = net_generic(&init_net, foo_net_id);
//			     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: generic-outside-registration: net_generic(net, foo_net_id) is used before foo_net_ops is registered
	int err;

	fn->limit = 16;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		pr_err("foo: no memory\\n");
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a last look at init_net after everything is gone', () => {
    check(`
static unsigned int foo_net_id __read_mostly;

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	return register_pernet_device(&foo_net_ops);
}

static void __exit foo_exit(void)
{
	struct foo_net *fn;

	unregister_pernet_device(&foo_net_ops);
	fn = net_generic(&init_net, foo_net_id);
//	     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: generic-outside-registration: net_generic(net, foo_net_id) is used after foo_net_ops is unregistered
	WARN_ON(fn->users);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about the data of init_net while the ops is registered', () => {
    check(`
static unsigned int foo_net_id __read_mostly;

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	struct foo_net *fn;
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	fn = net_generic(&init_net, foo_net_id);
	fn->limit = 16;
	return 0;
}

static void __exit foo_exit(void)
{
	struct foo_net *fn = net_generic(&init_net, foo_net_id);

	WARN_ON(fn->users);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about a pointer taken before, that nobody follows after', () => {
    check(`
static unsigned int foo_net_id __read_mostly;

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}

static void __exit foo_exit(void)
{
	struct foo_net *fn = net_generic(&init_net, foo_net_id);
	unsigned int count = fn->count;

	unregister_pernet_subsys(&foo_net_ops);
	pr_info("foo: %u flows\\n", count);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about callbacks, which run while the ops is being registered and unregistered', () => {
    check(`
static unsigned int foo_net_id;

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	INIT_LIST_HEAD(&fn->list);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	WARN_ON(!list_empty(&fn->list));
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`);
  });

  it("is quiet about the data of another module's ops", () => {
    check(`
extern unsigned int bar_net_id;

static unsigned int foo_net_id;

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	struct bar_net *bn = net_generic(&init_net, bar_net_id);

	if (!bn->enabled)
		return -ENODEV;
	return register_pernet_subsys(&foo_net_ops);
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about a second registration after the first was undone', () => {
    check(`
static unsigned int foo_net_id;

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	struct foo_net *fn;
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	if (foo_probe() < 0) {
		unregister_pernet_subsys(&foo_net_ops);
		foo_legacy = true;
		err = register_pernet_subsys(&foo_net_ops);
		if (err)
			return err;
	}
	fn = net_generic(&init_net, foo_net_id);
	fn->limit = foo_legacy ? 1 : 16;
	return 0;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('is quiet about a helper that is only called when its ops is there', () => {
    check(`
static unsigned int foo_net_id;
static bool foo_registered;

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static void foo_report(void)
{
	struct foo_net *fn = net_generic(&init_net, foo_net_id);

	pr_info("foo: %u users\\n", fn->users);
}

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		goto fail;
	foo_registered = true;
	err = genl_register_family(&foo_family);
	if (err)
		goto fail;
	return 0;

fail:
	if (foo_registered) {
		foo_report();
		unregister_pernet_subsys(&foo_net_ops);
	}
	return err;
}

static void __exit foo_exit(void)
{
	genl_unregister_family(&foo_family);
	foo_report();
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('an accessor in the one line that has it', () => {
    check(`
static unsigned int foo_net_id;

static struct foo_net *foo_pernet(struct net *net)
{
	return net_generic(net, foo_net_id);
//	       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: generic-outside-registration: is used before foo_net_ops is registered
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	struct foo_net *fn = foo_pernet(&init_net);

	fn->limit = 16;
	return register_pernet_subsys(&foo_net_ops);
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it('a helper of another file that registers, after it has used what it registers', () => {
    check(`
//- net/foo/Makefile
obj-m += foo.o
foo-y := main.o stat.o
//- net/foo/main.c
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
	err = foo_stat_init();
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	foo_stat_exit();
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
//- net/foo/stat.c
static unsigned int foo_stat_id __read_mostly;

static struct pernet_operations foo_stat_ops = {
	.id = &foo_stat_id,
	.size = sizeof(struct foo_stat),
};

int __init foo_stat_init(void)
{
	struct foo_stat *stat = net_generic(&init_net, foo_stat_id);
//				^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: generic-outside-registration: net_generic(net, foo_stat_id) is used before foo_stat_ops is registered

	seqcount_init(&stat->seq);
	return register_pernet_subsys(&foo_stat_ops);
}

void foo_stat_exit(void)
{
	unregister_pernet_subsys(&foo_stat_ops);
}
`);
  });

  it('an unwinding that looks at what it has just undone', () => {
    check(`
static unsigned int foo_net_id;

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	struct foo_net *fn;
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = genl_register_family(&foo_family);
	if (err)
		goto err_family;
	return 0;

err_family:
	unregister_pernet_subsys(&foo_net_ops);
	fn = net_generic(&init_net, foo_net_id);
//	     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: generic-outside-registration: is used after foo_net_ops is unregistered
	foo_drop_list(&fn->list);
	return err;
}

static void __exit foo_exit(void)
{
	genl_unregister_family(&foo_family);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  describe('in an init callback', () => {
    interface Shape {
      /** How the two are registered, the one whose init uses the other's data first. */
      readonly kinds?: readonly ['subsys' | 'device', 'subsys' | 'device'];
      readonly isLast?: boolean;
      readonly body?: string;
      readonly more?: string;
      /** Why the data is not there yet. */
      readonly why?: string;
    }
    const inList = 'inits run in the order of pernet_list, those of devices last';
    const plain = `	struct bar_net *bn;
	int err;

	err = foo_prepare(net);
	if (err)
		return err;
	bn = net_generic(net, bar_net_id);
	list_add(&net->foo.user, &bn->users);
	return 0;
`;
    const run = (
      { kinds = ['subsys', 'subsys'], isLast = false, body = plain, more = '', why = inList }: Shape,
      isFound = false,
    ): void => {
      const marker = `//				^^^^^^^^^^^ error: generic-outside-registration: foo_net_init() uses net_generic(net, bar_net_id) of bar_net_ops, which has no data there yet: ${why}\n`;
      const all = [`${kinds[0]}(&foo_net_ops)`, `${kinds[1]}(&bar_net_ops)`];
      const [first, second] = isLast ? all.reverse() : all;
      check(`
static unsigned int bar_net_id;
${more}
static int __net_init foo_net_init(struct net *net)
{
${body}}

static struct pernet_operations foo_net_ops = {
${isFound ? marker : ''}	.init = foo_net_init,
};

static int __net_init bar_net_init(struct net *net)
{
	struct bar_net *bn = net_generic(net, bar_net_id);

	INIT_LIST_HEAD(&bn->users);
	return 0;
}

static struct pernet_operations bar_net_ops = {
	.init = bar_net_init,
	.id = &bar_net_id,
	.size = sizeof(struct bar_net),
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_${first};
	if (err)
		return err;
	err = register_pernet_${second};
	if (err)
		unregister_pernet_${first};
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_${second};
	unregister_pernet_${first};
}

module_init(foo_init);
module_exit(foo_exit);
`);
    };

    it('the data of an ops that is registered later', () => {
      run({}, true);
    });

    it('the data of a device ops, in the init of a subsystem, whichever was registered first', () => {
      run({ kinds: ['subsys', 'device'] }, true);
      run({ kinds: ['subsys', 'device'], isLast: true }, true);
    });

    it('the data of a subsystem that is registered after the device: its init runs at once', () => {
      const why = 'register_pernet_device() runs the init of foo_net_ops for the namespaces that exist';
      run({ kinds: ['device', 'subsys'], why }, true);
    });

    it('is quiet about the data of an ops that was registered before', () => {
      run({ isLast: true });
      run({ kinds: ['device', 'subsys'], isLast: true });
    });

    it.each([
      [
        'asks whether there is any',
        '	struct bar_net *bn = net_generic(net, bar_net_id);\n\n	if (bn)\n		bar_hello(bn);\n	return 0;\n',
      ],
      [
        'has another way to succeed',
        '	struct bar_net *bn;\n\n	if (!foo_wants_bar)\n		return 0;\n	bn = net_generic(net, bar_net_id);\n	bar_hello(bn);\n	return 0;\n',
      ],
      [
        'asks for the id',
        '	struct bar_net *bn;\n\n	if (!bar_net_id)\n		return -EAGAIN;\n	bn = net_generic(net, bar_net_id);\n	bar_hello(bn);\n	return 0;\n',
      ],
    ])('is quiet about one that %s', (_, body) => {
      run({ body });
    });

    it('is quiet about one whose getter asks whether there is any data', () => {
      const more = `
static struct bar_net *bar_pernet(struct net *net)
{
	return net_generic(net, bar_net_id);
}

static void bar_hello(struct net *net)
{
	struct bar_net *bn = bar_pernet(net);

	if (!bn)
		return;
	list_add(&net->foo.user, &bn->users);
}
`;
      run({ more, body: '	bar_hello(net);\n	return 0;\n' });
    });
  });

  describe('across modules', () => {
    const run = ({ makefile = 'obj-y += foo.o bar.o\n', level = 'fs_initcall', isFound = false } = {}):
      string | undefined => {
      const marker =
        '//				^^^^^^^^^^^ error: generic-outside-registration: foo_net_init() uses net_generic(net, bar_net_id) of bar_net_ops, which has no data there yet\n';
      const { findings } = check(`
//- net/foo/Makefile
${makefile}//- net/foo/foo.c
static int __net_init foo_net_init(struct net *net)
{
	bar_meet(net);
	return 0;
}

static struct pernet_operations foo_net_ops = {
${isFound ? marker : ''}	.init = foo_net_init,
};

static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}
fs_initcall(foo_init);
//- net/foo/bar.c
static unsigned int bar_net_id;

void bar_meet(struct net *net)
{
	struct bar_net *bn = net_generic(net, bar_net_id);

	bn->users++;
}

static struct pernet_operations bar_net_ops = {
	.init = bar_net_init,
	.id = &bar_net_id,
	.size = sizeof(struct bar_net),
};

static int __init bar_init(void)
{
	return register_pernet_subsys(&bar_net_ops);
}
${level}(bar_init);
`);
      return findings[0]?.related.at(-1)?.message;
    };

    it('the data of what is linked later', () => {
      expect(run({ isFound: true })).toBe(
        'bar_net_ops is registered here, and its data is made after that: foo.c is linked before bar.c ' +
          '(net/foo/Makefile:1), so of two fs_initcalls foo_init() runs first',
      );
    });

    it('the data of what starts at a later level', () => {
      expect(run({ level: 'late_initcall', makefile: 'obj-y += bar.o foo.o\n', isFound: true })).toContain(
        'fs_initcall comes before late_initcall',
      );
    });

    it('is quiet where the order is another, or not known', () => {
      run({ makefile: 'obj-y += bar.o foo.o\n' });
      run({ makefile: 'obj-y += foo.o\n' });
      run({ level: 'core_initcall' });
    });
  });
  it('an id that no ops has, where the ops names another one', () => {
    const ops = (id: string, marks = '', more = ''): string => `
static struct bar_ops foo_bar_ops;
static unsigned int foo_net_id;

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_bar_ops.net_id);
${marks}

	fn->table = kzalloc(64, GFP_KERNEL);
	return fn->table ? 0 : -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_bar_ops.net_id);

	kfree(fn->table);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &${id},
	.size = sizeof(struct foo_net),
};
${more}
static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`;
    check(
      ops(
        'foo_net_id',
        '//			     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: generic-outside-registration: net_generic(net, foo_bar_ops.net_id) is used here, and no ops has that id: foo_net_ops has its data under foo_net_id, which nothing asks for',
      ),
    );
    check(ops('foo_bar_ops.net_id'));
    // Someone sets the other one to it.
    check(ops('foo_net_id', '', 'static void foo_set(void)\n{\n\tfoo_bar_ops.net_id = foo_net_id;\n}\n'));
    // The host of an ops elsewhere gives out the id.
    const attached = ops('foo_net_id').replace(
      '\treturn register',
      '\tint err = bar_attach(&foo_bar_ops.net_id);\n\n\tif (err)\n\t\treturn err;\n\treturn register',
    );
    check(attached);
    check(
      attached
        .replaceAll('foo_bar_ops.net_id', 'foo_bar_id')
        .replace('struct bar_ops foo_bar_ops', 'unsigned int foo_bar_id'),
    );
  });

  describe('an id that is passed on, and no ops has', () => {
    const module = (exit: string, more = '', fields = ''): string => `
static struct foo_action foo_act = {
	.kind = "foo",
	.id = FOO_ID,
};
static unsigned int foo_old_id;
${more}
static void foo_destroy(struct net *net, unsigned int id)
{
	struct foo_net *fn = net_generic(net, id);

	fn->is_going = true;
}

static void foo_destroy_all(struct list_head *list, unsigned int id)
{
	struct net *net;

	list_for_each_entry(net, list, exit_list)
		foo_destroy(net, id);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_act.net_id);

	fn->limit = 64;
	return 0;
}

static void __net_exit foo_net_exit(struct list_head *list)
{
${exit}}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit_batch = foo_net_exit,
	.id = &foo_act.net_id,
	.size = sizeof(struct foo_net),
};
${fields}${registering()}`;
    const found = (id: string): string =>
      `error: generic-outside-registration: foo_destroy_all() asks here for data under ${id}, and no ops has that id: foo_net_ops has its data under foo_act.net_id, which stays as it is, and what foo_net_exit() works on is another one's\n`;
    const passing = (id: string): string => `\tfoo_destroy_all(list, ${id});\n`;

    it.each(['foo_act.id', 'foo_old_id'])('%s', (id) => {
      check(module(`${passing(id)}//	${'^'.repeat(`foo_destroy_all(list, ${id})`.length)} ${found(id)}`));
    });

    const set = (what: string): string => `int foo_set(struct foo_action *act)\n{\n\t${what}\n\treturn 0;\n}\n`;
    const other = (id: string): string =>
      `static struct pernet_operations bar_net_ops = {\n\t.id = &${id},\n\t.size = sizeof(struct foo_net),\n};\n`;
    it.each([
      ['is the own', module(passing('foo_act.net_id'))],
      [
        'somebody sets',
        module(passing('foo_act.id')).replace(
          '\tfn->limit = 64;',
          '\tif (!foo_act.id)\n\t\tfoo_act.id = bar_attach();\n\tfn->limit = 64;',
        ),
      ],
      ['somebody else gives out', module(passing('foo_old_id'), set('bar_attach(&foo_old_id);'))],
      ['is another one of two', module(passing('foo_act.net_id') + passing('foo_act.id'))],
      [
        'other ops of such things have',
        module(passing('foo_act.id'), '', `static struct foo_action bar_act;\n${other('bar_act.id')}`),
      ],
      ['a table names', module(passing('foo_old_id'), 'static unsigned int *foo_ids[] = { &foo_old_id };\n')],
      ['lies elsewhere', module(passing('foo_act.id')).replace('static struct foo_action', 'struct foo_action')],
      [
        'is set by who is passed what it lies in',
        module(passing('foo_act.peer_id'), 'void foo_attach(void)\n{\n\tbar_attach(&foo_act);\n}\n'),
      ],
      ['is a local', module(`\tunsigned int foo_old_id = foo_act.net_id;\n\n${passing('foo_old_id')}`)],
    ])('is quiet about one that %s', (_, text) => {
      check(text);
    });

    it('is quiet about a number that is no id', () => {
      check(
        module('\tfoo_destroy_all(list, foo_act.net_id);\n\tfoo_done(list, foo_act.id);\n').replace(
          'static int __net_init',
          'static void foo_done(struct list_head *list, unsigned int id)\n{\n\tpr_info("%u\\n", id);\n}\n\nstatic int __net_init',
        ),
      );
    });
  });
});

import { describe, expect, it } from 'vitest';
import { analyseFiles, check } from '../check.ts';
import { parseFixture } from '../fixture.ts';
import { registering } from '../registering.ts';

const makers = `
static struct foo_tab *foo_tab_make(void)
{
	struct foo_tab *t = kzalloc(sizeof(*t), GFP_KERNEL);

	if (!t)
		return ERR_PTR(-ENOMEM);
	t->n = 1;
	return t;
}

static struct foo_tab *foo_ring_make(void)
{
	struct foo_tab *t;

	t = kzalloc(sizeof(*t), GFP_KERNEL);
	if (t)
		t->n = 1;
	return t;
}

static struct foo_tab *foo_any_make(int err)
{
	struct foo_tab *t;

	if (foo_is_off())
		return NULL;
	t = kzalloc(sizeof(*t), GFP_KERNEL);
	return t ? t : ERR_PTR(-ENOMEM);
}
`;

const ops = `
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

const exit = `
static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	kfree(fn->tab);
}
`;

/** An init that makes one table, and what gives it back. */
function making(call: string, test: string, more = ''): string {
  return `
static unsigned int foo_net_id;
${makers}
${more}
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->tab = ${call};
	${test}
	return 0;
}
${exit}${ops}`;
}

/** What is said of tests that do not see a failure; the failures themselves may leave more than is looked at here. */
function mistaken(fixture: string): string[] {
  const { findings } = analyseFiles(parseFixture(fixture));
  return findings.flatMap(({ message }) => (message.includes(' does not see') ? [message] : []));
}

describe('pernet/error-lost: a test that does not see the failure', () => {
  it('NULL, where a helper gives an error pointer', () => {
    check(
      making(
        'foo_tab_make()',
        `if (!fn->tab)
//	    ^^^^^^^^ error: error-lost: if foo_tab_make() fails, it returns an error pointer, which \`!fn->tab\` does not see: foo_net_init() goes on and returns 0, and the namespace lives on with an error pointer
		return -ENOMEM;`,
      ),
    );
  });

  it('an error pointer, where a helper or the kernel gives NULL', () => {
    check(
      making(
        'foo_ring_make()',
        `if (IS_ERR(fn->tab))
//	    ^^^^^^^^^^^^^^^ error: error-lost: if foo_ring_make() fails, it returns NULL, which \`IS_ERR(fn->tab)\` does not see
		return PTR_ERR(fn->tab);`,
      ),
    );
    check(
      making(
        'kzalloc(64, GFP_KERNEL)',
        `if (unlikely(IS_ERR(fn->tab)))
//	    ^^^^^^^^^^^^^^^^^^^^^^^^^ error: error-lost: if kzalloc() fails, it returns NULL
		return PTR_ERR(fn->tab);`,
      ),
    );
  });

  it('NULL, where the kernel gives an error pointer, in what init calls', () => {
    check(`
static unsigned int foo_net_id;

static int foo_thread_start(struct foo_net *fn)
{
	fn->task = kthread_run(foo_thread, fn, "foo");
	if (!fn->task)
//	    ^^^^^^^^^ error: error-lost: if kthread_run() fails, it returns an error pointer, which \`!fn->task\` does not see: foo_thread_start() goes on, foo_net_init() goes on and returns 0
		return -ENOMEM;
	return 0;
}

static int __net_init foo_net_init(struct net *net)
{
	return foo_thread_start(net_generic(net, foo_net_id));
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	kthread_stop(fn->task);
}
${ops}`);
  });

  it('not where it may give either, where both are asked for, or where someone else asks', () => {
    for (const [call, test, more] of [
      ['foo_any_make(0)', 'if (!fn->tab)\n\t\treturn 0;'],
      ['foo_any_make(0)', 'if (IS_ERR(fn->tab))\n\t\treturn PTR_ERR(fn->tab);'],
      ['foo_tab_make()', 'if (IS_ERR_OR_NULL(fn->tab))\n\t\treturn -ENOMEM;'],
      ['foo_tab_make()', 'if (!fn->tab)\n\t\treturn -ENODEV;\n\tif (IS_ERR(fn->tab))\n\t\treturn PTR_ERR(fn->tab);'],
      ['foo_ring_make()', 'if (IS_ERR(fn->tab))\n\t\treturn -EIO;\n\tif (!fn->tab)\n\t\treturn -ENOMEM;'],
      ['foo_ring_make()', 'return fn->tab ? 0 : -ENOMEM;'],
      ['foo_tab_make()', 'return PTR_ERR_OR_ZERO(fn->tab);'],
      [
        'foo_ring_make()',
        'if (IS_ERR(fn->tab))\n\t\treturn -EIO;\n\tif (foo_start(fn)) {\n\t\tkfree(fn->tab);\n\t\treturn -EIO;\n\t}',
        'static int foo_start(struct foo_net *fn)\n{\n\tif (!fn->tab)\n\t\treturn -ENOMEM;\n\treturn 0;\n}\n',
      ],
    ] as const)
      check(making(call, test, more));
    const directory = making('debugfs_create_dir("foo", NULL)', 'if (!fn->tab)\n\t\treturn -ENOMEM;');
    check(directory.replace('kfree(fn->tab)', 'debugfs_remove(fn->tab)'));
  });

  const none = 'if (!fn->tab)\n\t\treturn -ENOMEM;\n\t';
  const isBad = 'static inline bool foo_is_bad(struct foo_tab *t)\n{\n\treturn IS_ERR(t);\n}\n';
  it.each([
    [
      'a helper that returns what it asks',
      'foo_tab_make()',
      `${none}if (foo_is_bad(fn->tab))\n\t\treturn -EIO;`,
      isBad,
    ],
    [
      'a helper of a helper',
      'foo_tab_make()',
      `${none}return foo_put_in(fn);`,
      `static int foo_put_in2(struct foo_net *fn)
{
	struct foo_tab *t = fn->tab;

	if (IS_ERR(t))
		return PTR_ERR(t);
	return 0;
}

static int foo_put_in(struct foo_net *fn)
{
	return foo_put_in2(fn);
}
`,
    ],
    ['who is not read', 'foo_tab_make()', `${none}return foo_core_attach(net, fn->tab);`, ''],
    [
      'a macro, of the number',
      'foo_tab_make()',
      `err = PTR_ERR(fn->tab);\n\t${none}if (foo_is_err(err))\n\t\treturn err;`,
      '#define foo_is_err(e) ((e) < 0 && (e) >= -MAX_ERRNO)\n',
    ],
    [
      'a choice of numbers',
      'foo_tab_make()',
      `${none}switch (PTR_ERR(fn->tab)) {\n\tcase -ENOMEM:\n\t\treturn -ENOMEM;\n\t}`,
      '',
    ],
    [
      'a choice of kept numbers',
      'foo_tab_make()',
      `${none}err = PTR_ERR(fn->tab);\n\tswitch (err) {\n\tcase -ENOMEM:\n\t\treturn err;\n\t}`,
      '',
    ],
    ['an old name', 'foo_tab_make()', `${none}return PTR_RET(fn->tab);`, ''],
    [
      'a macro',
      'foo_ring_make()',
      'if (IS_ERR(fn->tab))\n\t\treturn -EIO;\n\tif (ZERO_OR_NULL_PTR(fn->tab))\n\t\treturn -ENOMEM;',
      '',
    ],
    [
      'a comparison',
      'foo_tab_make()',
      `${none}if ((unsigned long)fn->tab >= (unsigned long)-MAX_ERRNO)\n\t\treturn -EIO;`,
      '',
    ],
    [
      'nobody, since it cannot fail',
      'kzalloc(64, GFP_KERNEL | __GFP_NOFAIL)',
      'if (IS_ERR(fn->tab))\n\t\treturn -EIO;',
      '',
    ],
    [
      'all who use it, by a getter',
      'foo_tab_make()',
      none,
      `static struct foo_tab *foo_tab_of(struct foo_net *fn)
{
	struct foo_tab *t = fn->tab;

	return IS_ERR(t) ? NULL : t;
}
`,
    ],
    [
      'the exit, for NULL',
      'foo_ring_make()',
      'if (IS_ERR(fn->tab))\n\t\treturn -EIO;',
      'static int foo_get(struct foo_net *fn)\n{\n\treturn fn->tab ? fn->tab->n : 0;\n}\n',
    ],
  ])('not where %s asks', (_, call, test, more) => {
    expect(mistaken(making(call, test, more))).toEqual([]);
  });

  it('of a number that nobody asks for, or that is of something else', () => {
    const given = 'if (!fn->tab)\n\t\treturn PTR_ERR(fn->tab);\n\t';
    expect(mistaken(making('foo_tab_make()', given))).toHaveLength(1);
    const late =
      'if (!fn->tab) {\n\t\terr = PTR_ERR(fn->tab);\n\t\treturn err;\n\t}\n\terr = foo_start(fn);\n\tif (err)\n\t\treturn err;\n\t';
    expect(mistaken(making('foo_tab_make()', late))).toHaveLength(1);
  });

  it('not of a number, whatever its function calls', () => {
    const helper = `static int foo_id_get(void)
{
	struct foo_tab *t = foo_tab_make();

	if (IS_ERR(t))
		return -ENOMEM;
	kfree(t);
	return 1;
}
`;
    expect(mistaken(making('foo_id_get()', none, helper))).toEqual([]);
  });
});

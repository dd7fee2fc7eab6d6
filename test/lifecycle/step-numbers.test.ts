import { describe, expect, it } from 'vitest';
import { analyseFiles, check } from '../check.ts';
import { parseFixture } from '../fixture.ts';
import { registering } from '../registering.ts';

const head = `
static struct kmem_cache *foo_cache;

static void __net_exit foo_net_exit(struct net *net)
{
	foo_forget(net);
}

static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
};
`;

const tail = `
module_init(foo_init);
module_exit(foo_exit);
`;

/** A module that goes through its steps by number, up and down, in functions of their own; \`last\` is the first to undo. */
const inSteps = (last: string, marker = ''): string => `${head}
#define FOO_STEPS 3

static int foo_up(int step)
{
	switch (step) {
	case 0:
		foo_cache = kmem_cache_create("foo", 32, 0, 0, NULL);
		return foo_cache ? 0 : -ENOMEM;
	case 1:
		return register_pernet_subsys(&foo_net_ops);
	case 2:
		return register_netdevice_notifier(&foo_nb);
	default:
		return -EINVAL;
	}
}

static void foo_down(int from)
{
	int step;

	for (step = from; step >= 0; step--) {
		switch (step) {
		case 2:
			unregister_netdevice_notifier(&foo_nb);
			break;
		case 1:
			unregister_pernet_subsys(&foo_net_ops);
			break;
		case 0:
			kmem_cache_destroy(foo_cache);
			break;
		}
	}
}

static int __init foo_init(void)
{
	int step, err;

	for (step = 0; step < FOO_STEPS; step++) {
		err = foo_up(step);
		if (err) {
			foo_down(${last});
			return err;
${marker}		}
	}
	return 0;
}

static void __exit foo_exit(void)
{
	foo_down(FOO_STEPS - 1);
}
${tail}`;

/** The same within one function; \`count\` is how many steps there are. */
const inOne = (count: string, declared: string): string => `${head}${declared}
static int __init foo_init(void)
{
	int step, err = 0;

	for (step = 0; step < ${count}; step++) {
		switch (step) {
		case 0:
			foo_cache = kmem_cache_create("foo", 32, 0, 0, NULL);
			err = foo_cache ? 0 : -ENOMEM;
			break;
		case 1:
			err = register_pernet_subsys(&foo_net_ops);
			break;
		case 2:
			err = register_netdevice_notifier(&foo_nb);
			break;
		}
		if (err)
			goto undo;
	}
	return 0;

undo:
	while (--step >= 0) {
		switch (step) {
		case 1:
			unregister_pernet_subsys(&foo_net_ops);
			break;
		case 0:
			kmem_cache_destroy(foo_cache);
			break;
		}
	}
	return err;
}

static void __exit foo_exit(void)
{
	unregister_netdevice_notifier(&foo_nb);
	unregister_pernet_subsys(&foo_net_ops);
	kmem_cache_destroy(foo_cache);
}
${tail}`;

describe('steps that a loop goes through by number', () => {
  it('are undone from the one before', () => {
    check(inSteps('step - 1'));
  });

  it('are not all undone where it begins one too low', () => {
    check(
      inSteps(
        'step - 2',
        `//			^^^^^^^^^^^ error: left-behind-on-error: if register_pernet_subsys() fails, foo_init() returns an error and leaves the slab cache foo_cache behind
//			^^^^^^^^^^^ error: left-registered-on-error: if register_netdevice_notifier() fails, foo_init() returns an error with foo_net_ops still registered
`,
      ),
    );
  });

  it.each([
    ['3', ''],
    ['FOO_STEPS', '\nenum {\n\tFOO_CACHE, /* first */\n\tFOO_OPS,\n\tFOO_NB = 2,\n\tFOO_STEPS\n};\n'],
  ])('are followed within one function, up to %s', (count, declared) => {
    check(inOne(count, declared));
  });

  it('are not guessed at where the first is not known', () => {
    const { findings, notAnalysed } = analyseFiles(
      parseFixture(inOne('3', '').replace('step = 0', 'step = foo_first()')),
    );
    expect(findings).toEqual([]);
    expect(notAnalysed.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('chooses by a number that its loop counts and that is not known'),
    ]);
  });
});

/** A module that takes back what it has done from a step on that it names. */
const from = (step: string, declared: string, marker = ''): string => `${head}${declared}
static void foo_undo(int step)
{
	switch (step) {
	case FOO_DONE:
		genl_unregister_family(&foo_family);
		fallthrough;
	case FOO_GENL:
		unregister_netdevice_notifier(&foo_nb);
		fallthrough;
	case FOO_NB:
		unregister_pernet_subsys(&foo_net_ops);
		fallthrough;
	case FOO_OPS:
		break;
	}
}

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = register_netdevice_notifier(&foo_nb);
	if (err) {
		foo_undo(${step});
		return err;
${marker}	}
	err = genl_register_family(&foo_family);
	if (err)
		foo_undo(FOO_GENL);
	return err;
}

static void __exit foo_exit(void)
{
	foo_undo(FOO_DONE);
}
${tail}`;

describe('a function that is told from which step on to undo', () => {
  it.each([
    ['of the file itself', '\nenum { FOO_OPS, FOO_NB, FOO_GENL, FOO_DONE };\n'],
    ['from elsewhere', ''],
  ])('undoes those, the name being one %s', (_, declared) => {
    check(from('FOO_NB', declared));
  });

  it('undoes nothing from the first one on', () => {
    check(
      from(
        'FOO_OPS',
        '',
        '//		^^^^^^^^^^^ error: left-registered-on-error: if register_netdevice_notifier() fails, foo_init() returns an error with foo_net_ops still registered\n',
      ),
    );
  });
});

/** A module that notes in a bitmap what it has done. */
const noted = (noting: string, marker = ''): string => `${head}
static unsigned long foo_done;

static void foo_undo(void)
{
	if (test_and_clear_bit(FOO_PROTO, &foo_done))
		proto_unregister(&foo_proto);
	if (test_and_clear_bit(FOO_NB, &foo_done))
		unregister_netdevice_notifier(&foo_nb);
	if (test_and_clear_bit(FOO_OPS, &foo_done))
		unregister_pernet_subsys(&foo_net_ops);
}

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		goto undo;
	${noting}
	err = register_netdevice_notifier(&foo_nb);
	if (err)
		goto undo;
${marker}	set_bit(FOO_NB, &foo_done);
	err = proto_register(&foo_proto, 1);
	if (err)
		goto undo;
	set_bit(FOO_PROTO, &foo_done);
	return 0;

undo:
	foo_undo();
	return err;
}

static void __exit foo_exit(void)
{
	foo_undo();
}
${tail}`;

describe('a bitmap of what was done', () => {
  it('says what to undo', () => {
    check(noted('set_bit(FOO_OPS, &foo_done);'));
  });

  it('says so where a bit is cleared again', () => {
    check(
      noted(
        'clear_bit(FOO_OPS, &foo_done);',
        '//		^^^^^^^^^^ error: left-registered-on-error: if register_netdevice_notifier() fails, foo_init() returns an error with foo_net_ops still registered\n',
      ).replace('	foo_undo();\n}\n', '	foo_undo();\n	unregister_pernet_subsys(&foo_net_ops);\n}\n'),
    );
  });
});

describe('steps that a member of the namespace counts', () => {
  const module = (last: string, marker = ''): string => `
static unsigned int foo_net_id;
static DEFINE_IDA(foo_ida);

static int foo_make(struct foo_net *fn, int what)
{
	switch (what) {
	case 0:
		fn->slot = ida_alloc(&foo_ida, GFP_KERNEL);
		return fn->slot < 0 ? fn->slot : 0;
	case 1:
		fn->bits = bitmap_alloc(128, GFP_KERNEL);
		return fn->bits ? 0 : -ENOMEM;
	}
	return -EINVAL;
}

static void foo_unmake(struct foo_net *fn, int what)
{
	switch (what) {
	case 1:
		bitmap_free(fn->bits);
		break;
	case 0:
		${last}
		break;
	}
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int err;

	for (fn->made = 0; fn->made < 2; fn->made++) {
		err = foo_make(fn, fn->made);
		if (err)
			goto undo;
	}
	return 0;

undo:
	while (fn->made > 0)
		foo_unmake(fn, --fn->made);
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
${marker}{
	struct foo_net *fn = net_generic(net, foo_net_id);

	while (fn->made > 0)
		foo_unmake(fn, --fn->made);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

  it('are undone as far as that says, which is not known', () => {
    check(module('ida_free(&foo_ida, fn->slot);'));
  });

  it('are not where no step does it', () => {
    check(module('foo_forget(fn->slot);', '//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves number\n'));
  });
});

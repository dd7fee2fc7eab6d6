import { describe, expect, it } from 'vitest';
import { bootedTree, type BootedTree } from '../../src/engine/boot.ts';
import { loadNative } from '../../src/syntax/index.ts';

const parser = await loadNative();

const procHeader = `#ifdef CONFIG_PROC_FS
struct proc_dir_entry *proc_create_net_data(const char *name, void *data);
#define proc_create_net(name, data) proc_create_net_data(name, data)
#else
#define proc_create_net(name, data) ({NULL;})
static inline struct proc_dir_entry *proc_net_mkdir(struct net *net) { return NULL; }
#endif
`;

/** A tree of one folder `net/` whose files are linked in the order given; `init/main.c` comes first. */
function boot(files: Record<string, string>, config = 'CONFIG_NET=y\n'): BootedTree {
  const objects = Object.keys(files).filter((file) => /^net\/[\w-]+\.c$/.test(file));
  const all: Record<string, string> = {
    Kbuild: 'obj-y += init/\nobj-$(CONFIG_NET) += net/\n',
    'init/Makefile': 'obj-y := main.o\n',
    'init/main.c': 'void start_kernel(void)\n{\n\tnet_ns_init();\n}\n',
    'net/Makefile': `obj-y := ${objects.map((file) => file.slice(4).replace('.c', '.o')).join(' ')}\n`,
    'include/linux/proc_fs.h': procHeader,
    ...files,
  };
  const read = (file: string): Buffer | undefined => (all[file] === undefined ? undefined : Buffer.from(all[file]));
  return bootedTree(parser, read, { text: `${config}CONFIG_NET_NS=y\n` });
}

const names = (booted: BootedTree): string[] => booted.order.map(({ ops }) => ops);

/** A file that registers one ops in one initcall. */
function one(name: string, initcall = 'module_init', extra = ''): string {
  return `static struct pernet_operations ${name}_ops = { .init = ${name}_net_init, .id = &${name}_id, };
static int __init ${name}_init(void)
{
	return register_pernet_subsys(&${name}_ops);
}
${initcall}(${name}_init);
${extra}`;
}

describe('the order of initcalls', () => {
  it('goes by level, then by link order, then by place in the file', () => {
    const booted = boot({
      'net/late.c': one('late', 'late_initcall'),
      'net/dev.c': one('dev', '__initcall'),
      'net/mod.c': one('mod'),
      'net/sync.c': one('sync', 'subsys_initcall_sync'),
      'net/subsys.c': one('subsys', 'subsys_initcall'),
      'net/core.c': one('core', 'core_initcall'),
      'net/pure.c': one('pure', 'pure_initcall'),
      'net/two.c': `${one('b', 'fs_initcall')}${one('a', 'fs_initcall')}`,
      'net/early.c': one('early', 'early_initcall'),
      'net/rootfs.c': one('rootfs', 'rootfs_initcall'),
    });
    expect(names(booted).map((name) => name.replace('_ops', ''))).toEqual([
      'early',
      'pure',
      'core',
      'subsys',
      'sync',
      'b',
      'a',
      'rootfs',
      'dev',
      'mod',
      'late',
    ]);
    expect(booted.order.find(({ ops }) => ops === 'mod_ops')).toEqual({
      ops: 'mod_ops',
      kind: 'subsys',
      level: 'device_initcall',
      initcall: 'mod_init',
      caller: 'mod_init',
      file: 'net/mod.c',
      line: 1,
      registered: { file: 'net/mod.c', line: 4 },
      id: 12,
    });
    expect(booted.unresolved).toEqual([]);
  });

  it('starts with what start_kernel() calls, and puts device ops behind first_device', () => {
    const booted = boot({
      'net/a.c': `static struct pernet_operations dev_ops, sub_ops;
static int __init a_init(void)
{
	register_pernet_device(&dev_ops);
	return register_pernet_subsys(&sub_ops);
}
core_initcall(a_init);
`,
      'net/ns.c': `static struct pernet_operations ns_ops = { .init = ns_init };
void __init net_ns_init(void)
{
	if (register_pernet_subsys(&ns_ops))
		panic("no");
}
`,
    });
    expect(names(booted)).toEqual(['ns_ops', 'sub_ops', 'dev_ops']);
    expect(booted.firstDevice).toBe(2);
    expect(booted.order[0]).toMatchObject({ level: 'start_kernel', caller: 'net_ns_init' });
  });

  it('leaves out what is off, and what is a module', () => {
    const makefile = 'obj-$(CONFIG_A) += a.o\nobj-$(CONFIG_B) += b.o\nobj-$(CONFIG_C) += c.o\nc-y := c1.o\n';
    const files = { 'net/a.c': one('a'), 'net/b.c': one('b'), 'net/c1.c': one('c'), 'net/Makefile': makefile };
    expect(names(boot(files, 'CONFIG_NET=y\nCONFIG_A=y\nCONFIG_B=m\nCONFIG_C=y\n'))).toEqual(['a_ops', 'c_ops']);
    expect(names(boot(files, 'CONFIG_A=y\n'))).toEqual([]);
  });
});

describe('what an initcall reaches', () => {
  it('is registered in the order of the calls, across files, with the ops that are passed on', () => {
    const booted = boot({
      'net/helper.c': `int register_action(struct pernet_operations *ops)
{
	int ret;

	if (!ops)
		return -EINVAL;
	ret = register_pernet_subsys(ops);
	return ret;
}
`,
      'net/b.c': `static struct pernet_operations x_ops = { .exit = b_exit };
int b_register(void)
{
	return register_action(&x_ops);
}
`,
      'net/a.c': `static struct pernet_operations x_ops = { .exit = a_exit };
static int __init a_init(void)
{
	int err = b_register();

	if (err)
		goto out;
	err = register_action(&x_ops);
out:
	return err;
}
fs_initcall(a_init);
`,
    });
    expect(booted.order.map(({ ops, file, caller }) => [ops, file, caller])).toEqual([
      ['x_ops', 'net/b.c', 'register_action'],
      ['x_ops', 'net/a.c', 'register_action'],
    ]);
  });

  it('is decided by the configuration: #if, IS_ENABLED(), IS_BUILTIN(), stubs', () => {
    const files = {
      'net/a.h':
        '#if IS_ENABLED(CONFIG_A)\nint a_start(void);\n#else\nstatic inline int a_start(void)\n{\n\treturn -EOPNOTSUPP;\n}\n#endif\n',
      'net/a.c': `#include "a.h"
static struct pernet_operations one_ops, two_ops, three_ops, four_ops;
static int __init a_init(void)
{
#ifdef CONFIG_ONE
	register_pernet_subsys(&one_ops);
#endif
	if (IS_ENABLED(CONFIG_TWO))
		register_pernet_subsys(&two_ops);
	if (IS_BUILTIN(CONFIG_TWO))
		register_pernet_subsys(&three_ops);
	if (a_start())
		return 0;
	return register_pernet_subsys(&four_ops);
}
device_initcall(a_init);
`,
    };
    expect(names(boot(files, 'CONFIG_NET=y\nCONFIG_ONE=y\nCONFIG_TWO=m\n'))).toEqual(['one_ops', 'two_ops']);
    expect(names(boot(files, 'CONFIG_NET=y\nCONFIG_TWO=y\nCONFIG_A=y\n'))).toEqual([
      'two_ops',
      'three_ops',
      'four_ops',
    ]);
  });

  it('takes what is called elsewhere to succeed', () => {
    const booted = boot({
      'net/a.c': `static struct pernet_operations a_ops;
static struct workqueue_struct *wq;
static bool found(void)
{
	return lookup_elsewhere() != NULL;
}
static int __init a_init(void)
{
	struct foo *foo = kzalloc(4, GFP_KERNEL);
	int err;

	wq = alloc_workqueue("a");
	if (!foo || !wq)
		return -ENOMEM;
	err = sock_register(&family);
	if (err < 0 || IS_ERR(start()))
		goto out;
	if (found())
		return -EEXIST;
	for (err = 0; err < 4; err++)
		set_up(err);
	list_for_each_entry(foo, &all, list) {
		if (foo->bad)
			return -EINVAL;
	}
	if (WARN_ON(register_pernet_subsys(&a_ops)))
		return -EBUSY;
	return 0;
out:
	kfree(foo);
	return err;
}
module_init(a_init);
`,
    });
    expect(names(booted)).toEqual(['a_ops']);
    expect(booted.unresolved).toEqual([]);
  });

  it('says what nothing in the tree decides', () => {
    const booted = boot({
      'net/a.c': `static struct pernet_operations a_ops, b_ops;
static int __init a_init(void)
{
	if (boot_params.hdr.flag == 2)
		register_pernet_subsys(&a_ops);
	return register_pernet_subsys(&b_ops);
}
module_init(a_init);
`,
    });
    expect(names(booted)).toEqual(['b_ops']);
    expect(booted.unresolved).toEqual([
      expect.objectContaining({
        ops: 'a_ops',
        file: 'net/a.c',
        line: 1,
        reason: expect.stringContaining('boot_params.hdr.flag == 2') as string,
      }),
    ]);
  });

  it('takes a switch to be as it starts', () => {
    const file = (on: string): string => `#define OFF 0
#define ON 1
static int enabled${on};
static struct pernet_operations a_ops;
static int __init a_init(void)
{
	if (enabled == OFF)
		return 0;
	return register_pernet_subsys(&a_ops);
}
module_init(a_init);
`;
    expect(names(boot({ 'net/a.c': file('') }))).toEqual([]);
    expect(names(boot({ 'net/a.c': file(' __read_mostly = ON') }))).toEqual(['a_ops']);
    expect(names(boot({ 'net/a.c': file(' = IS_ENABLED(CONFIG_ON)') }, 'CONFIG_NET=y\nCONFIG_ON=y\n'))).toEqual([
      'a_ops',
    ]);
  });
});

describe('a switch that another folder defines', () => {
  it('is as it starts there, unless it is static', () => {
    const user = `extern int disabled;
static struct pernet_operations a_ops;
static int __init a_init(void)
{
	if (disabled)
		return 0;
	return register_pernet_subsys(&a_ops);
}
module_init(a_init);
`;
    const order = (definition: string): BootedTree =>
      boot({
        'net/Makefile': 'obj-y := six/ four/\n',
        'net/six/Makefile': 'obj-y := a.o\n',
        'net/four/Makefile': 'obj-y := b.o\n',
        'net/six/a.c': user,
        'net/four/b.c': definition,
      });
    expect(names(order('int disabled;\n'))).toEqual(['a_ops']);
    expect(names(order('int disabled = 1;\n'))).toEqual([]);
    expect(order('static int disabled;\n').unresolved.map(({ ops }) => ops)).toEqual(['a_ops']);
  });
});

describe('a registration that fails', () => {
  const files = {
    'net/a.c': `#include <linux/proc_fs.h>
static struct pernet_operations first_ops = { .id = &first_id };
static int __net_init a_net_init(struct net *net)
{
	struct a_net *an = net_generic(net, a_id);

	if (!an)
		return -ENOENT;
	if (!proc_create_net("a", an))
		return -ENOMEM;
	return 0;
}
static struct pernet_operations a_ops = { .init = a_net_init, .id = &a_id };
static int __init a_init(void)
{
	int err;

	err = register_pernet_subsys(&first_ops);
	if (err)
		return err;
	err = register_pernet_subsys(&a_ops);
	if (err)
		goto unregister;
	return 0;
unregister:
	unregister_pernet_subsys(&first_ops);
	return err;
}
fs_initcall(a_init);
`,
    'net/b.c': one('b'),
  };

  it('is told from the configuration, with what its caller does then; its id goes to the next', () => {
    const without = boot(files);
    expect(without.order.map(({ ops, id }) => [ops, id])).toEqual([['b_ops', 3]]);
    expect(without.notRegistered.map(({ ops, reason }) => [ops, reason])).toEqual([
      ['first_ops', 'a_init() unregisters it again (net/a.c:26)'],
      ['a_ops', 'a_net_init() fails for init_net with -ENOMEM in this configuration'],
    ]);
    expect(names(boot(files, 'CONFIG_NET=y\nCONFIG_PROC_FS=y\n'))).toEqual(['first_ops', 'a_ops', 'b_ops']);
  });

  it('is told of helpers in other files of the folder too', () => {
    const helper = `#include <linux/proc_fs.h>
int a_proc_init(struct net *net)
{
	int err = look_elsewhere(net);

	if (err)
		return err;
	return proc_net_mkdir(net) == NULL ? -EIO : 0;
}
`;
    const main = `static int a_net_init(struct net *net)
{
	int err = -ENOMEM;

	err = a_proc_init(net);
	if (err < 0)
		goto out;
	return 0;
out:
	return err;
}
static struct pernet_operations a_ops = { .init = a_net_init };
static int __init a_init(void)
{
	return register_pernet_subsys(&a_ops);
}
module_init(a_init);
`;
    const tree = { 'net/main.c': main, 'net/helper.c': helper };
    expect(names(boot(tree))).toEqual([]);
    expect(names(boot(tree, 'CONFIG_NET=y\nCONFIG_PROC_FS=y\n'))).toEqual(['a_ops']);
  });
});

describe('what an initcall undoes', () => {
  it('is followed into other files of the folder', () => {
    const main = `static int __init a_init(void)
{
	int err = a_loop_init();

	if (err)
		return err;
	err = a_proc_init();
	if (err)
		goto out;
	return 0;
out:
	a_stop();
	return err;
}
module_init(a_init);
`;
    const loop = `static struct pernet_operations a_ops;
int a_loop_init(void)
{
	return register_pernet_device(&a_ops);
}
void a_loop_exit(void)
{
	unregister_pernet_device(&a_ops);
}
`;
    const stop = 'void a_stop(void)\n{\n\ta_loop_exit();\n}\n';
    const proc = `#include <linux/proc_fs.h>
int a_proc_init(void)
{
	if (!proc_net_mkdir(&init_net))
		return -ENOMEM;
	return 0;
}
`;
    const files = { 'net/main.c': main, 'net/loop.c': loop, 'net/stop.c': stop, 'net/proc.c': proc };
    const without = boot(files);
    expect([names(without), without.notRegistered.map(({ ops, reason }) => [ops, reason])]).toEqual([
      [],
      [['a_ops', 'a_loop_exit() unregisters it again (net/loop.c:8)']],
    ]);
    expect(names(boot(files, 'CONFIG_NET=y\nCONFIG_PROC_FS=y\n'))).toEqual(['a_ops']);
  });
});

describe('security modules', () => {
  const lsm = (name: string, flags: string, start = ''): string => `static int ${name}_enabled __initdata = 1;
static struct pernet_operations ${name}_ops;
static int __init ${name}_init(void)
{
	${start}
	return 0;
}
DEFINE_LSM(${name}) = {
	.name = "${name}",
	.flags = ${flags},
	.enabled = &${name}_enabled,
	.init = ${name}_init,
};
static int __init ${name}_nf_init(void)
{
	if (!${name}_enabled)
		return 0;
	return register_pernet_subsys(&${name}_ops);
}
__initcall(${name}_nf_init);
`;
  const files = {
    'net/one.c': lsm('one', 'LSM_FLAG_LEGACY_MAJOR | LSM_FLAG_EXCLUSIVE'),
    'net/two.c': lsm('two', 'LSM_FLAG_LEGACY_MAJOR | LSM_FLAG_EXCLUSIVE'),
    'net/small.c': lsm('small', '0'),
  };

  it.each([
    ['one,two,small', ['one_ops', 'small_ops']],
    ['small,two,one', ['two_ops', 'small_ops']],
    ['two', ['two_ops']],
    ['', []],
  ])('CONFIG_LSM="%s"', (order, expected) => {
    const booted = boot(files, `CONFIG_NET=y\nCONFIG_SECURITY=y\nCONFIG_LSM="${order}"\n`);
    expect(names(booted)).toEqual(expected);
    const others = ['one_ops', 'small_ops', 'two_ops'].filter((name) => !expected.includes(name));
    expect(booted.notRegistered.map(({ ops, reason }) => [ops, reason])).toEqual(
      others.map((name) => [name, 'no call that registers it is reached in this configuration']),
    );
  });

  // Since Linux 6.19 the records have initcalls of their own (security/lsm_init.c).
  const later = (name: string): string => `static struct pernet_operations ${name}_ops;
int __init ${name}_setup(void)
{
	return register_pernet_subsys(&${name}_ops);
}
DEFINE_LSM(${name}) = {
	.flags = LSM_FLAG_LEGACY_MAJOR,
	.init = ${name}_init,
	.initcall_fs = ${name}_fs,
#ifdef CONFIG_NETFILTER
	.initcall_device = ${name}_setup,
#endif
};
`;
  const runner = `static int __init security_initcall_device(void)
{
	return lsm_initcall(device);
}
device_initcall(security_initcall_device);
`;
  const early = `static struct pernet_operations early_ops;
static int __init early_init(void)
{
	return register_pernet_subsys(&early_ops);
}
module_init(early_init);
`;

  it.each([
    ['one,two', ['early_ops', 'one_ops', 'two_ops', 'after_ops']],
    ['two,one', ['early_ops', 'two_ops', 'one_ops', 'after_ops']],
    ['two', ['early_ops', 'two_ops', 'after_ops']],
  ])('with initcalls of their own, CONFIG_LSM="%s"', (order, expected) => {
    const booted = boot(
      {
        'net/a.c': early,
        'net/lsm_init.c': runner,
        'net/one.c': later('one'),
        'net/two.c': later('two'),
        'net/z.c': early.replaceAll('early', 'after'),
      },
      `CONFIG_NET=y\nCONFIG_SECURITY=y\nCONFIG_NETFILTER=y\nCONFIG_LSM="${order}"\n`,
    );
    expect(names(booted)).toEqual(expected);
  });
});

import { describe, expect, it } from 'vitest';
import { check, rulesMended } from '../check.ts';
import { registering } from '../registering.ts';

describe('pernet/id-without-size', () => {
  it('an id that comes to nothing', () => {
    const { findings } = check(`
static unsigned int foo_net_id __read_mostly;

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id   = &foo_net_id,
//	^^^^^^^^^^^^^^^^^^^ warning: id-without-size: an id is taken, but no data is allocated
};
${registering()}`);
    const { events, failing } = findings[0]!.witness;
    expect(events[failing!]).toMatchObject({ event: 'init', ops: 'foo_net_ops' });
  });

  it('a kernel that refuses it', () => {
    const { findings } = check(
      `
static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
	.id   = &foo_net_id,
//	^^^^^^^^^^^^^^^^^^^ warning: id-without-size: this kernel refuses to register it (-EINVAL)
};
${registering()}`,
      { dialect: '6.12' },
    );
    const { events, failing } = findings[0]!.witness;
    expect(events[failing!]).toMatchObject({ event: 'return', call: 'register_pernet_subsys', ret: -22 });
  });

  it('a size that an #ifdef leaves out', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id   = &foo_net_id,
//	^^^^^^^^^^^^^^^^^^^ warning: id-without-size [CONFIG_FOO_STATS=n]
#ifdef CONFIG_FOO_STATS
	.size = sizeof(struct foo_net),
#endif
};
${registering()}`);
  });

  it('is quiet about .id with .size, about neither, and about an id that is NULL', () => {
    check(`
//- net/foo/both.c
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.id   = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}
//- net/foo/neither.c
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
};
${registering()}
//- net/foo/null.c
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.id   = NULL,
};
${registering()}`);
  });

  it('is quiet about an ops that nothing registers', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.id   = &foo_net_id,
};
`);
  });
});

describe('pernet/id-without-size, of the size of a pointer', () => {
  const sized = (size: string, init: string, found = ''): string => `
struct foo_net { struct list_head head; struct mutex lock; u64 gen; };

static unsigned int foo_net_id __read_mostly;

static struct foo_net *foo_pernet(const struct net *net)
{
	return ${init.includes('**') ? '*(struct foo_net **)' : ''}net_generic(net, foo_net_id);
}

static int __net_init foo_net_init(struct net *net)
{
	${init}

	INIT_LIST_HEAD(&fn->head);
	mutex_init(&fn->lock);
	fn->gen = 1;
	return 0;
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.id   = &foo_net_id,
	.size = sizeof(${size}),${found}
};
${registering()}`;
  const found = (size: string): string =>
    `\n//\t^^^^^^^^^^^^^^^^${'^'.repeat(size.length)} warning: id-without-size: foo_net_ops has a .size of one pointer, and its data is used as a struct foo_net`;

  it.each([
    ['by net_generic()', 'struct foo_net *', 'struct foo_net *fn = net_generic(net, foo_net_id);'],
    ['by a getter', 'struct foo_net *', 'struct foo_net *fn = foo_pernet(net);'],
    ['of no type', 'void *', 'struct foo_net *fn = foo_pernet(net);'],
  ])('is used as the structure: %s', (_, size, init) => {
    check(sized(size, init, found(size)));
  });
  it.each([
    ['small numbers', 'struct foo_net { u16 a, b; u16 c; u16 gen; };'],
    ['a number', 'struct foo_net { u32 gen; };'],
    ['what shares one place', 'struct foo_net { union { struct list_head *head; void *lock; unsigned long gen; }; };'],
    ['bits', 'struct foo_net { u32 head:1; u32 lock:1; u32 gen:30; };'],
  ])('is enough for %s', (_, declared) => {
    const whole = sized('void *', 'struct foo_net *fn = foo_pernet(net);');
    check(
      whole
        .replace('struct foo_net { struct list_head head; struct mutex lock; u64 gen; };', declared)
        .replace('INIT_LIST_HEAD(&fn->head);\n\tmutex_init(&fn->lock);', 'fn->head = 0;\n\tfn->lock = 0;'),
    );
  });

  it('is too small for what is defined elsewhere and has many members', () => {
    const whole = sized('void *', 'struct foo_net *fn = foo_pernet(net);', found('void *'));
    check(whole.replace('struct foo_net { struct list_head head; struct mutex lock; u64 gen; };', ''));
  });

  it.each([
    ['a pointer is kept', 'struct foo_net *', 'struct foo_net **slot = net_generic(net, foo_net_id), *fn = *slot;'],
    [
      'a pointer is kept, without a name',
      'void *',
      'struct foo_net *fn = *(struct foo_net **)net_generic(net, foo_net_id);',
    ],
    ['it is all of it', 'struct foo_net', 'struct foo_net *fn = foo_pernet(net);'],
    ['it is one of another', 'struct foo_net *', 'struct foo_net *fn = net_generic(net, bar_net_id);'],
  ])('is no matter where %s', (_, size, init) => {
    check(sized(size, init));
  });
});

describe('pernet/id-without-size, mended', () => {
  it('has a fix in some of the fixtures above, which are checked with it', () => {
    expect(rulesMended()).toContain('pernet/id-without-size');
  });
});

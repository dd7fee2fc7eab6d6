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

describe('pernet/id-without-size, mended', () => {
  it('has a fix in some of the fixtures above, which are checked with it', () => {
    expect(rulesMended()).toContain('pernet/id-without-size');
  });
});

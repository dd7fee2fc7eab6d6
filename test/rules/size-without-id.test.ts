import { describe, expect, it } from 'vitest';
import { check, rulesMended } from '../check.ts';
import { registering } from '../registering.ts';

describe('pernet/size-without-id', () => {
  it('data that nothing is allocated for', () => {
    const { findings } = check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.size = sizeof(struct foo_net),
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: size-without-id: nothing is allocated for a namespace
};
${registering('device')}`);
    const { events, failing } = findings[0]!.witness;
    expect(events[failing!]).toMatchObject({ event: 'init', ops: 'foo_net_ops' });
  });

  it('a kernel that refuses it', () => {
    check(
      `
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.size = sizeof(struct foo_net),
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: size-without-id: this kernel refuses to register it (-EINVAL)
};
${registering('device')}`,
      { dialect: '6.12' },
    );
  });

  it('an ops that a wrapper in another file registers', () => {
    check(`
//- net/foo/api.c
int foo_register_action(struct foo_action *act, struct pernet_operations *ops)
{
	return register_pernet_subsys(ops);
}

void foo_unregister_action(struct foo_action *act, struct pernet_operations *ops)
{
	unregister_pernet_subsys(ops);
}
//- net/foo/act.c
static struct pernet_operations act_net_ops = {
	.init = act_net_init,
	.exit_batch = act_net_exit,
	.size = sizeof(struct tc_action_net),
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: size-without-id: act_net_ops has .size but no .id
};

static int __init act_init(void)
{
	return foo_register_action(&act, &act_net_ops);
}

static void __exit act_exit(void)
{
	foo_unregister_action(&act, &act_net_ops);
}

module_init(act_init);
module_exit(act_exit);
`);
  });

  it('is quiet about a size of zero', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.size = 0,
};
${registering('device')}`);
  });
});

describe('pernet/size-without-id, mended', () => {
  it('has a fix in some of the fixtures above, which are checked with it', () => {
    expect(rulesMended()).toContain('pernet/size-without-id');
  });
});

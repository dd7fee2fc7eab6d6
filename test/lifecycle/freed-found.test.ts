import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** An ops whose hook finds a policy by RCU, with the callbacks that end a namespace. */
const withPolicy = (
  ends: string,
  { finds = 'rcu_dereference(fn->policy)', fields = '.exit = foo_net_exit' } = {},
): string => `
struct foo_net {
	struct foo_policy __rcu *policy;
	struct foo_policy *old;
};

static unsigned int foo_net_id;

static unsigned int foo_hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct foo_net *fn = net_generic(state->net, foo_net_id);
	struct foo_policy *policy = ${finds};

	if (policy)
		skb->mark = policy->mark;
	return NF_ACCEPT;
}

static const struct nf_hook_ops foo_hooks[] = {
	{
		.hook = foo_hook,
		.pf = NFPROTO_IPV4,
	},
};

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_policy *policy = kzalloc(sizeof(*policy), GFP_KERNEL);
	int err;

	if (!policy)
		return -ENOMEM;
	RCU_INIT_POINTER(fn->policy, policy);
	err = nf_register_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));
	if (err)
		kfree(policy);
	return err;
}
${ends}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	${fields},
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

const exit = (body: string): string => `
static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_policy *policy = rcu_dereference_protected(fn->policy, 1);

${body}
}`;

const unhook = '\tnf_unregister_net_hooks(net, foo_hooks, ARRAY_SIZE(foo_hooks));\n';
const unset = '\tRCU_INIT_POINTER(fn->policy, NULL);\n';

describe('what hooks find by RCU and a teardown frees in the same go in which it unregisters them:', () => {
  it('is still used', () => {
    check(
      withPolicy(
        exit(`${unhook}${unset}
	kfree(policy);
//	^^^^^^^^^^^^^ error: exit-order: foo_net_exit() frees fn->policy by kfree() with no grace period after nf_unregister_net_hooks()`),
      ),
    );
  });

  it('also where a helper of the exit frees it', () => {
    check(
      withPolicy(`
static void foo_policy_free(struct foo_policy *policy)
{
	kfree(policy);
}
${exit(`${unhook}
	foo_policy_free(policy);
//	^^^^^^^^^^^^^^^^^^^^^^^ error: exit-order: foo_net_exit() frees fn->policy by foo_policy_free() with no grace period after nf_unregister_net_hooks()`)}`),
    );
  });

  it('is not where the teardown waits for readers, or leaves it to RCU', () => {
    check(withPolicy(exit(`${unhook}${unset}\tsynchronize_net();\n\tkfree(policy);`)), {
      severities: { 'pernet/blocking-rcu-in-exit': 'off' },
    });
    check(withPolicy(exit(`${unset}\tsynchronize_rcu();\n${unhook}\tkfree(policy);`)), {
      severities: { 'pernet/blocking-rcu-in-exit': 'off' },
    });
    check(withPolicy(exit(`${unhook}\tkvfree_rcu_mightsleep(policy);`)));
    check(withPolicy(exit(`${unhook}\tfoo_quiesce(net);\n\tkfree(policy);`)));
  });

  it('is not where pre_exit has unregistered the hooks, or taken it away', () => {
    const pre = (body: string): string => `
static void __net_exit foo_net_pre_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

${body}
}
`;
    const fields = '.pre_exit = foo_net_pre_exit,\n\t.exit = foo_net_exit';
    check(withPolicy(`${pre(`${unhook}\tfn->old = NULL;`)}${exit('\tkfree(policy);')}`, { fields }));
    check(
      withPolicy(
        `${pre(`\tfn->old = rcu_dereference_protected(fn->policy, 1);\n${unset}`)}${exit(`${unhook}\tkfree(fn->old);`).replace(/\tstruct foo_policy \*policy.*\n/, '')}`,
        { fields },
      ),
    );
  });

  const pre = (body: string): string => `
static void __net_exit foo_net_pre_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

${body}
}
`;
  const plain = exit(`${unhook}\tkfree(policy);`);
  const module = (ends: string, replaced: readonly (readonly [string, string])[] = [], fields?: string): string =>
    replaced.reduce(
      (text, [from, to]) => text.replace(from, to),
      withPolicy(ends, fields === undefined ? {} : { fields }),
    );
  const both = '.pre_exit = foo_net_pre_exit,\n\t.exit = foo_net_exit';
  const asks = (what: string): readonly [string, string] => [
    '\tif (policy)',
    `\tif (!${what})\n\t\treturn NF_ACCEPT;\n\tif (policy)`,
  ];
  it.each<readonly [string, string]>([
    [
      'pre_exit lowers a flag that it asks for',
      module(
        `${pre('\tWRITE_ONCE(fn->up, false);')}${plain}`,
        [asks('READ_ONCE(fn->up)'), ['*old;', '*old;\n\tbool up;']],
        both,
      ),
    ],
    [
      'a helper of the module lowers one and waits before that unregisters the ops',
      module(plain, [
        [
          'static int __init foo_init',
          'static void foo_quiet(void)\n{\n\tWRITE_ONCE(foo_up, false);\n\tsynchronize_net();\n}\n\n$&',
        ],
        ['\tunregister_pernet', '\tfoo_quiet();\n\tunregister_pernet'],
      ]),
    ],
    [
      'pre_exit lowers a flag of the file that it asks for',
      module(
        `${pre('\tWRITE_ONCE(foo_up, false);')}${plain}`,
        [asks('READ_ONCE(foo_up)'), ['static unsigned int foo_net_id;', '$&\nstatic bool foo_up = true;']],
        both,
      ),
    ],
    [
      'the module lowers one and waits before it unregisters the ops',
      module(plain, [
        ['\tunregister_pernet', '\tWRITE_ONCE(foo_up, false);\n\tsynchronize_net();\n\tunregister_pernet'],
      ]),
    ],
    [
      'the module holds itself',
      module(plain, [['\treturn register_pernet', '\t__module_get(THIS_MODULE);\n\treturn register_pernet']]),
    ],
    [
      'both lock by a macro',
      `#define foo_lock(fn) spin_lock_bh(&(fn)->lock)\n#define foo_unlock(fn) spin_unlock_bh(&(fn)->lock)\n${module(
        exit(`${unhook}\tfoo_lock(fn);\n\tfoo_unlock(fn);\n\tkfree(policy);`),
        [
          ['\tif (policy)', '\tfoo_lock(fn);\n\tif (policy)'],
          ['\treturn NF_ACCEPT', '\tfoo_unlock(fn);\n\treturn NF_ACCEPT'],
        ],
      )}`,
    ],
    [
      'both lock by a scope',
      module(exit(`${unhook}\tscoped_guard(spinlock_bh, &fn->lock)\n\t\tfn->old = NULL;\n\tkfree(policy);`), [
        ['\tif (policy)', '\tguard(spinlock_bh)(&fn->lock);\n\tif (policy)'],
      ]),
    ],
    [
      'both lock',
      module(exit(`${unhook}\tspin_lock_bh(&fn->lock);\n\tspin_unlock_bh(&fn->lock);\n\tkfree(policy);`), [
        ['\tif (policy)', '\tspin_lock(&fn->lock);\n\tif (policy)'],
        ['\treturn NF_ACCEPT', '\tspin_unlock(&fn->lock);\n\treturn NF_ACCEPT'],
        ['*old;', '*old;\n\tspinlock_t lock;'],
      ]),
    ],
    [
      'a function that the teardown calls waits, whatever it is called',
      module(`
static void foo_policy_unlink(struct foo_net *fn)
{
	RCU_INIT_POINTER(fn->policy, NULL);
	foo_core_quiesce();
}
${exit(`${unhook}\tfoo_policy_unlink(fn);\n\tkfree(policy);`)}`),
    ],
    [
      'it finds the member of another structure',
      module(plain, [
        [
          'struct foo_policy *policy = rcu_dereference(fn->policy)',
          'struct foo_dev *dev = foo_dev_of(fn, state);\n\tstruct foo_policy *policy = rcu_dereference(dev->policy)',
        ],
      ]),
    ],
  ])('is not where %s', (_, fixture) => {
    check(fixture, { severities: { 'pernet/blocking-rcu-in-exit': 'off' } });
  });

  it.each([
    'rcu_dereference(fn->policy) != NULL',
    '!rcu_dereference(fn->policy)',
    'skb->policy == rcu_dereference(fn->policy)',
  ])('is not of what the hook only compares: %s', (compared) => {
    const whole = withPolicy(exit(`${unhook}\tkfree(policy);`), { finds: 'NULL' });
    check(whole.replace('\tif (policy)', `\tif (${compared})`).replace('policy->mark', '1'));
  });

  it('is where the hook follows what it compares', () => {
    check(
      withPolicy(
        exit(`${unhook}${unset}
	kfree(policy);
//	^^^^^^^^^^^^^ error: exit-order: foo_net_exit() frees fn->policy by kfree() with no grace period after nf_unregister_net_hooks()`),
      ).replace('\tif (policy)', '\tif (rcu_dereference(fn->policy) != NULL)'),
    );
  });

  it('is where they only say that they read', () => {
    check(
      withPolicy(
        exit(`${unhook}	rcu_read_lock();
	rcu_read_unlock();
	kfree(policy);
//	^^^^^^^^^^^^^ error: exit-order: foo_net_exit() frees fn->policy by kfree() with no grace period after nf_unregister_net_hooks()`),
      ).replace('\tif (policy)', '\trcu_read_lock();\n\trcu_read_unlock();\n\tif (policy)'),
    );
  });

  it('is where the module only sets something before', () => {
    check(
      withPolicy(
        exit(`${unhook}${unset}
	kfree(policy);
//	^^^^^^^^^^^^^ error: exit-order: foo_net_exit() frees fn->policy by kfree() with no grace period after nf_unregister_net_hooks()`),
      ).replace('\tunregister_pernet', '\tWRITE_ONCE(foo_last, jiffies);\n\tunregister_pernet'),
    );
  });

  it('is not what is read where something else has been put', () => {
    check(
      withPolicy(`
static void foo_policy_free_rcu(struct rcu_head *head)
{
	kfree(container_of(head, struct foo_policy, rcu));
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->old = rcu_replace_pointer(fn->policy, NULL, 1);
${unhook}	call_rcu(&fn->old->rcu, foo_policy_free_rcu);
	kfree(rcu_dereference_protected(fn->policy, 1));
}`),
    );
  });

  it('is not where the module has somebody see to it first that is not known', () => {
    const whole = withPolicy(exit(`${unhook}\tkfree(policy);`));
    check(whole.replace('\tunregister_pernet', '\tfoo_core_stop();\n\tunregister_pernet'));
  });

  it('is not known of what the hook does not find by RCU', () => {
    check(withPolicy(exit(`${unhook}\tkfree(policy);`), { finds: 'foo_policy_get(fn)' }));
  });
});

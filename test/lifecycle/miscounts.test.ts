import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { fooNetOps } from '../registering.ts';

const exitLeak =
  'error: exit-leak: foo_net_exit() gives back 1 of foo_v4 by nf_unregister_net_hooks(), of which foo_net_init() has set up 2';
const hooks = `
static const struct nf_hook_ops foo_v4[] = {
	{ .hook = foo_hook, .pf = NFPROTO_IPV4, .hooknum = NF_INET_LOCAL_IN },
	/* What is forwarded, too. */
	{ .hook = foo_hook, .pf = NFPROTO_IPV4, .hooknum = NF_INET_FORWARD },
};

static const struct nf_hook_ops foo_v6[] = {
	{ .hook = foo_hook, .pf = NFPROTO_IPV6, .hooknum = NF_INET_LOCAL_IN },
};
`;
const init = (undone: string, marker = ''): string => `
static int __net_init foo_net_init(struct net *net)
{
	int err = nf_register_net_hooks(net, foo_v4, ARRAY_SIZE(foo_v4));

	if (err)
		return err;
	err = nf_register_net_hooks(net, foo_v6, ARRAY_SIZE(foo_v6));
	if (err)
		nf_unregister_net_hooks(net, foo_v4, ${undone});
${marker}	return err;
}
`;
const exit = (undone: string, ...markers: readonly string[]): string => `
static void __net_exit foo_net_exit(struct net *net)
{
	nf_unregister_net_hooks(net, foo_v6, ARRAY_SIZE(foo_v6));
${markers[0] ?? ''}	${undone}
${markers[1] ?? ''}}

${fooNetOps('no data')}`;

describe('an array that is given back with another number of elements', () => {
  it.each([
    ['that of another array', 'ARRAY_SIZE(foo_v6)', ''],
    ['a number', '1', ''],
    ['a constant', 'FOO_HOOKS', '#define FOO_HOOKS 1\n'],
    ['all but one', 'ARRAY_SIZE(foo_v4) - 1', ''],
  ])('%s, fewer than were set up', (_, count, before) => {
    const call = `nf_unregister_net_hooks(net, foo_v4, ${count})`;
    check(
      `${before}${hooks}${init('ARRAY_SIZE(foo_v4)')}${exit(`${call};`, '', `//	${'^'.repeat(call.length)} ${exitLeak}\n`)}`,
    );
  });

  it('on the way out of an init that fails', () => {
    check(
      `${hooks}${init(
        '1',
        `//		${'^'.repeat('nf_unregister_net_hooks(net, foo_v4, 1)'.length)} error: init-error-leak: foo_net_init() gives back 1 of foo_v4\n`,
      )}${exit('nf_unregister_net_hooks(net, foo_v4, 2);')}`,
    );
  });

  it('and more than were set up', () => {
    const call = 'nf_unregister_net_hooks(net, foo_v4, FOO_HOOKS)';
    check(
      `#define FOO_HOOKS 3\n${hooks}${init('2')}${exit(
        `${call};`,
        '',
        `//	${'^'.repeat(call.length)} error: unregister-not-registered: foo_net_exit() gives back 3 of foo_v4\n`,
      )}`,
    );
  });

  it('by the exit of a module', () => {
    check(`
static struct xt_match foo_mt[] __read_mostly = {
	{ .name = "foo", .match = foo_mt4 },
	{ .name = "foo", .match = foo_mt6 },
};

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err = register_pernet_subsys(&foo_net_ops);

	if (err)
		return err;
	err = xt_register_matches(foo_mt, ARRAY_SIZE(foo_mt));
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	xt_unregister_matches(foo_mt, 1);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: left-behind-on-exit: foo_exit() gives back 1 of foo_mt
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it.each([
    ['written as a number', 'nf_unregister_net_hooks(net, foo_v4, 2);', ''],
    ['that is not known', 'nf_unregister_net_hooks(net, foo_v4, foo_count);', ''],
    ['in two calls', 'nf_unregister_net_hooks(net, foo_v4, 1);\n\tnf_unregister_net_hooks(net, foo_v4 + 1, 1);', ''],
    [
      'and the rest one by one',
      'nf_unregister_net_hooks(net, foo_v4, 1);\n\tnf_unregister_net_hook(net, &foo_v4[1]);',
      '',
    ],
    [
      'and the last by a pointer to that',
      'const struct nf_hook_ops *last = &foo_v4[1];\n\n\tfoo_hook_off(net, last);\n\tnf_unregister_net_hooks(net, foo_v4, 1);',
      '',
    ],
    [
      'and the last by a macro',
      'nf_unregister_net_hook(net, FOO_LAST);\n\tnf_unregister_net_hooks(net, foo_v4, 1);',
      '#define FOO_LAST (&foo_v4[ARRAY_SIZE(foo_v4) - 1])\n',
    ],
    [
      'and the rest by a helper',
      'foo_rest(net);\n\tnf_unregister_net_hooks(net, foo_v4, 1);',
      'static void foo_rest(struct net *net)\n{\n\tnf_unregister_net_hook(net, &foo_v4[1]);\n}\n',
    ],
  ])('is quiet about the number %s', (_, undone, helper) => {
    check(`${hooks}${init('ARRAY_SIZE(foo_v4)')}${helper}${exit(undone)}`);
  });

  it('is quiet about an array whose elements are not counted', () => {
    check(
      `${hooks.replace('foo_v4[] = {', 'foo_v4[] = {\n\tFOO_HOOKS(4),')}${init('ARRAY_SIZE(foo_v4)')}${exit(
        'nf_unregister_net_hooks(net, foo_v4, 2);',
      )}`,
    );
  });

  it('is told where the elements are not counted, and one is left out', () => {
    const call = 'nf_unregister_net_hooks(net, foo_v4, ARRAY_SIZE(foo_v4) - 1)';
    const found =
      'error: exit-leak: foo_net_exit() gives back ARRAY_SIZE(foo_v4) - 1 of foo_v4 by nf_unregister_net_hooks(), ' +
      'of which foo_net_init() has set up ARRAY_SIZE(foo_v4): what';
    check(
      `${hooks.replace('foo_v4[] = {', 'foo_v4[] = {\n\tFOO_HOOKS(4),')}${init('ARRAY_SIZE(foo_v4)')}${exit(
        `${call};`,
        '',
        `//	${'^'.repeat(call.length)} ${found}\n`,
      )}`,
    );
  });

  it.each([
    ['all but one', 'ARRAY_SIZE(foo_v4) - 1', 'nf_unregister_net_hook(net, &foo_v4[ARRAY_SIZE(foo_v4) - 1]);'],
    ['what is written in another way', 'ARRAY_SIZE(foo_v4) + 1 - 1', ''],
    ['another one beside a number that is not known', 'ARRAY_SIZE(foo_v4) - foo_left', ''],
  ])('is quiet about %s', (_, count, rest) => {
    check(`${hooks}${init('ARRAY_SIZE(foo_v4)')}${exit(`nf_unregister_net_hooks(net, foo_v4, ${count});\n\t${rest}`)}`);
  });

  it('is quiet about an array that ends with an element which nobody sets up', () => {
    check(
      `${hooks}${init('ARRAY_SIZE(foo_v4) - 1').replace('foo_v4, ARRAY_SIZE(foo_v4));', 'foo_v4, ARRAY_SIZE(foo_v4) - 1);')}${exit(
        'nf_unregister_net_hooks(net, foo_v4, ARRAY_SIZE(foo_v4) - 1);',
      )}`,
    );
  });

  const fewer = 'nf_unregister_net_hooks(net, foo_v4, 1);';
  it.each([
    [
      'of which another function takes the rest',
      hooks,
      'static void foo_disable(struct net *net)\n{\n\tnf_unregister_net_hook(net, &foo_v4[1]);\n}\n',
    ],
    [
      'of which another function sets up as much',
      hooks,
      'int foo_small(struct net *net)\n{\n\treturn nf_register_net_hooks(net, foo_v4, 1);\n}\n',
    ],
    ['that other files get at', hooks.replaceAll('static const', 'const'), ''],
    ['with a character that is a brace', hooks.replace('.pf', ".key = '{', .pf"), ''],
  ])('is quiet about an array %s', (_, arrays, other) => {
    check(`${arrays}${init('ARRAY_SIZE(foo_v4)')}${other}${exit(fewer)}`);
  });

  it('is quiet about a name of the function itself', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct percpu_counter *cnt = fn->cnt;

	return percpu_counter_init_many(cnt, 0, GFP_KERNEL, 4);
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct percpu_counter *cnt = fn->cnt;
	struct percpu_counter *rest = cnt + 2;

	percpu_counter_destroy_many(cnt, 2);
	percpu_counter_destroy_many(rest, 2);
}

${fooNetOps('data')}`);
  });
});

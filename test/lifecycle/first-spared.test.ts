import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** An ops' init that does something for each of an array's elements, and its way back. */
function hooks(back: string, first = 'for (i = 0; i < FOO_HOOKS; i++)'): string {
  return `
static int __net_init foo_net_init(struct net *net)
{
	int i, err;

	${first} {
		err = nf_register_net_hook(net, &foo_hooks[i]);
		if (err)
			goto err;
	}
	return 0;

err:
${back}
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
{
	int i;

	for (i = 0; i < FOO_HOOKS; i++)
		nf_unregister_net_hook(net, &foo_hooks[i]);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`;
}

const undo = 'nf_unregister_net_hook(net, &foo_hooks[i]);';
const spared =
  'error: init-error-leak: foo_net_init() goes back through foo_hooks to the second element and not to the first';

describe('a way back that ends before the first element', () => {
  it.each([
    ['while (--i > 0)', `	while (--i > 0)\n//	       ^^^^^^^ ${spared}\n		${undo}`],
    ['while (--i)', `	while (--i)\n//	       ^^^ ${spared}\n		${undo}`],
    ['for (i--; i > 0; i--)', `	for (i--; i > 0; i--)\n//	          ^^^^^ ${spared}\n		${undo}`],
    ['where only some are undone', `	while (--i > 0) {\n//	       ^^^^^^^ ${spared}\n		if (foo_wanted[i])\n			${undo}\n	}`],
  ])('%s', (_, back) => {
    check(hooks(back));
  });

  it('in a helper of the module', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_types_register(void)
{
	int err, i;

	for (i = 0; i < ARRAY_SIZE(foo_types); i++) {
		err = tcf_em_register(&foo_types[i]);
		if (err)
			goto undo;
	}
	return 0;

undo:
	while (--i > 0)
//	       ^^^^^^^ error: left-behind-on-error: foo_types_register() goes back through foo_types to the second element and not to the first
		tcf_em_unregister(&foo_types[i]);
	return err;
}

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = foo_types_register();
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(foo_types); i++)
		tcf_em_unregister(&foo_types[i]);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });

  it.each([
    ['while (--i >= 0)', `	while (--i >= 0)\n		${undo}`],
    ['while (i--)', `	while (i--)\n		${undo}`],
    ['while (i-- > 0)', `	while (i-- > 0)\n		${undo}`],
    ['for (i--; i >= 0; i--)', `	for (i--; i >= 0; i--)\n		${undo}`],
    ['the one before each', `	for (; i > 0; i--)\n		nf_unregister_net_hook(net, &foo_hooks[i - 1]);`],
    ['a step down in the call', `	while (i > 0)\n		nf_unregister_net_hook(net, &foo_hooks[--i]);`],
    ['a step down in the body', `	while (i > 0) {\n		i--;\n		${undo}\n	}`],
    ['the first by itself', `	while (--i > 0)\n		${undo}\n	if (i == 0)\n		nf_unregister_net_hook(net, &foo_hooks[0]);`],
  ])('is quiet about %s', (_, back) => {
    check(hooks(back));
  });

  it('is quiet where the loop before began at the second as well', () => {
    check(hooks(`	while (--i > 0)\n		${undo}`, 'for (i = 1; i < FOO_HOOKS; i++)'));
  });
});

describe('a way back from the first on that ends before the last', () => {
  const left =
    'error: init-error-leak: foo_net_init() goes back through foo_hooks and leaves out the last that was done';
  const marks = (text: string): string => '^'.repeat(text.length);
  const again = 'nf_unregister_net_hook(net, &foo_hooks[j]);';
  const helper = (to: string, with_ = ''): string => `
static void foo_hooks_unregister(struct net *net, int n)
{
	int k;

${with_}
	for (k = 0; k ${to}; k++)
		nf_unregister_net_hook(net, &foo_hooks[k]);
}
`;
  const withIndex = (back: string, first?: string): string =>
    hooks(back, first).replace('int i, err;', 'int i, j, err;');

  it('by its condition', () => {
    check(withIndex(`	for (j = 0; j < i - 1; j++)\n//	            ${marks('j < i - 1')} ${left}\n		${again}`));
  });

  it('is quiet where nothing is done that is to be undone', () => {
    const back = `	for (j = 0; j < i - 1; j++)\n		kfree(foo_hooks[j].priv);`;
    check(withIndex(back).replace('nf_register_net_hook(', 'foo_check('));
  });

  it('by what a function is told that it calls', () => {
    const call = 'foo_hooks_unregister(net, i - 1)';
    check(helper('< n') + hooks(`	${call};\n//	${marks(call)} ${left}`));
  });

  it.each([
    ['each', '', `	for (j = 0; j < i; j++)\n		${again}`, undefined],
    ['up to the one before', '', `	for (j = 0; j <= i - 1; j++)\n		${again}`, undefined],
    [
      'it has been counted already when a step fails',
      '',
      `	for (j = 0; j < i - 1; j++)\n		${again}`,
      'for (i = 0; i < FOO_HOOKS;) {\n		i++;\n		foo_prepare();',
    ],
    ['each, in a helper', helper('< n'), '	foo_hooks_unregister(net, i);', undefined],
    ['a helper takes the one that it is told', helper('<= n'), '	foo_hooks_unregister(net, i - 1);', undefined],
    [
      'the last has been undone by itself before',
      '',
      `	if (i > 0)\n		nf_unregister_net_hook(net, &foo_hooks[i - 1]);\n	for (j = 0; j < i - 1; j++)\n		${again}`,
      undefined,
    ],
    [
      'the last is undone by itself after that',
      '',
      `	for (j = 0; j < i - 1; j++)\n		${again}\n	if (j < i)\n		${again}`,
      undefined,
    ],
    [
      'another function is told of it',
      '',
      `	foo_hook_unregister(net, i - 1);\n	for (j = 0; j < i - 1; j++)\n		${again}`,
      undefined,
    ],
    [
      'it is undone by itself after a helper',
      helper('< n'),
      '	foo_hooks_unregister(net, i - 1);\n	nf_unregister_net_hook(net, &foo_hooks[i - 1]);',
      undefined,
    ],
    ['a helper goes on by itself', helper('< n', '	n++;'), '	foo_hooks_unregister(net, i - 1);', undefined],
  ])('is none where %s', (_, before, back, first) => {
    check(before + withIndex(back, first));
  });

  it('is none where it is the one before that is done', () => {
    const text = withIndex(`	for (j = 0; j < i - 1; j++)\n		${again}`).replace(
      'err;',
      'err;\n	struct nf_hook_ops *prev = NULL;',
    );
    const lagging = `foo_fill(net, &foo_hooks[i]);
		if (prev) {
			err = nf_register_net_hook(net, prev);
			if (err)
				goto err;
		}
		prev = &foo_hooks[i];`;
    check(text.replace(/err = nf_register_net_hook.*\n.*\n.*goto err;/, lagging));
  });
});

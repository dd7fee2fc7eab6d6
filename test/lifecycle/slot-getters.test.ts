import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** A namespace's data that holds a pointer and no more, which a helper reads. */
const module = (getter: string, exit: string, marker = '', store = '*slot = foo;'): string => `
static struct foo *foo_of(struct net *net)
{
	${getter}
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo **slot = net_generic(net, foo_net_id);
	struct foo *foo = kzalloc(sizeof(*foo), GFP_KERNEL);

	if (!foo)
		return -ENOMEM;
	foo->table = kzalloc(64, GFP_KERNEL);
	if (!foo->table) {
		kfree(foo);
		return -ENOMEM;
	}
	${store}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${marker}{
	${exit}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo *),
};
${registering()}`;

describe('a pointer behind what a call yields', () => {
  const getter = 'return *(struct foo **)net_generic(net, foo_net_id);';

  it('is the one that init has put there', () => {
    check(module(getter, 'kfree(foo_of(net)->table);\n\tkfree(foo_of(net));'));
    check(module(getter, 'struct foo *foo = foo_of(net);\n\n\tkfree(foo->table);\n\tkfree(foo);'));
    check(
      module(
        'struct foo **slot = net_generic(net, foo_net_id);\n\n\treturn *slot;',
        'kfree(foo_of(net)->table);\n\tkfree(foo_of(net));',
      ),
    );
  });

  it('is left where nobody frees it', () => {
    const marker =
      '//\t\t       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves memory net_generic(net, foo_net_id)->*\n';
    check(module(getter, 'struct foo *foo = foo_of(net);\n\n\tkfree(foo->table);', marker));
  });

  const stores = [
    '*(struct foo **)net_generic(net, foo_net_id) = foo;',
    '((struct foo **)net_generic(net, foo_net_id))[0] = foo;',
  ];

  it.each(stores)('is what a store puts there: %s', (store) => {
    check(module(getter, 'kfree(foo_of(net)->table);\n\tkfree(foo_of(net));', '', store));
    check(
      module(
        getter,
        'struct foo **slot = net_generic(net, foo_net_id);\n\n\tkfree((*slot)->table);\n\tkfree(*slot);',
        '',
        store,
      ),
    );
    const marker =
      '//\t\t       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves memory net_generic(net, foo_net_id)->*\n';
    check(module(getter, 'struct foo *foo = foo_of(net);\n\n\tkfree(foo->table);', marker, store));
  });

  it('goes by a macro', () => {
    const slot = (exit: string, marker = ''): string =>
      `#define FOO_SLOT(net) (*(struct foo **)net_generic(net, foo_net_id))\n${module('return FOO_SLOT(net);', exit, marker, 'FOO_SLOT(net) = foo;')}`;
    check(slot('kfree(FOO_SLOT(net)->table);\n\tkfree(FOO_SLOT(net));'));
    check(slot('struct foo *foo = foo_of(net);\n\n\tFOO_SLOT(net) = NULL;\n\tkfree(foo->table);\n\tkfree(foo);'));
    check(
      slot(
        'kfree(FOO_SLOT(net)->table);',
        '//\t\t       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves memory net_generic(net, foo_net_id)->*\n',
      ),
    );
  });
});

describe('a macro that says what a call yields a pointer to', () => {
  const module = (exit: string, marker = ''): string => `
#define foo_pernet(net) ((struct foo_net *)net_generic(net, foo_net_id))

static int __net_init foo_net_init(struct net *net)
{
	foo_pernet(net)->table = kzalloc(64, GFP_KERNEL);
	return foo_pernet(net)->table ? 0 : -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
${marker}{
	struct foo_net *fn = ${exit}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

  it('is that call', () => {
    check(module('foo_pernet(net);\n\n\tkfree(fn->table);'));
    check(module('net_generic(net, foo_net_id);\n\n\tkfree(fn->table);'));
    check(
      module(
        'foo_pernet(net);\n\n\tfn->nr = 0;',
        '//\t\t       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves memory net_generic(net, foo_net_id)->table\n',
      ),
    );
  });
});

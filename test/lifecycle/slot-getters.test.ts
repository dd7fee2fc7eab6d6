import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** A namespace's data that holds a pointer and no more, which a helper reads. */
const module = (getter: string, exit: string, marker = ''): string => `
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
	*slot = foo;
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
});

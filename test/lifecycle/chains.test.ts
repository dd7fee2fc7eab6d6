import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

interface Pushed {
  /** What may fail after a node is put in front of the others. */
  readonly check?: string;
  /** What that comes to. */
  readonly fail?: string;
}

const drops = `while ((node = fn->head)) {
		fn->head = node->next;
		kfree(node->name);
		kfree(node);
	}`;

/** A module whose init puts nodes on a chain of each namespace, one before the other. */
function pushed({ check: checked, fail }: Pushed = {}): string {
  return `
struct foo_node {
	struct foo_node *next;
	char *name;
};

struct foo_net {
	struct foo_node *head;
};

static unsigned int foo_net_id;

static int foo_push(struct foo_net *fn)
{
	struct foo_node *node = kzalloc(sizeof(*node), GFP_KERNEL);

	if (!node)
		return -ENOMEM;
	node->name = kstrdup("foo", GFP_KERNEL);
	if (!node->name) {
		kfree(node);
		return -ENOMEM;
	}
	node->next = fn->head;
	fn->head = node;
	return 0;
}

static void foo_drop_all(struct foo_net *fn)
{
	struct foo_node *node;

	${drops}
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int i, err;

	for (i = 0; i < 10; i++) {
		err = foo_push(fn);
		if (err)
			goto fail;
		${checked ?? 'err = foo_check(fn, i);\n\t\tif (err)\n\t\t\tgoto fail;'}
	}
	return 0;

fail:
	${fail ?? 'foo_drop_all(fn);\n\treturn err;'}
}

static void __net_exit foo_net_exit(struct net *net)
{
	foo_drop_all(net_generic(net, foo_net_id));
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;
}

describe('a chain', () => {
  it('is dropped from its first node on', () => {
    check(pushed());
  });

  it('is dropped where it was made', () => {
    check(pushed({ fail: `{\n\tstruct foo_node *node;\n\n\t${drops}\n\t}\n\treturn err;` }));
  });

  it('is left where nothing drops it', () => {
    check(
      pushed({
        check: `err = foo_check(fn, i);
		if (err)
			return err;
//			^^^^^^^^^^^ error: init-error-leak: if foo_check() fails, foo_net_init() returns an error without kfree() for memory net_generic(net, foo_net_id)->head: the
//			^^^^^^^^^^^ error: init-error-leak: if foo_check() fails, foo_net_init() returns an error without kfree() for memory net_generic(net, foo_net_id)->head->name`,
      }),
    );
  });
});

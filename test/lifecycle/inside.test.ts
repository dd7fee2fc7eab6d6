import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/**
 * A module that keeps an object in each namespace and a name in that; `exit` is what its exit frees, `others` what else its
 * file has, `init` what its init does besides.
 */
function keeping({
  exit,
  others = '',
  init = '',
  marker = '',
}: {
  readonly exit: string;
  readonly others?: string;
  readonly init?: string;
  readonly marker?: string;
}): string {
  return `
struct foo_obj {
	char *name;
	u32 mark;
};

struct foo_net {
	struct foo_obj *obj;
};

static unsigned int foo_net_id;
${others}
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_obj *obj;

	obj = kzalloc(sizeof(*obj), GFP_KERNEL);
	if (!obj)
		return -ENOMEM;
	obj->name = kmalloc(16, GFP_KERNEL);
	if (!obj->name) {
		kfree(obj);
		return -ENOMEM;
	}
	${init}
	fn->obj = obj;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${marker}{
	struct foo_net *fn = net_generic(net, foo_net_id);

	${exit}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;
}

const marker = `//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves memory net_generic(net, foo_net_id)->obj->name
`;

describe('what memory knows of that an exit frees', () => {
  it('is left where that alone is freed', () => {
    check(keeping({ exit: 'kfree(fn->obj);', marker }));
  });

  it('is not left where it is freed first, nor where its name was kept for that', () => {
    check(keeping({ exit: 'kfree(fn->obj->name);\n\tkfree(fn->obj);' }));
    check(keeping({ exit: 'char *name = fn->obj->name;\n\n\tkfree(fn->obj);\n\tkfree(name);' }));
  });

  it('is not said to be left where another function gives back what has this name', () => {
    const others = `
static void foo_rename(struct foo_obj *obj)
{
	kfree(obj->name);
	obj->name = NULL;
}
`;
    check(keeping({ exit: 'kfree(fn->obj);', others }));
  });

  it('is not said to be left where something that is not known may free it first', () => {
    check(keeping({ exit: 'bar_release(fn->obj);\n\tkfree(fn->obj);' }));
    check(keeping({ exit: 'kfree(fn->obj);', init: 'bar_add_name(obj->name);' }));
  });

  it('is not said to be left where RCU frees what it is kept in', () => {
    check(keeping({ exit: 'call_rcu(&fn->obj->rcu, bar_free);' }));
  });
});

import { describe, it } from 'vitest';
import { check } from '../check.ts';

const struct = `
struct foo_data {
	struct list_head list;
	struct foo_data *next;
	int x;
};

struct foo_net {
	union {
		struct foo_data *data;
		void *raw;
	};
	struct foo_data *cur;
	struct foo_data *slots[4];
};
`;

interface Parts {
  readonly file?: string;
  /** What init does with `fn->data` that it has allocated, and what is done when a step after that fails. */
  readonly init?: string;
  readonly unwinds?: boolean;
  readonly exit: string;
  readonly moduleExit?: string;
  readonly marker?: string;
}

function module({ file = '', init = '', unwinds = false, exit, moduleExit = '', marker = '' }: Parts): string {
  return `
${struct}
static unsigned int foo_net_id;
${file}
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int err;

	fn->data = kzalloc(sizeof(*fn->data), GFP_KERNEL);
	if (!fn->data)
		return -ENOMEM;
${
  unwinds
    ? `	err = nf_register_net_hooks(net, foo_hooks, FOO_HOOKS);
	if (err) {
		kfree(fn->data);
		return err;
	}`
    : ''
}
	${init}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${marker}{
	struct foo_net *fn = net_generic(net, foo_net_id);

	${unwinds ? 'nf_unregister_net_hooks(net, foo_hooks, FOO_HOOKS);' : ''}
	${exit}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};

static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	${moduleExit}
}
module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`;
}

const marker =
  '//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves memory net_generic(net, foo_net_id)->data\n';
const drain = `
	struct foo_data *d, *next;

	list_for_each_entry_safe(d, next, &foo_dead, list)
		kfree(d);`;
const foreign = 'extern struct foo_reg foo_regs;';
const put = `
static void foo_put(struct list_head *first)
{
	kfree(first);
}`;

describe('memory that goes by another name', () => {
  it.each<[string, Parts, Parts]>([
    [
      'another member',
      { init: 'fn->cur = fn->data;', exit: 'kfree(fn->cur);' },
      { init: 'fn->cur = fn->data;', exit: 'fn->cur = NULL;' },
    ],
    [
      'an element',
      { init: 'fn->slots[0] = fn->data;', exit: 'kfree(fn->slots[0]);' },
      { init: 'fn->slots[0] = fn->data;', exit: 'fn->slots[0] = NULL;' },
    ],
    [
      'a member of struct net',
      { init: 'net->foo.cur = fn->data;', exit: 'kfree(net->foo.cur);' },
      { init: 'net->foo.cur = fn->data;', exit: 'net->foo.cur = NULL;' },
    ],
    ['its first member', { file: put, exit: 'foo_put(&fn->data->list);' }, { exit: 'list_del(&fn->data->list);' }],
    [
      'without its mark',
      { exit: 'kfree((void *)((unsigned long)fn->data & ~1UL));' },
      { exit: 'pr_debug("%d", ((unsigned long)fn->data & ~1UL) != 0);' },
    ],
    ['another member of its union', { exit: 'kfree(fn->raw);' }, { exit: 'fn->raw = NULL;' }],
    [
      'a list of the dead',
      { file: 'static LIST_HEAD(foo_dead);', exit: 'list_add(&fn->data->list, &foo_dead);', moduleExit: drain },
      { file: 'static LIST_HEAD(foo_dead);', exit: 'list_add(&fn->data->list, &foo_dead);' },
    ],
    [
      'a spare one',
      { file: 'static struct foo_data *foo_spare;', exit: 'foo_spare = fn->data;', moduleExit: 'kfree(foo_spare);' },
      { file: 'static struct foo_data *foo_spare;', exit: 'foo_spare = fn->data;' },
    ],
    [
      'a chain',
      {
        file: 'static struct foo_data *foo_free;',
        exit: 'fn->data->next = foo_free;\n	foo_free = fn->data;',
        moduleExit: 'while (foo_free) {\n		struct foo_data *d = foo_free;\n\n		foo_free = d->next;\n		kfree(d);\n	}',
      },
      { file: 'static struct foo_data *foo_free;', exit: 'fn->data->x = 0;' },
    ],
    [
      "someone else's structure",
      { file: foreign, init: 'foo_regs.priv = fn->data;', exit: 'pr_debug("bye");' },
      { file: 'static struct foo_reg foo_regs;', init: 'foo_regs.priv = fn->data;', exit: 'pr_debug("bye");' },
    ],
  ])('%s', (_, right, wrong) => {
    for (const unwinds of [false, true]) {
      check(module({ ...right, unwinds }));
      check(module({ ...wrong, unwinds, marker }));
    }
  });

  it('is given back by another name of an element of an array', () => {
    const made = `for (int i = 0; i < 4; i++) {
		fn->slots[i] = kzalloc(sizeof(*fn->slots[i]), GFP_KERNEL);
		if (!fn->slots[i])
			goto err;
	}
	fn->cur = fn->slots[0];
	return 0;
err:
	for (int i = 0; i < 4; i++)
		kfree(fn->slots[i]);
	kfree(fn->data);
	return -ENOMEM;`;
    check(module({ init: made, exit: 'kfree(fn->cur);\n\tkfree(fn->data);' }));
    const slots = marker.replace('->data', '->slots[*]');
    check(module({ init: made, exit: 'kfree(fn->data);', marker: slots }));
  });

  it('is not given back by a name under which something else is kept by then', () => {
    const overwritten = 'fn->cur = fn->data;\n\tfn->cur = foo_other(net);';
    check(module({ init: overwritten, exit: 'kfree(fn->cur);', marker: marker }));
  });

  it('is not given back twice where the other one may have changed', () => {
    check(module({ init: 'fn->cur = fn->data;', exit: 'if (fn->cur != fn->data)\n		kfree(fn->cur);\n	kfree(fn->data);' }));
  });
});

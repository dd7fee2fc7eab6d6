import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** Elements on a list, each with memory of its own; `loop` is where one is made, `unwind` what is done when that fails. */
const module = ({ link = 'list', loop = ['', ''], failing = '', undo = 'foo_free_els(fn);', marker = '' }): string => `
static void foo_free_els(struct foo_net *fn)
{
	struct foo_el *el, *tmp;

	list_for_each_entry_safe(el, tmp, &fn->els, ${link}) {
		list_del(&el->${link});
		kfree(el->mem);
		kfree(el);
	}
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_el *el, *tmp;
	int i;

	INIT_LIST_HEAD(&fn->els);
	${loop[0]}
	el = kzalloc(sizeof(*el), GFP_KERNEL);
	if (!el)
		goto err;
	el->mem = kzalloc(32, GFP_KERNEL);
	if (!el->mem)
		goto ${failing === '' ? 'err' : 'err_el'};
${marker}	list_add_tail(&el->${link}, &fn->els);
	${loop[1]}
	fn->table = kzalloc(64, GFP_KERNEL);
	if (!fn->table)
		goto err;
	return 0;
${failing}err:
	${undo}
	return -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	foo_free_els(fn);
	kfree(fn->table);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

describe('memory that is on no list yet', () => {
  const failing = 'err_el:\n\tkfree(el);\n';
  const marker =
    '//\t\t^^^^^^^^^ error: init-error-leak: if kzalloc() fails, foo_net_init() returns -ENOMEM without kfree() for memory\n';
  const loop = ['for (i = 0; i < 4; i++) {', '}'];

  it('is not what is freed by way of a list', () => {
    check(module({ failing }));
    check(module({ marker }));
  });

  it('is not where others are on it', () => {
    check(module({ failing, loop }));
    check(module({ marker, loop }));
  });

  it('may be on it by way of a part of it', () => {
    check(module({ failing, link: 'base.list' }));
    const undo = 'list_for_each_entry_safe(el, tmp, &fn->els, base.list) {\n\t\tkfree(el->mem);\n\t\tkfree(el);\n\t}';
    check(module({ failing, link: 'base.list', undo }));
  });
});

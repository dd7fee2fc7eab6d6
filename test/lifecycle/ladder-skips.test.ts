import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** An init that has a table made by a function of its own, whose memory comes from elsewhere. */
function failing(body: string, ladder: string, helpers = ''): string {
  return `
static unsigned int foo_net_id;

static struct foo_tab *foo_tab_new(struct foo_net *fn, u32 id)
{
	struct foo_tab *t = other_pool_get(fn);

	if (!t)
		return ERR_PTR(-ENOMEM);
	t->id = id;
	list_add(&t->list, &fn->tabs);
	return t;
}

static void foo_tab_free(struct foo_tab *t)
{
	list_del(&t->list);
	other_pool_give(t);
}
${helpers}
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_tab *t;
	int err;

	t = foo_tab_new(fn, 1);
	if (IS_ERR(t))
		return PTR_ERR(t);
	${body}
	return 0;

${ladder}
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_tab *t, *n;

	kfree(fn->st);
	list_for_each_entry_safe(t, n, &fn->tabs, list)
		foo_tab_free(t);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;
}

/** Two steps, by the labels that they go to where they fail. */
function steps(first: string, second: string, marker = ''): string {
  return `fn->st = kzalloc(64, GFP_KERNEL);
	if (!fn->st) {
		err = -ENOMEM;
		goto ${first};
${marker}	}
	err = foo_rules_set(fn);
	if (err)
		goto ${second};`;
}

const ladder = `err_st:
	kfree(fn->st);
err_tab:
	foo_tab_free(t);
err_out:
	return err;`;

describe('what an init has had made for itself', () => {
  it('is left by a label behind the one that gives it back', () => {
    check(
      failing(
        steps(
          'err_out',
          'err_st',
          `//		^^^^^^^^^^^^^ error: init-error-leak: if kzalloc() fails, foo_net_init() returns an error without foo_tab_free(t), by which it gives back elsewhere what foo_tab_new() has made
`,
        ),
        ladder,
      ),
    );
  });

  it('is given back, or goes to someone else', () => {
    check(failing(steps('err_tab', 'err_st'), ladder));
    check(failing(steps('err_put', 'err_st'), `${ladder}\nerr_put:\n\tfoo_tab_put(t);\n\treturn err;`));
    check(failing(`foo_adopt(fn, t);\n\t${steps('err_out', 'err_st')}`, ladder));
    check(failing(`fn->dflt = t;\n\t${steps('err_out', 'err_st')}`, ladder));
  });

  it('may be given back with all others', () => {
    check(failing(steps('err_all', 'err_st'), `${ladder}\nerr_all:\n\tother_pool_empty(fn);\n\treturn err;`));
    check(
      failing(
        steps('err_all', 'err_st'),
        `${ladder}\nerr_all:\n\tfoo_tabs_drop(fn);\n\treturn err;`,
        `
static void foo_tabs_drop(struct foo_net *fn)
{
	struct foo_tab *t, *n;

	list_for_each_entry_safe(t, n, &fn->tabs, list)
		foo_tab_free(t);
}
`,
      ),
    );
  });
});

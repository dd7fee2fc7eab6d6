import { describe, it } from 'vitest';
import { check } from '../check.ts';

/** Two modules whose ops are registered by a function of a third file, which is the one that is written here. */
const actions = (register: string, unregister: string): string => `
//- net/sched/act_foo.c
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.id = &act_foo_ops.net_id,
	.size = sizeof(struct tc_action_net),
};

static int __init foo_init(void)
{
	return tcf_register_action(&act_foo_ops, &foo_net_ops);
}

static void __exit foo_exit(void)
{
	tcf_unregister_action(&act_foo_ops, &foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
//- net/sched/act_bar.c
static struct pernet_operations bar_net_ops = {
	.init = bar_net_init,
	.id = &act_bar_ops.net_id,
	.size = sizeof(struct tc_action_net),
};

static int __init bar_init(void)
{
	return tcf_register_action(&act_bar_ops, &bar_net_ops);
}

static void __exit bar_exit(void)
{
	tcf_unregister_action(&act_bar_ops, &bar_net_ops);
}

module_init(bar_init);
module_exit(bar_exit);
//- net/sched/act_api.c
static LIST_HEAD(act_base);
static LIST_HEAD(act_ids);

static int add_id(unsigned int id)
{
	struct act_id *p = kzalloc(sizeof(*p), GFP_KERNEL);

	if (!p)
		return -ENOMEM;
	p->id = id;
	list_add_tail(&p->list, &act_ids);
	return 0;
}

static void del_id(unsigned int id)
{
	struct act_id *p;

	list_for_each_entry(p, &act_ids, list) {
		if (p->id == id) {
			list_del(&p->list);
			kfree(p);
			break;
		}
	}
}

int tcf_register_action(struct tc_action_ops *act, struct pernet_operations *ops)
{
	struct tc_action_ops *a;
	int ret;
${register}
}
EXPORT_SYMBOL(tcf_register_action);

int tcf_unregister_action(struct tc_action_ops *act, struct pernet_operations *ops)
{
	struct tc_action_ops *a;
	int err = -ENOENT;

	write_lock(&act_mod_lock);
	list_for_each_entry(a, &act_base, head) {
		if (a == act) {
			list_del(&act->head);
			err = 0;
			break;
		}
	}
	write_unlock(&act_mod_lock);
${unregister}
	return err;
}
EXPORT_SYMBOL(tcf_unregister_action);
`;

const registers = `
	ret = register_pernet_subsys(ops);
	if (ret)
		return ret;
	if (ops->id) {
		ret = add_id(*ops->id);
		if (ret)
			goto err_id;
	}
	write_lock(&act_mod_lock);
	list_for_each_entry(a, &act_base, head) {
		if (act->id == a->id || strcmp(act->kind, a->kind) == 0) {
			ret = -EEXIST;
			goto err_out;
		}
	}
	list_add_tail(&act->head, &act_base);
	write_unlock(&act_mod_lock);
	return 0;

err_out:
	write_unlock(&act_mod_lock);
	if (ops->id)
		del_id(*ops->id);
err_id:
	unregister_pernet_subsys(ops);
	return ret;`;

const unregisters = `
	if (!err) {
		unregister_pernet_subsys(ops);
		if (ops->id)
			del_id(*ops->id);
	}`;

describe('an ops that a function is passed on behalf of many modules', () => {
  it('is registered, and taken back', () => {
    check(actions(registers, unregisters));
    check(
      actions(
        `
	write_lock(&act_mod_lock);
	list_for_each_entry(a, &act_base, head) {
		if (act->id == a->id) {
			write_unlock(&act_mod_lock);
			return -EEXIST;
		}
	}
	list_add_tail(&act->head, &act_base);
	write_unlock(&act_mod_lock);
	ret = register_pernet_subsys(ops);
	if (ret) {
		write_lock(&act_mod_lock);
		list_del(&act->head);
		write_unlock(&act_mod_lock);
	}
	return ret;`,
        `
	if (!err)
		unregister_pernet_subsys(ops);`,
      ),
    );
    check(
      actions(
        `
	INIT_LIST_HEAD(&act->head);
	return register_pernet_subsys(ops);`,
        `
	if (err)
		return err;
	unregister_pernet_subsys(ops);`,
      ),
    );
  });

  it('is left registered where it fails: once, not by each module', () => {
    check(
      actions(
        registers.replace('\tunregister_pernet_subsys(ops);\n', '').replace(
          '\t\t\tgoto err_out;\n',
          `\t\t\tgoto err_out;
//			^^^^^^^^^^^^^ error: left-registered-on-error: if \`act->id == a->id\` is true, tcf_register_action() returns -EEXIST with ops still registered
`,
        ),
        unregisters,
      ),
    );
  });

  it('is left registered when it is taken back', () => {
    check(
      actions(registers, unregisters.replace('\t\tunregister_pernet_subsys(ops);\n', '')).replace(
        'int tcf_unregister_action(struct tc_action_ops *act, struct pernet_operations *ops)\n',
        `int tcf_unregister_action(struct tc_action_ops *act, struct pernet_operations *ops)
//  ^^^^^^^^^^^^^^^^^^^^^ error: left-registered-on-exit: tcf_unregister_action() leaves ops registered
`,
      ),
    );
  });

  it('is registered without a look at the result', () => {
    check(
      actions(
        registers.replace(
          `	ret = register_pernet_subsys(ops);
	if (ret)
		return ret;
`,
          `	ret = register_pernet_subsys(ops);
//	      ^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: register-unchecked: the result of register_pernet_subsys(ops) is not checked
`,
        ),
        unregisters,
      ),
    );
  });

  it('leaves what is kept of it behind', () => {
    check(
      actions(
        registers.replace('\tif (ops->id)\n\t\tdel_id(*ops->id);\n', '').replace(
          '\t\t\tgoto err_out;\n',
          `\t\t\tgoto err_out;
//			^^^^^^^^^^^^^ error: left-behind-on-error: if \`act->id == a->id\` is true, tcf_register_action() returns -EEXIST and leaves the memory act_ids[*] behind
`,
        ),
        unregisters,
      ),
    );
  });
});

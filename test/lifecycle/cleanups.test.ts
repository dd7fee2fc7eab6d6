import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** An init whose memory is cleaned up by its scope until it is `kept`; `exit` is what the exit does besides. */
function module(
  { free = ' __free(kfree)', kept = 'net->foo.it = no_free_ptr(foo);', exit = 'kfree(net->foo.it);' },
  markers: { readonly prepare?: string; readonly exit?: string } = {},
): string {
  return `
static int __net_init foo_net_init(struct net *net)
{
	struct foo *foo${free} = kzalloc(sizeof(*foo), GFP_KERNEL);
	int err;

	if (!foo)
		return -ENOMEM;
	err = foo_prepare(net);
	if (err)
		return err;
${markers.prepare ?? ''}	if (net_is_special(net)) {
		void *room __free(kvfree) = kvzalloc(64, GFP_KERNEL);

		if (!room)
			goto err_room;
		foo_fill(4);
	}
	if (!proc_create_net("foo", 0, net->proc_net, &foo_ops, 8)) {
		${free === '' ? 'kfree(foo);' : ''}
		return -ENOMEM;
	}
	${kept}
	return 0;

err_room:
	${free === '' ? 'kfree(foo);' : ''}
	return -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
${markers.exit ?? ''}{
	remove_proc_entry("foo", net->proc_net);
	${exit}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`;
}

const exitLeaks = {
  exit: '//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves memory net->foo.it, which foo_net_init() acquires for every namespace: kfree() is missing\n',
};

describe('what a scope cleans up', () => {
  it('is freed wherever the function returns', () => {
    check(module({}));
  });

  it('is freed by nobody else where it is no more than a pointer', () => {
    check(
      module(
        { free: '', kept: 'net->foo.it = foo;' },
        {
          prepare:
            '//		^^^^^^^^^^^ error: init-error-leak: if foo_prepare() fails, foo_net_init() returns an error without kfree() for memory\n',
        },
      ),
    );
  });

  it('is no longer cleaned up once it is taken out of its hands', () => {
    check(module({ exit: '' }, exitLeaks));
    check(module({ kept: 'net->foo.it = foo;\n\tretain_and_null_ptr(foo);', exit: '' }, exitLeaks));
  });

  it('is freed where a loop is left or goes on, and where a label is gone to', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	int err = 0;
	int i;

	for (i = 0; i < 4; i++) {
		void *room __free(kfree) = kzalloc(64, GFP_KERNEL);

		if (!room)
			return -ENOMEM;
		if (foo_knows(i))
			continue;
		if (foo_is_last(i))
			break;
		if (foo_fill(room, i)) {
			err = -EINVAL;
			goto out;
		}
	}
out:
	return err;
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
};
${registering()}`);
  });
});

describe('a scope that is left by break', () => {
  const guarded = (undo: string, marker = ''): string => `
static void __net_exit foo_net_exit(struct net *net)
{
	foo_forget(net);
}

static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	err = register_netdevice_notifier(&foo_nb);
	if (err)
		return err;
	scoped_guard(mutex, &foo_lock) {
		err = register_pernet_subsys(&foo_net_ops);
		if (err)
			break;
		foo_ready = true;
	}
	if (err)
		${undo}return err;
${marker}	return 0;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	unregister_netdevice_notifier(&foo_nb);
}

module_init(foo_init);
module_exit(foo_exit);
`;

  it('goes on after it', () => {
    check(
      guarded('goto undo;\n	return 0;\n\nundo:\n	unregister_netdevice_notifier(&foo_nb);\n	').replace('	return 0;\n}', '}'),
    );
  });

  it('leads to what is forgotten there', () => {
    check(
      guarded(
        '',
        '//		^^^^^^^^^^^ error: left-behind-on-error: if register_pernet_subsys() fails, foo_init() returns an error and leaves the netdevice notifier foo_nb behind\n',
      ),
    );
  });
});

/** An init that leaves it to its scope to take an ops back until all else is done; \`free\` is what that calls. */
const scoped = (free: string, marker = ''): string => `
static void __net_exit foo_net_exit(struct net *net)
{
	foo_forget(net);
}

static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
};

DEFINE_FREE(foo_ops, struct pernet_operations *, ${free})

static int __init foo_init(void)
{
	struct pernet_operations *ops __free(foo_ops) = NULL;
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	ops = &foo_net_ops;
	err = register_netdevice_notifier(&foo_nb);
	if (err)
		return err;
${marker}	retain_and_null_ptr(ops);
	return 0;
}

static void __exit foo_exit(void)
{
	unregister_netdevice_notifier(&foo_nb);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`;

describe('a scope whose cleanup the file defines', () => {
  it.each([
    'if (_T) unregister_pernet_subsys(_T)',
    'unregister_pernet_subsys(_T)',
    'if (!IS_ERR_OR_NULL(_T)) unregister_pernet_subsys(_T)',
  ])('calls what that says: %s', (free) => {
    check(scoped(free));
  });

  it('and nothing else', () => {
    check(
      scoped(
        'foo_note(_T)',
        '//		^^^^^^^^^^^ error: left-registered-on-error: if register_netdevice_notifier() fails, foo_init() returns an error with foo_net_ops still registered\n',
      ),
    );
  });

  /** An exit that takes over what a namespace has, and leaves it to its scope to free that. */
  const taken = (free: string, marker = '', take = 'table = fn->table'): string => `
struct foo_table { u32 *values; };
struct foo_net { struct foo_table *table; };

DEFINE_FREE(foo_table, struct foo_table *, ${free})

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_table *table __free(foo_table) = kzalloc(sizeof(*table), GFP_KERNEL);

	if (!table)
		return -ENOMEM;
	table->values = kcalloc(FOO_SIZE, sizeof(u32), GFP_KERNEL);
	if (!table->values)
		return -ENOMEM;
	fn->table = no_free_ptr(table);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${marker}{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_table *table __free(foo_table) = NULL;

	scoped_guard(mutex, &foo_lock) {
		${take};
		fn->table = NULL;
	}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

  it('calls several functions, one after the other', () => {
    check(taken('if (_T) { kfree(_T->values); kfree(_T); }'));
    const marker = '//\t\t       ^^^^^^^^^^^^ error: exit-leak: net_generic(net, foo_net_id)->table, which\n';
    check(taken('if (_T) { kfree(_T->values); kfree(_T); }', marker, 'foo_note(fn)'));
  });
});

import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** A module whose init notes in a helper of its own that it has begun, and asks for that where it fails. */
const starting = `
//- a/foo.c
static void foo_start(struct foo_net *fn)
{
	timer_setup(&fn->timer, foo_tick, 0);
	fn->on = true;
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->on = false;
	fn->table = kzalloc(64, GFP_KERNEL);
	if (!fn->table)
		return -ENOMEM;
	foo_start(fn);
	fn->other = kzalloc(64, GFP_KERNEL);
	if (!fn->other) {
		if (fn->on)
			kfree(fn->table);
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	kfree(fn->other);
	kfree(fn->table);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

/** Another module, in whose file something goes by the name of what would undo that. */
const other = (definitions: string, exit: string): string => `
//- b/foo.c
${definitions}
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->table = kzalloc(64, GFP_KERNEL);
	return fn->table ? 0 : -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

${exit}	kfree(fn->table);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

describe('a helper of one file, and what another file calls by the name that would undo it', () => {
  it.each([
    ['a variable', 'static bool foo_stop;\n', '	WRITE_ONCE(foo_stop, true);\n'],
    [
      'a function of that file alone',
      'static void foo_stop(struct foo_net *fn)\n{\n	timer_delete_sync(&fn->timer);\n}\n',
      '	foo_stop(fn);\n',
    ],
  ])('%s', (_name, definitions, exit) => {
    check(starting + other(definitions, exit));
  });
});

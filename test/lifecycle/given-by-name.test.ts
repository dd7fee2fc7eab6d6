import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/**
 * A module that keeps a table in each namespace and flushes it in its exit by a pointer, so that this is not followed;
 * `others` is what else its file has, `exit` how its exit goes on.
 */
function flushing({
  others = '',
  exit = '',
  marker = '',
}: {
  readonly others?: string;
  readonly exit?: string;
  readonly marker?: string;
}): string {
  return `
struct foo_net {
	struct hlist_head *buckets;
	const struct foo_type *type;
};

static unsigned int foo_net_id;
${others}
static void foo_flush(struct foo_net *fn, struct foo_set *set)
{
	set->type->destroy(fn, set);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->buckets = kvcalloc(16, sizeof(*fn->buckets), GFP_KERNEL);
	if (!fn->buckets)
		return -ENOMEM;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${marker}{
	struct foo_net *fn = net_generic(net, foo_net_id);

	foo_flush(fn, foo_first(&fn->buckets[0]));
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

const marker = `//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves memory net_generic(net, foo_net_id)->buckets
`;

describe('memory of a namespace that an exit does not give back where all can be followed', () => {
  it('is left where nobody besides names it', () => {
    check(flushing({ marker }));
  });

  it('is left where others only look into it', () => {
    const others = `
static struct foo_set *foo_find(struct foo_net *fn, u32 key)
{
	struct hlist_head *head = &fn->buckets[key % 16];
	struct foo_set *set;

	if (!fn->buckets)
		return NULL;
	hlist_for_each_entry(set, head, node)
		if (set->key == key)
			return set;
	return NULL;
}
`;
    check(flushing({ others, marker }));
  });

  it('is given back by the exit', () => {
    check(flushing({ exit: 'kvfree(fn->buckets);' }));
  });

  it.each([
    ['frees it', 'kvfree(fn->buckets);'],
    ['frees what it has read from there', 'struct hlist_head *old = fn->buckets;\n\n\tkvfree(old);'],
    ['frees it by way of another variable', 'void *a = fn->buckets;\n\tvoid *b = a;\n\n\tkvfree(b);'],
    ['puts something else in its place', 'foo_later(xchg(&fn->buckets, NULL));'],
    ['returns it', 'return fn->buckets;'],
    ['hands it on', 'foo_destroy_all(fn->buckets);'],
  ])('may be given back by somebody who %s', (_, body) => {
    check(flushing({ others: `\nstatic void *foo_type_destroy(struct foo_net *fn)\n{\n\t${body}\n}\n` }));
  });

  it.each([
    ['on one line', '\nstatic void foo_drop(struct foo_net *fn) { kvfree(fn->buckets); }\n'],
    ['on a condition', '\nstatic void foo_drop(struct foo_net *fn)\n{\n\tkvfree(fn->type ? fn->buckets : NULL);\n}\n'],
    [
      'with what it lies in',
      '\nstatic void foo_drop(struct foo_net *fn)\n{\n\tstruct foo_bin bin = { .p = fn->buckets };\n\n\tfoo_bin(&bin);\n}\n',
    ],
  ])('may be given back by somebody %s', (_, others) => {
    check(flushing({ others }));
  });

  it('may be given back by other files that know the structure', () => {
    check(flushing({}).replace(/struct foo_net \{[^}]*\};/, '#include "foo.h"'));
  });

  it('may be given back by who uses a macro', () => {
    check(flushing({ others: '\n#define foo_buckets(fn) rcu_dereference_raw((fn)->buckets)\n' }));
  });
});

/** A module whose exit hands a function to be called later; `body` is what that does. */
function handing(body: string, marker = ''): string {
  return `
struct foo_undo {
	void (*fn)(struct net *net);
};

static struct foo_undo foo_stack[8];
static int foo_depth;

static void foo_push(void (*fn)(struct net *net))
{
	foo_stack[foo_depth++].fn = fn;
}

static void foo_drop(struct net *net)
{
	${body}
}

static int __net_init foo_net_init(struct net *net)
{
	int err;

	net->foo.hash = kzalloc(64, GFP_KERNEL);
	if (!net->foo.hash)
		return -ENOMEM;
	err = foo_check(net);
	if (err) {
		kfree(net->foo.hash);
		return err;
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${marker}{
	foo_push(foo_drop);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`;
}

describe('what is kept at a member of struct net', () => {
  it('is not given back by what frees something else, whenever that is called', () => {
    check(
      handing(
        'kfree(net->foo.names);',
        `//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves memory net->foo.hash
`,
      ),
    );
  });

  it.each(['kfree(net->foo.hash);', 'struct foo *of = &net->foo;\n\n\tkfree(of->hash);'])(
    'may be given back later by %s',
    (body) => {
      check(handing(body));
    },
  );
});

/** A module that keeps a table in struct net, and whose exit makes a call by a pointer, so that this is not followed. */
function calling(body: string, { marker = '', others = '' } = {}): string {
  return `
${others}
static void foo_remove(struct net *net, struct foo *foo)
{
	struct foo_route *route;

	list_for_each_entry(route, &foo->routes, list) {
		${body}
	}
}

static int __net_init foo_net_init(struct net *net)
{
	net->foo.hash = kzalloc(64, GFP_KERNEL);
	if (!net->foo.hash)
		return -ENOMEM;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${marker}{
	struct foo *foo;

	while ((foo = foo_first(&net->foo.list)))
		foo_remove(net, foo);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`;
}

describe('memory of struct net beside a call by a pointer', () => {
  const marker = `//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves memory net->foo.hash
`;

  it('is left where the call is about something else', () => {
    check(calling('foo_stub->del_route(net, route);', { marker }));
  });

  it.each([
    ['with the namespace alone', 'foo_stub->flush(net);'],
    ['by a member of what it is about', 'route->release(net, route);'],
    ['with a number', 'foo_stub->flush(net, route->family);'],
  ])('may go %s', (_, body) => {
    check(calling(body));
  });

  it('may be given back by who names it', () => {
    const others = `
static void foo_drop(struct net *net)
{
	kfree(net->foo.hash);
}

static const struct foo_ops foo_drop_ops = { .del_route = foo_drop };
`;
    check(calling('foo_stub->del_route(net, route);', { others }));
  });
});

describe('memory of a namespace that a loop reads each time', () => {
  const module = (body: string, marker = ''): string => `
static int __net_init foo_net_init(struct net *net)
{
	net->foo.hash = kcalloc(8, sizeof(*net->foo.hash), GFP_KERNEL);
	if (!net->foo.hash)
		return -ENOMEM;
	return 0;
}

static void foo_destroy_all(struct net *net)
{
	struct foo *foo;
	int i;

${body}}

static void __net_exit foo_net_exit(struct net *net)
${marker}{
	foo_destroy_all(net);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`;

  it('is not given back by a call by a pointer in that', () => {
    check(
      module(
        `	for (i = 0; i < 8; i++) {
		foo = net->foo.hash[i];
		if (foo)
			foo->type->destroy(foo);
	}
`,
        `//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves memory net->foo.hash
`,
      ),
    );
  });

  it('is not given back where a macro reads it', () => {
    const macros = (body: string): string =>
      `#define foo_hash(net) rcu_dereference_raw((net)->${body})\n#define foo_at(net, i) foo_hash(net)[i]\n`;
    const loop = `	for (i = 0; i < 8; i++) {
		foo = foo_at(net, i);
		if (foo)
			foo->type->destroy(foo);
	}
`;
    const marker = `//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves memory net->foo.hash
`;
    check(macros('foo.hash') + module(loop, marker));
    check(macros('foo.names') + module(loop));
  });

  it('may be given back by the last of all', () => {
    check(
      module(`	for (i = 0; i < 8; i++) {
		foo = net->foo.hash[i];
		if (foo->is_last) {
			foo->type->destroy(foo);
			break;
		}
	}
`),
    );
  });
});

/** A module that keeps an array in each namespace and passes \`what\` to somebody in its exit. */
function passing(what: string, marker = ''): string {
  return `
static int __net_init foo_net_init(struct net *net)
{
	int err;

	net->foo.hash = kcalloc(8, sizeof(*net->foo.hash), GFP_KERNEL);
	if (!net->foo.hash)
		return -ENOMEM;
	err = foo_check(net);
	if (err) {
		kfree(net->foo.hash);
		return err;
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${marker}{
	int i;

	for (i = 0; i < 8; i++)
		foo_look_at(${what});
	net->foo.hash = NULL;
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`;
}

describe('an array of a namespace', () => {
  it('is left by who passes elements of it on', () => {
    check(
      passing(
        '&net->foo.hash[i]',
        `//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves memory net->foo.hash
`,
      ),
    );
  });

  it('may go with who is passed all of it', () => {
    check(passing('net->foo.hash'));
  });
});

/** A module whose namespaces have an object with two tables in it; `exit` is what takes these down. */
function tables(exit: string, marker = ''): string {
  return `
struct foo_data {
	struct rhashtable names;
	struct rhashtable numbers;
};

static int __net_init foo_net_init(struct net *net)
{
	struct foo_data *data;
	int err;

	data = kzalloc(sizeof(*data), GFP_KERNEL);
	if (!data)
		return -ENOMEM;
	err = rhashtable_init(&data->names, &foo_names_params);
	if (err)
		goto free_data;
	err = rhashtable_init(&data->numbers, &foo_numbers_params);
	if (err)
		goto free_names;
	err = foo_check(net);
	if (err)
		goto free_numbers;
	net->foo.data = data;
	return 0;

free_numbers:
	rhashtable_destroy(&data->numbers);
free_names:
	rhashtable_destroy(&data->names);
free_data:
	kfree(data);
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
${marker}{
	struct foo_data *data = net->foo.data;

	${exit}
	kfree(data);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`;
}

describe('what was made in an object that is freed', () => {
  it('is lost with that', () => {
    check(
      tables(
        'rhashtable_free_and_destroy(&data->names, foo_free, NULL);',
        `//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves hash table
`,
      ),
    );
  });

  it('is given back before', () => {
    check(
      tables(
        'rhashtable_free_and_destroy(&data->names, foo_free, NULL);\n\trhashtable_free_and_destroy(&data->numbers, foo_free, NULL);',
      ),
    );
  });
});

import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

describe('memory that is found by way of another list than the one it is kept on', () => {
  const shared = (undo: string, mark = ''): string => `
struct foo_peer {
	struct list_head in_net, in_all;
	struct net *net;
};

static unsigned int foo_net_id;
static LIST_HEAD(foo_all);

static struct foo_peer *foo_peer_new(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_peer *peer = kzalloc(sizeof(*peer), GFP_KERNEL);

	if (!peer)
		return NULL;
	peer->net = net;
	list_add(&peer->in_net, &fn->peers);
	list_add(&peer->in_all, &foo_all);
	return peer;
}

static void foo_peer_kill(struct foo_peer *peer)
{
	list_del(&peer->in_net);
	list_del(&peer->in_all);
	kfree(peer);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int i;

	INIT_LIST_HEAD(&fn->peers);
	for (i = 0; i < 4; i++) {
		if (foo_peer_new(net))
			continue;
		while (!list_empty(&fn->peers))
			foo_peer_kill(list_first_entry(&fn->peers, struct foo_peer, in_net));
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)${mark}
{
	struct foo_peer *peer, *next;

	list_for_each_entry_safe(peer, next, &foo_all, in_all)
		if (net_eq(peer->net, net))
			${undo}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

  it('is given back there', () => {
    check(shared('foo_peer_kill(peer);'));
  });

  it('is left where none of that is', () => {
    check(shared('peer->net = NULL;', '\n//		       ^^^^^^^^^^^^ error: exit-leak'));
  });

  const table = (exit: string, mark = ''): string => `
struct foo_session {
	struct kref ref;
	u32 id;
};

static unsigned int foo_net_id;

static void foo_session_release(struct kref *ref)
{
	kfree(container_of(ref, struct foo_session, ref));
}

static struct foo_session *foo_session_new(struct foo_net *fn)
{
	struct foo_session *session = kzalloc(sizeof(*session), GFP_KERNEL);

	if (!session)
		return ERR_PTR(-ENOMEM);
	kref_init(&session->ref);
	if (xa_alloc(&fn->sessions, &session->id, session, xa_limit_31b, GFP_KERNEL)) {
		kfree(session);
		return ERR_PTR(-EBUSY);
	}
	return session;
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	xa_init_flags(&fn->sessions, XA_FLAGS_ALLOC1);
	fn->control = foo_session_new(fn);
	if (IS_ERR(fn->control)) {
		xa_destroy(&fn->sessions);
		return PTR_ERR(fn->control);
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)${mark}
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_session *session;
	unsigned long index;

	fn->control = NULL;
	${exit}
	xa_destroy(&fn->sessions);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

  it('is as well in a table', () => {
    check(table('xa_for_each(&fn->sessions, index, session)\n\t\tkref_put(&session->ref, foo_session_release);'));
    check(table('', '\n//		       ^^^^^^^^^^^^ error: exit-leak'));
  });

  const tree = `
struct foo_rule {
	struct rb_node node;
	struct list_head list;
};

static unsigned int foo_net_id;

static void foo_insert(struct foo_net *fn, struct foo_rule *rule)
{
	rb_link_node(&rule->node, NULL, &fn->rules.rb_node);
	rb_insert_color(&rule->node, &fn->rules);
	list_add_tail(&rule->list, &fn->order);
}

static struct foo_rule *foo_rule_add(struct foo_net *fn)
{
	struct foo_rule *rule = kzalloc(sizeof(*rule), GFP_KERNEL);

	if (!rule)
		return NULL;
	foo_insert(fn, rule);
	return rule;
}

static void foo_flush(struct foo_net *fn)
{
	struct foo_rule *rule;
	struct rb_node *node;

	while ((node = rb_first(&fn->rules))) {
		rule = rb_entry(node, struct foo_rule, node);
		rb_erase(&rule->node, &fn->rules);
		list_del(&rule->list);
		kfree(rule);
	}
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->fallback = foo_rule_add(fn);
	fn->drop = foo_rule_add(fn);
	if (!fn->fallback || !fn->drop) {
		foo_flush(fn);
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	foo_flush(net_generic(net, foo_net_id));
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

  it('is in a tree where an init takes back what it has made', () => {
    check(tree);
  });
});

import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** An init that sets up two tables in memory of its own, the second one last of all. */
function withExit(exit: string, { helpers = '', marker = '' } = {}): string {
  return `
static unsigned int foo_net_id;

static void foo_free(void *ptr, void *arg)
{
	kfree(ptr);
}
${helpers}
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_data *d;
	int err = -ENOMEM;

	d = kzalloc(sizeof(*d), GFP_KERNEL);
	if (!d)
		goto out;
	fn->data = d;
	err = rhashtable_init(&d->peers, &foo_peers_params);
	if (err)
		goto free_data;
	err = rhashtable_init(&d->routes, &foo_routes_params);
	if (err)
		goto free_peers;
out:
	return err;
free_peers:
	rhashtable_destroy(&d->peers);
free_data:
	kfree(d);
	goto out;
}

static void __net_exit foo_net_exit(struct net *net)
${marker}{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_data *d = fn->data;

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

const both = `rhashtable_free_and_destroy(&d->peers, foo_free, NULL);
	rhashtable_free_and_destroy(&d->routes, foo_free, NULL);`;

describe('what lies in memory that an exit gives back', () => {
  it('is lost with it, also where init never has to take it back', () => {
    check(
      withExit('rhashtable_free_and_destroy(&d->peers, foo_free, NULL);\n\tkfree(d);', {
        marker: `//                     ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves hash table routes, which foo_net_init() acquires for every namespace: rhashtable_destroy() is missing
`,
      }),
    );
  });

  it('is given back by the exit itself, by a helper, or by another name', () => {
    check(withExit(`${both}\n\tkfree(d);`));
    check(
      withExit(
        `struct rhashtable *last = &d->routes;

	rhashtable_free_and_destroy(&d->peers, foo_free, NULL);
	rhashtable_free_and_destroy(last, foo_free, NULL);
	kfree(d);`,
      ),
    );
    check(
      withExit('foo_end(&d->peers);\n\tfoo_end(&d->routes);\n\tkfree(d);', {
        helpers: `
static void foo_end(struct rhashtable *ht)
{
	rhashtable_free_and_destroy(ht, foo_free, NULL);
}
`,
      }),
    );
  });

  it('may be given back by who is not read, or later', () => {
    const first = 'rhashtable_free_and_destroy(&d->peers, foo_free, NULL);';
    check(withExit(`${first}\n\tfoo_routes_end(d);\n\tkfree(d);`));
    check(withExit(`${first}\n\tfoo_routes_end(net);\n\tkfree(d);`));
    check(
      withExit('call_rcu(&d->rcu, foo_free_rcu);', {
        helpers: `
static void foo_free_rcu(struct rcu_head *rcu)
{
	struct foo_data *d = container_of(rcu, struct foo_data, rcu);

	${both}
	kfree(d);
}
`,
      }),
    );
    check(
      withExit(`${first}\n\tkfree(d);`, {
        helpers: `
static void foo_routes_close(struct foo_data *d)
{
	rhashtable_free_and_destroy(&d->routes, foo_free, NULL);
}
`,
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { analyseFiles, check } from '../check.ts';
import { parseFixture } from '../fixture.ts';
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

function leaksOf(fixture: string, word: string): string[] {
  const { findings } = analyseFiles(parseFixture(fixture));
  return findings.flatMap(({ message }) => (message.includes(word) ? [message] : []));
}

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

  it.each([
    [
      'foo_walk(d, rhashtable_destroy);',
      'static void foo_walk(struct foo_data *d, void (*fn)(struct rhashtable *))\n{\n\tfn(&d->peers);\n\tfn(&d->routes);\n}\n',
    ],
    [
      'foo_each(foo_end_one, &d->peers);\n\tfoo_each(foo_end_one, &d->routes);',
      'static void foo_end_one(void *p)\n{\n\trhashtable_destroy(p);\n}\n',
    ],
    [
      'rhashtable_destroy(&d->peers);\n\tfoo_routes_end(&d->peers);',
      `static void foo_routes_end(struct rhashtable *p)
{
	struct foo_data *d = container_of(p, struct foo_data, peers);

	rhashtable_destroy(&d->routes);
}
`,
    ],
  ])('is given back by who names it on the way out: %s', (exit, helpers) => {
    expect(leaksOf(withExit(`${exit}\n\tkfree(d);`, { helpers }), 'routes')).toEqual([]);
  });
});

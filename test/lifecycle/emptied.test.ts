import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** An RPC cache of each namespace. */
const cache = (exit: string, { before = '', leaks = '' } = {}): string => `
struct foo_net { struct cache_detail *cache; };
${before}
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct cache_detail *cd = cache_create_net(&foo_template, net);
	int err;

	if (IS_ERR(cd))
		return PTR_ERR(cd);
	err = cache_register_net(cd, net);
	if (err) {
		cache_destroy_net(cd, net);
		return err;
	}
	fn->cache = cd;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${leaks}{
	struct foo_net *fn = net_generic(net, foo_net_id);

${exit}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

const gone = '\tcache_unregister_net(fn->cache, net);\n\tcache_destroy_net(fn->cache, net);';

describe('a cache that is emptied', () => {
  it('is still there', () => {
    const leaks = `//\t\t       ^^^^^^^^^^^^ error: exit-leak: leaves registered RPC cache, which
//\t\t       ^^^^^^^^^^^^ error: exit-leak: leaves RPC cache net_generic(net, foo_net_id)->cache, which\n`;
    check(cache('\tcache_purge(fn->cache);', { leaks }));
  });

  it.each([
    ['destroyed after that', `\tcache_purge(fn->cache);\n${gone}`],
    ['destroyed without that', gone],
    [
      'destroyed by way of a local',
      '\tstruct cache_detail *cd = fn->cache;\n\n\tcache_purge(cd);\n\tcache_unregister_net(cd, net);\n\tcache_destroy_net(cd, net);',
    ],
  ])('is %s', (_, exit) => {
    check(cache(exit));
  });

  it('is destroyed by a function of that name', () => {
    const before = `
static void cache_purge(struct cache_detail *cd, struct net *net)
{
	cache_unregister_net(cd, net);
	cache_destroy_net(cd, net);
}
`;
    check(cache('\tcache_purge(fn->cache, net);', { before }));
  });
});

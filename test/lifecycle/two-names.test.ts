import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** An ops that keeps memory at one place and frees what lies at another. */
const grouped = `
struct foo_net {
	struct_group(hdr,
		void *table;
		int size;
	);
	void *other;
};
`;

const module = (at: string, freed: string, marker = '', struct = grouped): string => `${struct}
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->${at} = kzalloc(64, GFP_KERNEL);
	return fn->${at} ? 0 : -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
${marker}{
	struct foo_net *fn = net_generic(net, foo_net_id);

	kfree(fn->${freed});
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

describe('a member of an anonymous part', () => {
  it('goes by its own name and by that of the part', () => {
    check(module('hdr.table', 'table'));
    check(module('table', 'hdr.table'));
  });

  it('is no other member', () => {
    const marker = '//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves memory\n';
    check(module('hdr.table', 'other', marker));
    check(module('other', 'hdr.table', marker));
  });

  it('is not the member by the plain name that the structure declares beside the part', () => {
    const marker = '//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves memory\n';
    const both = `
struct foo_part {
	void *table;
};

struct foo_net {
	struct foo_part hdr;	/* the first one */
	void *table, **other[2];
};
`;
    check(module('hdr.table', 'table', marker, both));
    check(module('table', 'hdr.table', marker, both));
    check(module('hdr.table', 'hdr.table', '', both));
  });

  it('is taken for one where the structure is not known, or holds it in a union', () => {
    const union = `
struct foo_net {
	union {
		struct foo_part hdr;
		struct {
			void *table;
		};
	};
	void (*table_free)(void *table, int size);
};
`;
    check(module('hdr.table', 'table', '', union));
    check(module('hdr.table', 'table', '', ''));
  });
});

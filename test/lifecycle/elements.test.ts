import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

interface Filled {
  /** What makes one element, and asks whether it is there; goes to `unwind` where it is not. */
  readonly make: string;
  /** What gives back those that are there. */
  readonly unwind: string;
  readonly after?: string;
  readonly exit?: string;
}

/** A module whose init fills an array of each namespace, element by element. */
function filled({ make, unwind, after = '', exit = 'foo_cache_destroy(fn->caches[i]);' }: Filled): string {
  return `
struct foo_net {
	struct foo_cache *caches[4];
	struct foo_slot *slots;
};

static unsigned int foo_net_id;

static struct foo_cache *foo_cache_create(unsigned int bits)
{
	struct foo_cache *c = kzalloc(sizeof(*c), GFP_KERNEL);

	if (!c)
		return ERR_PTR(-ENOMEM);
	c->heads = kvcalloc(1 << bits, sizeof(*c->heads), GFP_KERNEL);
	if (!c->heads) {
		kfree(c);
		return ERR_PTR(-ENOMEM);
	}
	return c;
}

static void foo_cache_destroy(struct foo_cache *c)
{
	if (IS_ERR_OR_NULL(c))
		return;
	kvfree(c->heads);
	kfree(c);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int i, j, err = 0;

	for (i = 0; i < 4; i++) {
		${make}
	}
	${after}
	return 0;

unwind:
	${unwind}
	return err;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int i;

	for (i = 0; i < 4; i++)
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

const made = {
  'an error pointer, that is reset': `fn->caches[i] = foo_cache_create(4 + i);
		if (IS_ERR(fn->caches[i])) {
			err = PTR_ERR(fn->caches[i]);
			fn->caches[i] = NULL;
			goto unwind;
		}`,
  'an error pointer': `fn->caches[i] = foo_cache_create(4 + i);
		if (IS_ERR(fn->caches[i])) {
			err = PTR_ERR(fn->caches[i]);
			goto unwind;
		}`,
  'an error that is taken first': `fn->caches[i] = foo_cache_create(4 + i);
		err = PTR_ERR_OR_ZERO(fn->caches[i]);
		if (err)
			goto unwind;`,
};

const unwound = {
  backwards: 'while (--i >= 0)\n\t\tfoo_cache_destroy(fn->caches[i]);',
  'backwards, counted after': 'while (i--)\n\t\tfoo_cache_destroy(fn->caches[i]);',
  forwards: 'for (j = 0; j < i; j++)\n\t\tfoo_cache_destroy(fn->caches[j]);',
};

describe('an array that is filled element by element', () => {
  for (const [what, make] of Object.entries(made))
    for (const [way, unwind] of Object.entries(unwound))
      it(`is given back ${way}, made of ${what}`, () => {
        check(filled({ make, unwind }));
      });

  const plain = `fn->slots[i].mem = kmalloc(128, GFP_KERNEL);
		if (!fn->slots[i].mem) {
			err = -ENOMEM;
			goto unwind;
		}`;
  const exit = 'kfree(fn->slots[i].mem);';

  it('has members', () => {
    check(filled({ make: plain, unwind: 'for (j = 0; j < i; j++)\n\t\tkfree(fn->slots[j].mem);', exit }));
    check(filled({ make: plain, unwind: 'while (--i >= 0)\n\t\tkfree(fn->slots[i].mem);', exit }));
  });

  it.each([
    'if (fn->slots[j].mem)\n\t\t\tkfree(fn->slots[j].mem);',
    '{\n\t\tvoid *mem = fn->slots[j].mem;\n\n\t\tif (!mem)\n\t\t\tcontinue;\n\t\tkfree(mem);\n\t}',
  ])('is given back by who looks whether it is there', (body) => {
    const after = 'err = foo_check(fn);\n\tif (err)\n\t\tgoto unwind;';
    check(filled({ make: plain, unwind: `for (j = 0; j < 4; j++)\n\t\t${body}`, after, exit }));
  });

  it('is left where that gives back only what is not there', () => {
    const found = (call: string): string => `goto unwind;
//		^^^^^^^^^^^^ error: init-error-leak: if ${call}() fails, foo_net_init() returns`;
    const after = `err = foo_check(fn);\n\tif (err)\n\t\t${found('foo_check')}`;
    const unwind = 'for (j = 0; j < 4; j++)\n\t\tif (!fn->slots[j].mem)\n\t\t\tkfree(fn->slots[j].mem);';
    check(filled({ make: plain.replace('goto unwind;', found('kmalloc').replace('//', '//\t')), unwind, after, exit }));
  });

  it('is left where nothing gives it back', () => {
    check(
      filled({
        make: `fn->slots[i].mem = kmalloc(128, GFP_KERNEL);
		if (!fn->slots[i].mem)
			return -ENOMEM;
//			^^^^^^^^^^^^^^^ error: init-error-leak: if kmalloc() fails, foo_net_init() returns -ENOMEM without kfree()`,
        unwind: '',
        exit,
      }),
    );
  });

  it('is left where a later step goes past that', () => {
    check(
      filled({
        make: plain,
        unwind: 'while (--i >= 0)\n\t\tkfree(fn->slots[i].mem);',
        after: `err = register_netdevice_notifier_net(net, &fn->nb);
	if (err)
		return err;
//		^^^^^^^^^^^ error: init-error-leak: if register_netdevice_notifier_net() fails, foo_net_init() returns an error`,
        exit: `kfree(fn->slots[i].mem);
	unregister_netdevice_notifier_net(net, &fn->nb);`,
      }),
    );
  });
});

import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { fooNetOps } from '../registering.ts';

const exit = `static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	foo_flush(&fn->list);
}
`;

/** foo_net_init() with such statements, what stands before it, and the rest of its module. */
function module(statements: readonly string[], before = '', down = exit): string {
  return `
static unsigned int foo_net_id;
${before}
static int __net_init foo_net_init(struct net *net)
{
${statements.map((each) => (each.startsWith('//') ? `${each}\n` : `\t${each}\n`)).join('')}	return 0;
}

${down}
${fooNetOps('data')}`;
}

const first = 'struct foo_net *first = net_generic(&init_net, foo_net_id);';
const own = 'struct foo_net *fn = net_generic(net, foo_net_id);';
const setUp = `static void foo_table_init(struct net *net, struct foo_net *fn)
{
	INIT_LIST_HEAD(&fn->list);
}
`;

describe('an init that sets up what init_net has', () => {
  it('by its data in a local', () => {
    check(
      module([
        first,
        '',
        'INIT_LIST_HEAD(&first->list);',
        '//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregister-not-registered: foo_net_init() sets up what init_net has by INIT_LIST_HEAD(), whichever namespace is made: what that has itself is never set up, and init_net loses what it has',
        'first->users = 0;',
      ]),
    );
  });

  it('by a member of it, in a local or not', () => {
    check(
      module([
        'struct netns_foo *ns = &init_net.foo;',
        'int i;',
        '',
        'for (i = 0; i < FOO_SLOTS; i++)',
        '\tINIT_HLIST_HEAD(&ns->slots[i]);',
        '//		^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregister-not-registered: foo_net_init() sets up what init_net has by INIT_HLIST_HEAD()',
      ]),
    );
    check(
      module([
        'mutex_init(&init_net.foo.lock);',
        '//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregister-not-registered: foo_net_init() sets up what init_net has by mutex_init()',
      ]),
    );
  });

  it('by a helper that it passes the data', () => {
    check(
      module(
        [
          first,
          '',
          'foo_table_init(net, first);',
          '//	^^^^^^^^^^^^^^^^^^^^^^^^^^ error: unregister-not-registered: foo_net_init() sets up what init_net has by foo_table_init()',
        ],
        setUp,
      ),
    );
  });

  describe('is none where', () => {
    it('it asks which namespace it is, by itself or by a helper', () => {
      check(module(['if (!net_eq(net, &init_net))', '\treturn 0;', 'INIT_LIST_HEAD(&init_net.foo.list);']));
      check(
        module(
          ['if (foo_is_root(net))', '\tINIT_LIST_HEAD(&init_net.foo.list);'],
          'static bool foo_is_root(struct net *net)\n{\n\treturn net == &init_net;\n}\n',
        ),
      );
    });

    it('it is done once', () => {
      check(
        module(
          [first, '', 'if (!foo_done)', '\tINIT_LIST_HEAD(&first->children);', 'foo_done = true;'],
          'static bool foo_done;\n',
        ),
      );
      check(
        module([first, '', 'foo_table_init(net, first);'], setUp.replace('\tINIT', '\tif (!fn->list.next)\n\t\tINIT')),
      );
    });

    it('its own is set up, and the other one looked at', () => {
      check(module([own, first, '', 'INIT_LIST_HEAD(&fn->list);', 'fn->rate = first->rate;']));
      check(
        module(
          [
            own,
            first,
            '',
            'INIT_LIST_HEAD(&fn->list);',
            'mutex_lock(&first->lock);',
            'first->users++;',
            'mutex_unlock(&first->lock);',
          ],
          '',
          exit.replace('foo_flush', 'foo_count(net);\n\tfoo_flush'),
        ),
      );
    });

    it('a helper sets up what else it is passed', () => {
      check(
        module(
          [own, first, '', 'foo_copy_init(fn, first);'],
          'static void foo_copy_init(struct foo_net *fn, struct foo_net *from)\n{\n\tINIT_LIST_HEAD(&fn->list);\n\tfn->rate = from->rate;\n}\n',
        ),
      );
    });

    it('each namespace has an element of init_net’s', () => {
      check(module([first, own, '', 'INIT_LIST_HEAD(&first->slots[fn->index]);']));
    });

    it('the local goes on to something else', () => {
      check(module([first, '', 'list_for_each_entry(first, &foo_nets, node)', '\tINIT_LIST_HEAD(&first->seen);']));
      check(module([first, '', 'foo_find(net, &first);', 'INIT_LIST_HEAD(&first->list);']));
    });

    it.each([
      [
        'it gets its own as well',
        module([own, first, '', 'INIT_LIST_HEAD(&fn->list);', 'INIT_LIST_HEAD(&first->guests);']),
      ],
      ['it has a member of its own', module([first, '', 'net->foo.on = 1;', 'INIT_LIST_HEAD(&first->guests);'])],
      ['it asks in an expression', module([first, '', 'foo_is_home(net) && foo_lock_init(&first->lock);'])],
      ['it chooses in an expression', module([first, '', 'foo_home == net ? mutex_init(&first->lock) : (void)0;'])],
      [
        'a loop is gone through once',
        module([first, '', 'while (!first->on) {', '\tmutex_init(&first->lock);', '\tfirst->on = 1;', '}']),
      ],
      ['a macro may leave it', module([first, '', 'FOO_RETURN_UNLESS_HOME(net);', 'mutex_init(&first->lock);'])],
      [
        'a list was taken over',
        module([first, '', 'list_splice(&first->cache, &foo_old);', 'INIT_LIST_HEAD(&first->cache);']),
      ],
      [
        'a part of it is a namespace’s',
        module([
          first,
          'int i;',
          '',
          'for (i = foo_base(net); i < FOO_SLOTS; i++)',
          '\tINIT_LIST_HEAD(&first->slots[i]);',
        ]),
      ],
      [
        'init_net is what its namespace is called',
        module(['INIT_LIST_HEAD(&init_net->foo.list);']).replace('struct net *net)', 'struct net *init_net)'),
      ],
      [
        'a helper lets memory grow',
        module(
          [first, '', 'foo_grow(first);'],
          'static void foo_grow(struct foo_net *fn)\n{\n\tvoid *old = fn->table;\n\n\tfn->table = kcalloc(++foo_size, 8, GFP_KERNEL);\n\tkfree(old);\n}\n',
        ),
      ],
    ])('%s', (_, source) => {
      check(source);
    });

    it('an exit speaks of init_net', () => {
      check(
        module(
          ['INIT_LIST_HEAD(&init_net.foo.list);'],
          '',
          exit.replace('foo_flush(&fn->list)', 'foo_move(&fn->list, &init_net)'),
        ),
      );
    });

    it('it is behind a pointer of init_net’s', () => {
      check(module([own, first, '', 'first->last = fn;', 'INIT_LIST_HEAD(&first->last->list);']));
    });
  });
});

import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { fooNetOps } from '../registering.ts';

const make = 'proc_mkdir("foo", net->proc_net)';
const remove = 'remove_proc_entry("foo", net->proc_net);';
const module = (init: string, exit: string, helper = ''): string => `
${helper}
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->dir = ${make};
${init}}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	${exit}
}

${fooNetOps('data')}`;
const fill = (asks: string): string => `
static int foo_fill(struct foo_net *fn)
{
${asks}	fn->limit = 16;
	return 0;
}
`;

describe('what is kept without a look at it, and missed by its name', () => {
  it('is said', () => {
    const found =
      'warning: register-unchecked: the result of proc_mkdir() is not checked: when it fails, foo_net_init() goes on ' +
      'without proc directory net_generic(net, foo_net_id)->dir, and foo_net_exit() undoes by remove_proc_entry() what is not there';
    const mark = `//	          ${'^'.repeat(make.length)} ${found}\n`;
    check(module(`${mark}	fn->limit = 16;\n	return 0;\n`, remove));
    check(module(`${mark}	return foo_fill(fn);\n`, remove, fill('')));
  });

  it.each([
    ['where init asks', '	if (!fn->dir)\n		return -ENOMEM;\n	return 0;\n', remove],
    ['where init says so', '	return fn->dir ? 0 : -ENOMEM;\n', remove],
    ['where init goes on in another way', '	if (fn->dir)\n		fn->limit = 16;\n	return 0;\n', remove],
    ['where the exit asks', '	return 0;\n', `if (fn->dir)\n		${remove}`],
    ['where what is not at hand may ask', '	FOO_REQUIRE_DIR(fn);\n	return 0;\n', remove],
    ['where the exit asks by a call', '	return 0;\n', `if (foo_has_proc(fn))\n		${remove}`],
    ['where the exit copes', '	return 0;\n', 'proc_remove(fn->dir);'],
  ])('is not, %s', (_, init, exit) => {
    check(module(init, exit));
  });

  it('is not, where a helper asks', () => {
    check(
      module(
        '	if (foo_misses(fn))\n		return -ENOMEM;\n	return 0;\n',
        remove,
        'static bool foo_misses(struct foo_net *fn)\n{\n	return !fn->dir;\n}\n',
      ),
    );
  });
});

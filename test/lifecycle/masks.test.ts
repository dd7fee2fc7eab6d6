import { describe, it } from 'vitest';
import { check } from '../check.ts';

const constants = {
  numbers: '#define FOO_OPS 1\n#define FOO_NB (1 << 1)\n#define FOO_GENL BIT(2)\n',
  'an enum': 'enum { FOO_OPS = BIT(0), FOO_NB = BIT(1), FOO_GENL = BIT(2) };\n',
  'names from elsewhere': '',
};

/** A module that notes in a mask what it has done; `noting` are the statements that do so, `helper` what they call. */
function noted({
  declared = constants.numbers,
  helper = '',
  noting,
  marker = '',
  exit = '	foo_undo();',
}: {
  readonly declared?: string;
  readonly helper?: string;
  readonly noting: (bit: string) => string;
  readonly marker?: string;
  readonly exit?: string;
}): string {
  return `
${declared}
static unsigned int foo_done;

static void __net_exit foo_net_exit(struct net *net)
{
	foo_forget(net);
}

static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
};

${helper}
static void foo_undo(void)
{
	if (foo_done & FOO_GENL)
		genl_unregister_family(&foo_family);
	if (foo_done & FOO_NB)
		unregister_netdevice_notifier(&foo_nb);
	if (foo_done & FOO_OPS)
		unregister_pernet_subsys(&foo_net_ops);
}

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		goto undo;
	${noting('FOO_OPS')}
	err = register_netdevice_notifier(&foo_nb);
	if (err)
		goto undo;
	${noting('FOO_NB')}
	err = genl_register_family(&foo_family);
	if (err)
		goto undo;
${marker}	${noting('FOO_GENL')}
	return 0;

undo:
	foo_undo();
	return err;
}

static void __exit foo_exit(void)
{
${exit}
}

module_init(foo_init);
module_exit(foo_exit);
`;
}

const did = 'static void foo_did(unsigned int *done, unsigned int bit)\n{\n	*done |= bit;\n}\n';
const didIts = 'static void foo_did(unsigned int bit)\n{\n	foo_done |= bit;\n}\n';

describe('a mask of what was done', () => {
  it.each(Object.entries(constants))('says what to undo, its bits being %s', (_, declared) => {
    check(noted({ declared, noting: (bit) => `foo_done |= ${bit};` }));
  });

  it.each(Object.entries(constants))('says so where a function is passed the bit, as %s', (_, declared) => {
    check(noted({ declared, helper: did, noting: (bit) => `foo_did(&foo_done, ${bit});` }));
    check(noted({ declared, helper: didIts, noting: (bit) => `foo_did(${bit});` }));
  });

  it('says so where a bit is cleared again', () => {
    check(
      noted({
        noting: (bit) => (bit === 'FOO_NB' ? 'foo_done |= FOO_NB;\n	foo_done &= ~FOO_OPS;' : `foo_done |= ${bit};`),
        marker:
          '//		^^^^^^^^^^ error: left-registered-on-error: if genl_register_family() fails, foo_init() returns an error with foo_net_ops still registered\n',
        exit: '	foo_undo();\n	unregister_pernet_subsys(&foo_net_ops);',
      }),
    );
  });

  it('says so where it is set to a number', () => {
    check(
      noted({
        noting: (bit) => (bit === 'FOO_NB' ? 'foo_done = FOO_NB;' : `foo_done |= ${bit};`),
        marker:
          '//		^^^^^^^^^^ error: left-registered-on-error: if genl_register_family() fails, foo_init() returns an error with foo_net_ops still registered\n',
        exit: '	foo_undo();\n	unregister_pernet_subsys(&foo_net_ops);',
      }),
    );
  });
});

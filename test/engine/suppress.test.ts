import { describe, expect, it } from 'vitest';
import { check } from '../check.ts';

const ops = `static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
`;
const registers = `
static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}
`;
const calls = `
module_init(foo_init);
module_exit(foo_exit);
`;

describe('suppression comments', () => {
  it('on the line', () => {
    check(`${ops}${registers}
static void __exit foo_exit(void) /* pernet-lint: ignore pernet/left-registered-on-exit -- the module is permanent */
{
}
${calls}`);
  });

  it('on the line above, without the prefix, one of several', () => {
    check(`${ops}${registers}
/* pernet-lint: ignore register-twice, left-registered-on-exit -- the module is permanent */
static void __exit foo_exit(void)
{
}
${calls}`);
  });

  it('over several lines, ending on the line above', () => {
    check(`${ops}${registers}
/* pernet-lint: ignore left-registered-on-exit --
 * the module is permanent */
static void __exit foo_exit(void)
{
}
${calls}`);
  });

  it('for the whole file', () => {
    check(`/* pernet-lint: ignore-file pernet/left-registered-on-exit -- the module is permanent */
${ops}${registers}
static void __exit foo_exit(void)
{
}
${calls}`);
  });

  it('do nothing without a reason, and are reported', () => {
    check(`${ops}${registers}
/* pernet-lint: ignore pernet/left-registered-on-exit */
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: unused-suppression: gives no reason
static void __exit foo_exit(void)
//                 ^^^^^^^^ error: left-registered-on-exit
{
}
${calls}`);
  });

  it('that name another rule or stand elsewhere are unused', () => {
    check(`${ops}${registers}
/* pernet-lint: ignore pernet/register-twice -- it is not */
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: unused-suppression: suppression of pernet/register-twice is unused
static void __exit foo_exit(void)
//                 ^^^^^^^^ error: left-registered-on-exit
{
	/* pernet-lint: ignore pernet/left-registered-on-exit -- too late */
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: unused-suppression: unused
}
${calls}`);
  });

  it('that name no rule are reported', () => {
    check(`/* pernet-lint: ignore -- just because */
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: unused-suppression: names no rule
`);
  });

  it('of a rule that is off are not unused', () => {
    check(
      `${ops}${registers}
/* pernet-lint: ignore pernet/left-registered-on-exit -- the module is permanent */
static void __exit foo_exit(void)
{
}
${calls}`,
      { severities: { 'pernet/left-registered-on-exit': 'off' } },
    );
  });

  it('cannot be complained of when that is off', () => {
    const { findings } = check('/* pernet-lint: ignore -- just because */\n', {
      severities: { 'pernet/unused-suppression': 'off' },
    });
    expect(findings).toEqual([]);
  });

  it('take out one finding and leave its neighbour', () => {
    check(`${ops}
static struct pernet_operations foo_stat_ops = {
	.init = foo_stat_init,
};

static int __init foo_init(void)
{
	register_pernet_subsys(&foo_net_ops); /* pernet-lint: ignore register-unchecked -- cannot fail here */
	register_pernet_subsys(&foo_stat_ops);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: register-unchecked
	return 0;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_stat_ops);
	unregister_pernet_subsys(&foo_net_ops);
}
${calls}`);
  });
});

import { describe, expect, it } from 'vitest';
import { analyseFiles } from '../check.ts';

const ops = `static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
`;
const load = (body: string): string => `
static int __init foo_init(void)
{
${body}
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
}
module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`;
const gapsOf = (text: string): unknown => analyseFiles([{ path: 'foo.c', text }], {}).notAnalysed;

describe('what could not be followed is said', () => {
  it('with the option that has to be off for it', () => {
    const body =
      '#ifdef CONFIG_FOO\n\treturn register_pernet_subsys(&foo_net_ops);\n#else\n\treturn register_pernet_subsys(foo_choose());\n#endif';
    expect(gapsOf(ops + load(body))).toMatchObject([
      {
        file: 'foo.c',
        function: 'foo_init',
        reason: expect.stringMatching(/not known \(with CONFIG_FOO=n\)$/) as string,
      },
    ]);
  });

  it('once, and without an option, where every configuration has it', () => {
    const body = '#ifdef CONFIG_FOO\n\tfoo_prepare();\n#endif\n\treturn register_pernet_subsys(foo_choose());';
    expect(gapsOf(ops + load(body))).toMatchObject([{ reason: expect.not.stringContaining('CONFIG_FOO') as string }]);
  });

  it('where a function calls itself on every path', () => {
    const again = `
static int foo_again(int depth)
{
	register_pernet_subsys(&foo_net_ops);
	return foo_again(depth - 1);
}
`;
    expect(gapsOf(ops + again + load('\treturn foo_again(3);'))).toMatchObject([
      { function: 'foo_again', reason: expect.stringContaining('calls itself') as string },
    ]);
  });

  const arms = Array.from({ length: 13 }, (_, i) => `#ifdef CONFIG_FOO_${i}\n\tfoo_step(${i});\n#endif\n`).join('');

  it('where more options decide over a life than are each tried off', () => {
    const register = `${arms}\treturn register_pernet_subsys(&foo_net_ops);`;
    expect(gapsOf(ops + load(register))).toMatchObject([
      { file: 'foo.c', reason: expect.stringContaining('13 options decide over its lifecycle code') as string },
    ]);
  });

  it('but not where they decide over what the life never comes to', () => {
    const core = `static struct pernet_operations core_net_ops = { .init = core_net_init };
int core_start(void)
{
	return register_pernet_subsys(&core_net_ops);
}
void core_stop(void)
{
	unregister_pernet_subsys(&core_net_ops);
}
int core_other(void)
{
${arms}	return register_pernet_subsys(&core_other_ops);
}
`;
    const text = `static int __init foo_init(void)
{
	return core_start();
}
static void __exit foo_exit(void)
{
	core_stop();
}
module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("GPL");
`;
    const files = [
      { path: 'core.c', text: core },
      { path: 'foo.c', text },
    ];
    const { notAnalysed } = analyseFiles(files, {});
    expect(notAnalysed.filter(({ reason }) => reason.includes('options decide'))).toEqual([]);
  });
});

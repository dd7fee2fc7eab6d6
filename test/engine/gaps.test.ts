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

  it('where a function calls itself', () => {
    const again = `
static int foo_again(int depth)
{
	if (depth)
		return foo_again(depth - 1);
	return register_pernet_subsys(&foo_net_ops);
}
`;
    expect(gapsOf(ops + again + load('\treturn foo_again(3);'))).toMatchObject([
      { function: 'foo_again', reason: expect.stringContaining('calls itself') as string },
    ]);
  });
});

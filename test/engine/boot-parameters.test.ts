import { expect, it } from 'vitest';
import { bootedTree } from '../../src/engine/boot.ts';
import { loadNative } from '../../src/syntax/index.ts';

const parser = await loadNative();
const files: Record<string, string> = {
  Kbuild: 'obj-y += net/\n',
  'net/Makefile': 'obj-y := a.o other.o order.o\n',
  'net/a.c': `static struct pernet_operations a_ops;
static int a_off;
module_param_named(disable, a_off, int, 0444);
static int __init a_choose(char *text)
{
	return 1;
}
__setup("a-mode=", a_choose);
early_param("a_early", a_choose);
static int __init a_init(void)
{
	if (a_off)
		return 0;
	return register_pernet_subsys(&a_ops);
}
module_init(a_init);
`,
  // Nothing here has to do with registering.
  'net/other.c': 'static int size;\ncore_param(size, size, int, 0444);\n__setup("console=", other_choose);\n',
  'net/order.c': 'static const char *builtin = CONFIG_LSM;\n__setup("lsm=", order_choose);\n',
};

function said(line: string): string[] {
  const read = (file: string): Buffer | undefined => (file in files ? Buffer.from(files[file]!) : undefined);
  const { order, unresolved } = bootedTree(parser, read, { text: `CONFIG_NET_NS=y\n${line}` });
  expect(order.map(({ ops }) => ops)).toEqual(['a_ops']);
  return unresolved.map(({ file, line, reason }) => `${file}:${line}: ${reason}`);
}

const parameter = (place: string, word: string): string =>
  `${place}: the boot parameter \`${word}\` of CONFIG_CMDLINE is not followed`;

it.each([
  ['', []],
  ['console=ttyS0 size=3 quiet', []],
  ['a.disable=1', [parameter('net/a.c:3', 'a.disable=1')]],
  ['disable=1', []],
  ['console=ttyS0 a_mode=x a_early', [parameter('net/a.c:8', 'a_mode=x'), parameter('net/a.c:9', 'a_early')]],
  ['lsm=small', [parameter('net/order.c:2', 'lsm=small')]],
  ['quiet -- lsm=small', []],
])('boot parameters that the configuration gives: "%s"', (line, expected) => {
  expect(said(`CONFIG_CMDLINE_BOOL=y\nCONFIG_CMDLINE="${line}"\n`)).toEqual(expected);
});

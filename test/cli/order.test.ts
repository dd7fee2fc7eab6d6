import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { runOrder } from '../../src/cli/order.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'order-'));
afterAll(() => {
  fs.rmSync(root, { recursive: true });
});

const files: Record<string, string> = {
  Makefile: 'VERSION = 6\n',
  Kbuild: 'obj-y += init/ net/\n',
  'init/Makefile': 'obj-y := main.o\n',
  'init/main.c': 'void start_kernel(void)\n{\n\tnet_ns_init();\n}\n',
  'net/Makefile': 'obj-y += core/\n',
  'net/core/Makefile': 'obj-y := net_namespace.o\n',
  'net/core/net_namespace.c': `static struct pernet_operations net_ns_ops = { .init = net_ns_net_init };
static struct pernet_operations dev_ops;
int register_pernet_subsys(struct pernet_operations *ops)
{
	return register_pernet_operations(first_device, ops);
}
void __init net_ns_init(void)
{
	register_pernet_subsys(&net_ns_ops);
}
static int __init dev_init(void)
{
	return register_pernet_device(&dev_ops);
}
module_init(dev_init);
`,
  config: 'CONFIG_NET=y\nCONFIG_NET_NS=y\n',
  noNetNs: 'CONFIG_NET=y\n# CONFIG_NET_NS is not set\n',
  noNet: '# CONFIG_NET is not set\n',
  empty: 'nothing\n',
};
for (const [file, text] of Object.entries(files)) {
  fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  fs.writeFileSync(path.join(root, file), text);
}

async function run(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  const written = { out: '', err: '' };
  const into = (key: 'out' | 'err'): Writable =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        written[key] += chunk.toString();
        done();
      },
    });
  const status = await runOrder(args, { stdout: into('out'), stderr: into('err') });
  return { status, ...written };
}

describe('pernet-lint order', () => {
  it('has no list without CONFIG_NET_NS, but the order of registration', async () => {
    const config = path.join(root, 'noNetNs');
    const { out } = await run(root, '--config', config, '--format', 'json');
    const names = (all: readonly { ops: string }[]): string[] => all.map(({ ops }) => ops);
    const { order, unlisted, firstDevice } = JSON.parse(out) as Record<'order' | 'unlisted', { ops: string }[]> & {
      firstDevice: number;
    };
    expect([names(order), names(unlisted), firstDevice]).toEqual([[], ['net_ns_ops', 'dev_ops'], 0]);
    expect((await run(root, '--config', config)).out).toMatch(/^Without CONFIG_NET_NS pernet_list stays empty/);
  });

  it('says that nothing is registered without CONFIG_NET', async () => {
    const { status, out } = await run(root, '--config', path.join(root, 'noNet'));
    expect([status, out.split('\n')[0]]).toEqual([
      0,
      'Without CONFIG_NET there is no net/core/net_namespace.c, and nothing is registered.',
    ]);
  });

  it('prints the list with its boundary', async () => {
    const { status, out } = await run(root, '--config', path.join(root, 'config'));
    expect(status).toBe(0);
    expect(out.split('\n').map((line) => line.replace(/ {2,}/g, '  '))).toEqual([
      '0  subsys  net_ns_ops  start_kernel  net_ns_init  net/core/net_namespace.c:9',
      "---- first_device: a module's subsys ops go before this, its device ops to the end ----",
      '1  device  dev_ops  device_initcall  dev_init  net/core/net_namespace.c:13',
      '',
      '2 ops of 2 built-in files: 1 subsys, 1 device',
      '',
    ]);
  });

  it('prints the contract’s JSON', async () => {
    const { out } = await run(root, '--config', path.join(root, 'config'), '--format', 'json');
    const { order, unresolved } = JSON.parse(out) as { order: unknown[]; unresolved: unknown[] };
    expect(order[0]).toMatchObject({
      ops: 'net_ns_ops',
      kind: 'subsys',
      level: 'start_kernel',
      caller: 'net_ns_init',
      file: 'net/core/net_namespace.c',
      line: 1,
    });
    expect(unresolved).toEqual([]);
  });

  it('says what it assumes when there is no .config', async () => {
    const { status, err } = await run(root);
    expect([status, err]).toEqual([
      0,
      expect.stringContaining('has no .config: every option is taken to be y') as string,
    ]);
  });

  describe('with a configuration that may not be the one of the tree', () => {
    const tree = fs.mkdtempSync(path.join(root, 'tree-'));
    const kconfig: Record<string, string> = {
      Makefile: 'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 3\n',
      Kconfig: 'source "net/Kconfig"\nsource "arch/$(SRCARCH)/Kconfig"\n',
      'net/Kconfig': 'menu "Networking options"\nconfig NET_NS\n\tbool "Namespaces"\nendmenu\n',
      'arch/x86/Kconfig': 'config X86\n\tdef_bool y\n',
    };
    for (const [file, text] of Object.entries({ ...files, ...kconfig })) {
      fs.mkdirSync(path.dirname(path.join(tree, file)), { recursive: true });
      fs.writeFileSync(path.join(tree, file), text);
    }
    const full = `#
# Automatically generated file; DO NOT EDIT.
# Linux/x86 6.12.0 Kernel Configuration
#
CONFIG_X86=y
CONFIG_NET=y

#
# A comment is not ended
#

#
# Networking options
#
CONFIG_NET_NS=y
# end of Networking options
`;
    const of = async (text: string): Promise<{ status: number; out: string; err: string }> => {
      fs.writeFileSync(path.join(tree, '.config'), text);
      return run(tree);
    };

    it('says nothing of one that is', async () => {
      expect(await of(full)).toMatchObject({ status: 0, err: '' });
    });

    it('reads lines that end as on Windows, and a mark at the start', async () => {
      const plain = await of(full);
      expect(await of(full.replaceAll('\n', '\r\n'))).toEqual(plain);
      expect(await of(`\uFEFF${full}`)).toEqual(plain);
    });

    it('lets the last line about an option count', async () => {
      const { out } = await of(`${full}# CONFIG_NET_NS is not set\n`);
      expect(out).toMatch(/^Without CONFIG_NET_NS/);
      expect((await of(`${full}# CONFIG_NET_NS is not set\nCONFIG_NET_NS=y\n`)).out).not.toContain('Without');
    });

    it.each([
      ['another version', full.replace('6.12.0', '6.1.192'), 'was written for Linux 6.1, and this is 6.12'],
      [
        'another architecture',
        full.replace('Linux/x86', 'Linux/arm64').replace('CONFIG_X86=y', 'CONFIG_ARM64=y'),
        'was written for arm64, and is read as that of x86',
      ],
      ['a part', 'CONFIG_NET=y\nCONFIG_NET_NS=y\n', 'it does not set CONFIG_X86, so it is a part of a configuration'],
      [
        'all but the start is cut off',
        full.replace('CONFIG_X86=y\n', '').replace(/ is not ended[^]*/, ''),
        'cut off in the line "# A comment"',
      ],
      ['a line that is cut off', full.slice(0, full.indexOf('_NS=y')), 'cut off in the line "CONFIG_NET"'],
      [
        'a menu that is cut off',
        `${full.slice(0, full.indexOf('# end of'))}# Menu\n# end of Menu\n`,
        'cut off in the menu "Networking options"',
      ],
    ])('says what is odd: %s', async (_, text, expected) => {
      const { status, err } = await of(text);
      expect([status, err]).toEqual([0, expect.stringContaining(expected) as string]);
      expect(err.trimEnd().split('\n')).toHaveLength(1);
    });
  });

  it.each([
    [[], 'give one kernel tree'],
    [[root, root], 'give one kernel tree'],
    [['--nonsense', root], 'nonsense'],
    [[root, '--format', 'xml'], 'no format "xml"'],
    [[path.join(root, 'net')], 'not a kernel tree: it has no init/main.c'],
    [[path.join(root, 'gone')], 'not a kernel tree: it is not there'],
    [[path.join(root, 'Makefile')], 'not a kernel tree: it is a file'],
    [[root, '--config', path.join(root, 'not-there')], 'it is not there'],
    [[root, '--config', path.join(root, 'empty')], 'no option of a .config is in it'],
  ])('%j', async (args, expected) => {
    const { status, out, err } = await run(...args);
    expect([status, out]).toEqual([2, '']);
    expect(err).toContain(expected);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });
});

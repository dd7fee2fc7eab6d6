import { describe, expect, it } from 'vitest';
import { LinkOrder } from '../../src/program/index.ts';

const net = {
  'net/Makefile': `# Folders and files, the first of them twice.
obj-y := core/ early.o
obj-$(CONFIG_FOO)	+= foo/ early.o
ifneq ($(CONFIG_BAR),)
obj-y += bar/
endif
obj-m += never.o
`,
  'net/core/Makefile': 'obj-y += one.o \\\n\ttwo.o\nobj-$(CONFIG_THREE)+=three.o\n',
  'net/foo/Kbuild':
    'obj-$(CONFIG_FOO) += foo.o inner/\nfoo-objs := main.o\nfoo-y := tail.o\nfoo-$(CONFIG_MORE) += more.o\n',
  'net/foo/Makefile': 'obj-y += of.o no.o bearing.o\n',
  'net/foo/inner/Makefile': 'obj-y := deep.o\n',
  'net/bar/Makefile': 'ifdef CONFIG_SWAP\nobj-y += b.o a.o\nelse\nobj-y += a.o b.o\nendif\nlib-y += lib.o\n',
};

function order(
  files: Readonly<Record<string, string>>,
  on?: Readonly<Record<string, 'y' | 'm'>>,
): (one: string, other: string) => string | null {
  const order = new LinkOrder((path) => files[path], on && ((name) => on[name] ?? 'n'));
  return (one, other) => {
    const [first, last] = [order.isFirst(one, other), order.isFirst(other, one)];
    expect(first === null || last === null).toBe(true);
    return first && `${first.makefile}:${first.line}`;
  };
}

describe('which of two files is linked first', () => {
  it.each([
    ['net/core/one.c', 'net/core/two.c', 'net/core/Makefile:1'],
    ['net/core/two.c', 'net/core/three.c', 'net/core/Makefile:2'],
    ['net/core/three.c', 'net/foo/main.c', 'net/Makefile:2'],
    ['net/foo/main.c', 'net/bar/a.c', 'net/Makefile:3'],
    ['net/foo/main.c', 'net/foo/tail.c', 'net/foo/Kbuild:2'],
    ['net/foo/tail.c', 'net/foo/more.c', 'net/foo/Kbuild:3'],
    ['net/foo/more.c', 'net/foo/inner/deep.c', 'net/foo/Kbuild:1'],
    ['net/early.c', 'net/bar/a.c', 'net/Makefile:2'],
  ])('%s before %s', (one, other, where) => {
    expect(order(net)(one, other)).toBe(where);
    expect(order(net)(other, one)).toBeNull();
  });

  it.each([
    ['arms that may be taken or not', 'net/bar/a.c', 'net/bar/b.c'],
    ['what is named before another one and after it', 'net/early.c', 'net/foo/main.c'],
    ['what is a module', 'net/never.c', 'net/early.c'],
    ['a library', 'net/bar/lib.c', 'net/bar/a.c'],
    ['a file that no list names', 'net/core/four.c', 'net/core/one.c'],
    ['one and the same', 'net/core/one.c', 'net/core/one.c'],
  ])('is not known of %s', (_, one, other) => {
    expect(order(net)(one, other)).toBeNull();
    expect(order(net)(other, one)).toBeNull();
  });

  it('with a configuration is what that makes of the lists', () => {
    const on = { CONFIG_FOO: 'y', CONFIG_BAR: 'y', CONFIG_SWAP: 'y' } as const;
    expect(order(net, on)('net/bar/b.c', 'net/bar/a.c')).toBe('net/bar/Makefile:2');
    expect(order(net, on)('net/foo/tail.c', 'net/foo/more.c')).toBeNull();
    expect(order(net, { ...on, CONFIG_FOO: 'm' })('net/core/one.c', 'net/foo/main.c')).toBeNull();
  });

  it.each([
    ['of one list', { Kbuild: 'obj-y += fs/\nobj-$(CONFIG_NET) += net/\n', Makefile: '' }, 'Kbuild:1'],
    [
      'that the top Makefile links',
      {
        Makefile:
          'core-y := fs/\ndrivers-y := net/\nKBUILD_VMLINUX_OBJS := $(patsubst %/,%/built-in.a, $(core-y) $(drivers-y))\n',
      },
      'Makefile:1',
    ],
  ])('of folders %s', (_, top, where) => {
    const files = { ...net, ...top, 'fs/Makefile': 'obj-y += locks.o\n' };
    expect(order(files)('fs/locks.c', 'net/core/one.c')).toBe(where);
    expect(order(files)('net/core/one.c', 'fs/locks.c')).toBeNull();
  });

  it('is not known of folders that lead to each other', () => {
    expect(order({ 'net/Makefile': 'obj-y += a.o ../net/\n' })('net/a.c', 'net/b.c')).toBeNull();
  });
});

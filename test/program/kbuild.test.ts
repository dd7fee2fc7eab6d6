import { describe, expect, it } from 'vitest';
import { moduleOfFile } from '../../src/program/index.ts';

const kconfig = `menuconfig FOO
	tristate "Foo"
	depends on INET
	help
	  Says bool in its help, which is not its type.

config FOO_PROC
	bool "Foo in /proc"
	depends on FOO

config FOO_DEBUG
	def_tristate FOO

if FOO
config	FOO_EXTRA
	tristate
endif
`;

const makefile = `# Makefile of the foo module
obj-y += core.o
obj-m += always-module.o
obj-$(CONFIG_FOO) += foo.o single.o
obj-$(CONFIG_FOO_PROC)+= proc.o
obj-$(CONFIG_FOO_UNKNOWN) += unknown.o
obj-$(subst m,y,$(CONFIG_FOO_EXTRA)) += always.o
obj-$(CONFIG_FOO_EXTRA:m=y) += forever.o
foo-y := main.o \\
	 netlink.o # what it is made of
foo-$(CONFIG_FOO_PROC) += foo-proc.o
foo-objs += old.o nested.o
nested-y = deep.o
`;

function moduleOf(file: string, files: Record<string, string>): ReturnType<typeof moduleOfFile> {
  return moduleOfFile(file, (path) => files[path]);
}

describe('the module of a file', () => {
  it.each([
    ['core.c', { name: 'core', loadable: false }],
    ['always-module.c', { name: 'always_module', loadable: true }],
    ['single.c', { name: 'single', loadable: true }],
    ['proc.c', { name: 'proc', loadable: false }],
    ['unknown.c', { name: 'unknown', loadable: undefined }],
    ['main.c', { name: 'foo', loadable: true }],
    ['netlink.c', { name: 'foo', loadable: true }],
    ['foo-proc.c', { name: 'foo', loadable: true }],
    ['old.c', { name: 'foo', loadable: true }],
    ['deep.c', { name: 'foo', loadable: true }],
    ['always.c', { name: 'always', loadable: false }],
    ['forever.c', { name: 'forever', loadable: false }],
    ['elsewhere.c', undefined],
  ])('%s', (name, expected) => {
    expect(moduleOf(`net/foo/${name}`, { 'net/foo/Makefile': makefile, 'net/foo/Kconfig': kconfig })).toEqual(expected);
  });

  it('takes the type of an option from a Kconfig further up', () => {
    const files = {
      'net/foo/bar/Makefile': 'obj-$(CONFIG_FOO_PROC) += bar.o\n',
      'net/foo/bar/Kconfig': 'config BAR\n\tbool\n',
      'net/foo/Kconfig': kconfig,
    };
    expect(moduleOf('net/foo/bar/bar.c', files)).toEqual({ name: 'bar', loadable: false });
  });

  it('does not mistake the type of the next option for that of this one', () => {
    const files = {
      'net/foo/Makefile': 'obj-$(CONFIG_A) += a.o\n',
      'net/foo/Kconfig': 'config A\n\thelp\n\t  Nothing.\n\nconfig B\n\ttristate "B"\n',
    };
    expect(moduleOf('net/foo/a.c', files)).toEqual({ name: 'a', loadable: undefined });
  });

  it('reads Kbuild where there is no Makefile, and the root', () => {
    expect(moduleOf('net/foo/a.c', { 'net/foo/Kbuild': 'obj-m := a.o\n' })).toEqual({ name: 'a', loadable: true });
    expect(moduleOf('a.c', { Makefile: 'obj-m := a.o\n' })).toEqual({ name: 'a', loadable: true });
    expect(moduleOf('net/foo/a.c', {})).toBeUndefined();
  });

  it('does not follow objects in a ring', () => {
    expect(moduleOf('x/a.c', { 'x/Makefile': 'a-y := b.o\nb-y := a.o\n' })).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { assumedOptions, parseConfigValues, readTree } from '../../src/program/index.ts';

const files: Record<string, string> = {
  Makefile: `ifneq ($(sub_make_done),1)
wrong := 1
endif
libs-y := lib/
include $(srctree)/arch/$(SRCARCH)/Makefile
export ARCH_LIB := $(filter %/,$(libs-y))
export ARCH_DRIVERS := $(drivers-y)
KBUILD_VMLINUX_OBJS := ./built-in.a
ifdef CONFIG_MODULES
KBUILD_VMLINUX_OBJS += $(patsubst %/,%/lib.a,$(filter %/,$(libs-y)))
else
KBUILD_VMLINUX_LIBS := $(patsubst %/,%/lib.a,$(libs-y))
endif
all: vmlinux
	$(MAKE) $@
`,
  'arch/x86/Makefile': 'BITS := 64\nexport BITS\nlibs-y += arch/x86/lib/\ndrivers-$(CONFIG_PCI) += arch/x86/pci/\n',
  'arch/x86/Kbuild': 'obj-y += kernel/\n',
  'arch/x86/kernel/Makefile': 'obj-y += head_$(BITS).o setup.o\n',
  'arch/x86/lib/Makefile': 'lib-y := z.o a.o\nobj-y += msr.o\n',
  'arch/x86/pci/Makefile': 'obj-y := pci.o\n',
  'scripts/head-object-list.txt': '# what must come first\narch/x86/kernel/head_64.o\n',
  Kbuild: `obj-y += init/
obj-y += arch/$(SRCARCH)/
obj-y += $(ARCH_LIB)
obj-$(CONFIG_NET) += net/
obj-y += $(ARCH_DRIVERS)
`,
  'init/Makefile':
    'obj-y := main.o version.o\nmounts-y := do_mounts.o\nmounts-$(CONFIG_INITRD) += do_mounts_initrd.o\nobj-y += mounts.o\n',
  'lib/Makefile': 'lib-y := kobject.o both.o\nobj-y += both.o\n',
  'net/Kbuild': 'obj-y += core/ \nobj-$(CONFIG_FOO) += foo/\nobj-$(CONFIG_BAR) += bar/ bar-one.o\n',
  'net/Makefile': 'obj-y += not-read.o\n',
  'net/core/Makefile': 'obj-y := sock.o dev.o\nobj-y += sock.o\nobj-$(subst m,y,$(CONFIG_FOO)) += core-of-foo.o\n',
  'net/foo/Makefile': `obj-$(CONFIG_FOO) += foo-mod.o
foo-mod-y := main.o sub/part.o
foo-mod-$(CONFIG_FOO_PROC) += proc.o
foo-mod-objs += old.o
ifeq ($(CONFIG_FOO),m)
foo-mod-y += as-module.o
endif
obj-y += ../shared/helper.o
`,
  'net/bar/Makefile':
    'obj-y += never-linked.o\nobj-m += bar.o\nobj-$(CONFIG_BAR) += bar2.o\nbar2-m := bar2-m-part.o\nbar2-y := bar2-y-part.o\n',
};

function tree(config: string): { builtIn: string[]; modules: Record<string, string> } {
  const values = parseConfigValues(config);
  const built = readTree(
    (path) => files[path],
    (name) => values.get(name),
  );
  return { builtIn: built.builtIn.map(({ file }) => file), modules: Object.fromEntries(built.modules) };
}

describe('a tree of Kbuild files', () => {
  const config =
    'CONFIG_NET=y\nCONFIG_MODULES=y\nCONFIG_PCI=y\nCONFIG_FOO=y\nCONFIG_FOO_PROC=y\nCONFIG_BAR=m\n# CONFIG_INITRD is not set\n';

  it('gives what is built in, in link order', () => {
    expect(tree(config).builtIn).toEqual([
      'arch/x86/kernel/head_64.c',
      'init/main.c',
      'init/version.c',
      'init/do_mounts.c',
      'arch/x86/kernel/setup.c',
      'lib/both.c',
      'arch/x86/lib/msr.c',
      'net/core/sock.c',
      'net/core/dev.c',
      'net/core/core-of-foo.c',
      'net/foo/old.c',
      'net/foo/main.c',
      'net/foo/sub/part.c',
      'net/foo/proc.c',
      'net/shared/helper.c',
      'arch/x86/pci/pci.c',
      'lib/kobject.c',
      'arch/x86/lib/a.c',
      'arch/x86/lib/z.c',
    ]);
  });

  it('gives what goes into modules, and links nothing of a folder that is entered for modules only', () => {
    expect(tree(config).modules).toEqual({
      'net/bar-one.c': 'bar_one',
      'net/bar/bar.c': 'bar',
      'net/bar/bar2-y-part.c': 'bar2',
      'net/bar/bar2-m-part.c': 'bar2',
    });
    const asModule = tree(config.replace('CONFIG_FOO=y', 'CONFIG_FOO=m'));
    expect(asModule.builtIn).not.toContain('net/shared/helper.c');
    expect(asModule.modules['net/foo/as-module.c']).toBe('foo_mod');
  });

  it('does without what is off', () => {
    expect(tree('CONFIG_MODULES=y\n').builtIn.some((file) => file.startsWith('net/'))).toBe(false);
    expect(tree('CONFIG_NET=y\nCONFIG_INITRD=y\n').builtIn).toContain('init/do_mounts_initrd.c');
    expect(tree('CONFIG_NET=y\n').builtIn).toContain('lib/kobject.c');
  });

  it('links what the top Makefile calls built-in.a, as it does since Linux 7', () => {
    const built = readTree(
      (path) =>
        ({
          Makefile: 'KBUILD_VMLINUX_OBJS := built-in.a\n',
          Kbuild: 'obj-y += net/\n',
          'net/Makefile': 'obj-y += a.o\n',
        })[path],
      () => undefined,
    );
    expect(built.builtIn.map(({ file }) => file)).toEqual(['net/a.c']);
  });

  it('has a root Kbuild alone where there is no top Makefile', () => {
    const built = readTree(
      (path) => (path === 'Kbuild' ? 'obj-y += a.o\nobj-y += $(SRCARCH).o\n' : undefined),
      () => undefined,
    );
    expect(built.builtIn.map(({ file, module }) => [file, module])).toEqual([
      ['a.c', 'a'],
      ['x86.c', 'x86'],
    ]);
  });
});

describe('an assumed configuration', () => {
  const kconfig: Record<string, string> = {
    Kconfig: 'mainmenu "Linux"\nsource "arch/$(SRCARCH)/Kconfig"\nsource "net/Kconfig"\n',
    'arch/x86/Kconfig': 'config X86\n\tdef_bool y\nconfig MODULES\n\tbool "Modules"\n\tmodules\n',
    'net/Kconfig': `menuconfig NET
	bool "Networking"
	help
	  config NOT_AN_OPTION
	  if nothing

if NET
config FOO
	tristate "Foo"
	select LIBFOO if X86
config LIBFOO
	tristate
config NOBODY
	tristate
config ARM_ONLY
	bool "For arm"
	depends on ARM
config FOO_PROC
	bool "Foo in /proc"
	depends on FOO && !ARM
config NAME
	string "Name"
	default "arm" if ARM
	default "x86"
choice
	prompt "One"
	default ONE_B
config ONE_A
	bool "a"
config ONE_B
	bool "b"
endchoice
endif
`,
  };
  const names = [
    'X86',
    'NET',
    'FOO',
    'LIBFOO',
    'NOBODY',
    'ARM_ONLY',
    'FOO_PROC',
    'NAME',
    'ONE_A',
    'ONE_B',
    'ARM',
    'NOT_AN_OPTION',
  ];

  it.each([
    ['allyesconfig', ['y', 'y', 'y', 'y', undefined, undefined, 'y', 'x86', undefined, 'y', undefined, undefined]],
    ['allmodconfig', ['y', 'y', 'm', 'm', undefined, undefined, 'y', 'x86', undefined, 'y', undefined, undefined]],
  ] as const)('%s', (assumption, expected) => {
    const option = assumedOptions((path) => kconfig[path], assumption);
    expect(names.map((name) => option(`CONFIG_${name}`))).toEqual(expected);
  });

  it.each([
    // A bool is y where it can only be m, but what it selects gets no more than what the bool itself depends on.
    [
      'config NFSD\n\ttristate "d"\nconfig NFSD_V4\n\tbool "v4"\n\tdepends on NFSD\n\tselect RPC\nconfig RPC\n\ttristate\n',
      'RPC',
      'm',
    ],
    ['config A\n\ttristate "a"\n\timply B\nconfig B\n\ttristate\n', 'B', 'm'],
    ['config A\n\ttristate "a"\n\timply B\nconfig B\n\ttristate\n\tdepends on NOT_THERE\n', 'B', undefined],
    ['menu "m"\n\tvisible if NOT_THERE\nconfig A\n\tbool "a"\n\tdefault n\nendmenu\n', 'A', undefined],
    ['config A\n\tbool "a"if NOT_THERE\n\tdefault y\n', 'A', 'y'],
    ['config A\n\ttristate "a"\nconfig B\n\tbool "b"\n\tdepends on A <= C\nconfig C\n\tbool "c"\n', 'B', 'y'],
    // What a second entry asks has that entry's conditions.
    ['config A\n\tbool\n\tdefault y\nconfig A\n\tbool "a"\n\tdepends on NOT_THERE\n', 'A', 'y'],
    [
      'config A\n\tbool\n\tdefault y if NOT_THERE\nconfig A\n\tbool\n\tdepends on NOT_THERE\n\tdefault y\n',
      'A',
      undefined,
    ],
  ])('as symbol.c computes it: %j', (text, name, expected) => {
    const option = assumedOptions((path) => (path === 'Kconfig' ? text : undefined), 'allmodconfig');
    expect(option(`CONFIG_${name}`)).toBe(expected);
  });
});

import { describe, expect, it } from 'vitest';
import { Make } from '../../src/program/kbuild/make.ts';

function make(text: string, files: Record<string, string> = {}, config: Record<string, string> = {}): Make {
  const made = new Make({ read: (path) => files[path], given: (name) => config[name] });
  made.run(text);
  return made;
}

describe('what a Makefile sets', () => {
  it.each([
    ['simple and appended', 'x := a\nx += b \\\n  c # not d\n', 'a b c'],
    ['recursive, expanded where it is used', 'x = $(y) z\ny := late\n', 'late z'],
    ['simple, expanded where it is set', 'y := early\nx := $(y)\ny := late\n', 'early'],
    ['only if not set', 'x ?= a\nx ?= b\n', 'a'],
    ['only if not given', 'x := $(given)\ngiven ?= b\n', 'from outside'],
    ['an option in its name', 'x-$(CONFIG_Y) += a\nx-$(CONFIG_N) += b\nx := $(x-y)\n', 'a'],
    ['define', 'define x\na\nendef\n', 'a'],
    ['export and override', 'export x := a\noverride x += b\n', 'a b'],
    ['braces and single letters', 'a := 1\nx := ${a} $a $$\n', '1 1 $'],
    ['$(var:a=b)', 'y := a.o b.o\nx := $(y:.o=.c) $(y:%.o=%/)\n', 'a.c b.c a/ b/'],
    ['subst with an option', 'x := $(subst m,y,$(CONFIG_M))\n', 'y'],
    ['$(CONFIG_M:m=y)', 'x := $(CONFIG_M:m=y)\n', 'y'],
    [
      'patsubst, filter, filter-out',
      'y := a.o b/ c.o\nx := $(patsubst %/,%,$(filter %/,$(y))) $(filter-out %/,$(y))\n',
      'b a.o c.o',
    ],
    ['addprefix, addsuffix, sort', 'x := $(sort $(addprefix d/,$(addsuffix .o,b a b)))\n', 'd/a.o d/b.o'],
    ['if, or, and', 'x := $(if $(CONFIG_N),a,b) $(or $(CONFIG_N),c) $(and $(CONFIG_Y),d)\n', 'b c d'],
    ['foreach', 'x := $(foreach i,1 2,a$(i).o)\n', 'a1.o a2.o'],
    ['call', 'f = $(2)-$(1)\nx := $(call f,a,b)\n', 'b-a'],
    ['eval', 'f = x += $(1).o\n$(eval $(call f,a))\n$(foreach i,b c,$(eval $(call f,$(i))))\n', 'a.o b.o c.o'],
    [
      'word lists',
      'y := a b c\nx := $(firstword $(y)) $(lastword $(y)) $(word 2,$(y)) $(words $(y)) $(wordlist 2,3,$(y))\n',
      'a c b 3 b c',
    ],
    ['file names', 'x := $(dir a/b.c) $(notdir a/b.c) $(basename a/b.c) $(suffix a/b.c)\n', 'a/ b.c a/b .c'],
    ['what a shell would say is nothing', 'x := a$(shell echo b)\n', 'a'],
    ['recipes are none of it', 'all: a.o\n\tx := recipe\nx := a\n', 'a'],
    ['a line that starts with a tab outside of a rule', '\tx := a\n', 'a'],
    ['include', 'include $(srctree)/part.mk\n-include not-there.mk\n', 'from part'],
    ['a variable that names itself', 'x = $(x)\n', ''],
  ])('%s', (_, text, expected) => {
    const config = { given: 'from outside', CONFIG_Y: 'y', CONFIG_M: 'm', srctree: '.' };
    expect(make(text, { 'part.mk': 'x := from part\n' }, config).words('x').join(' ')).toBe(expected);
  });

  it.each([
    ['ifeq ($(CONFIG_Y),y)', 'then'],
    ['ifeq ($(CONFIG_M),y)', 'else'],
    ['ifneq ($(CONFIG_N),)', 'else'],
    ['ifneq ($(CONFIG_Y)$(CONFIG_N),)', 'then'],
    ['ifdef CONFIG_M', 'then'],
    ['ifndef CONFIG_N', 'then'],
    ['ifeq "$(CONFIG_Y)" "y"', 'then'],
    ["ifeq '$(CONFIG_Y)' 'n'", 'else'],
    ['ifeq ($(filter y,$(CONFIG_Y) $(CONFIG_M)),y)', 'then'],
  ])('%s', (condition, expected) => {
    const text = `${condition}\nx := then\nelse\nx := else\nendif\n`;
    expect(make(text, {}, { CONFIG_Y: 'y', CONFIG_M: 'm' }).value('x')).toBe(expected);
  });

  it('takes one arm of an else chain, and none inside an arm that is not taken', () => {
    const text = `ifeq ($(a),1)
x := 1
else ifeq ($(a),2)
ifdef CONFIG_N
x := wrong
else
x := 2
endif
else
x := other
endif
ifdef CONFIG_N
ifdef CONFIG_Y
y := wrong
else
y := wrong
endif
endif
`;
    const made = make(text, {}, { a: '2', CONFIG_Y: 'y' });
    expect([made.value('x'), made.value('y')]).toEqual(['2', '']);
  });
});

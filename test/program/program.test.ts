import { describe, expect, it } from 'vitest';
import { Program, type ModuleInfo } from '../../src/program/index.ts';
import { factsOfText } from '../facts/read.ts';

function programOf(files: Record<string, string>, info: Record<string, ModuleInfo> = {}): Program {
  return new Program(
    Object.entries(files).map(([file, text]) => factsOfText(text, { file })),
    (file) => info[file],
  );
}

const ops = (name: string, storage = 'static '): string =>
  `${storage}struct pernet_operations ${name} = {\n\t.init = x_init,\n};\n`;
const fn = (name: string, storage = ''): string => `${storage}int ${name}(void)\n{\n\treturn 0;\n}\n`;

describe('a name', () => {
  const program = programOf({
    'net/a/one.c': fn('setup', 'static ') + fn('shared', 'static ') + ops('net_ops'),
    'net/a/two.c': fn('shared') + ops('net_ops') + ops('far_ops', ''),
    'net/a/deep/three.c': fn('setup') + '#define undo() shared()\n#define again() again()\n',
    'drivers/b/four.c': fn('setup') + fn('twice') + ops('far_ops', ''),
    'drivers/c/five.c': fn('twice'),
  });

  it.each([
    ['net/a/one.c', 'setup', 'net/a/one.c#setup'],
    ['net/a/one.c', 'shared', 'net/a/one.c#shared'],
    ['net/a/deep/three.c', 'shared', 'net/a/two.c#shared'],
    ['net/a/two.c', 'setup', 'net/a/deep/three.c#setup'],
    ['drivers/c/five.c', 'setup', 'drivers/b/four.c#setup'],
    ['net/a/deep/three.c', 'undo', 'net/a/two.c#shared'],
    ['net/a/deep/three.c', 'again', undefined],
    ['net/a/one.c', 'nowhere', undefined],
    // Two external ones, both as far away: neither is taken for it.
    ['net/a/one.c', 'twice', undefined],
  ])('in %s: %s is %s', (file, name, id) => {
    expect(program.resolveFunction(file, name)?.id).toBe(id);
  });

  it('of a static function is not seen from elsewhere', () => {
    const alone = programOf({ 'a.c': fn('helper', 'static '), 'b.c': fn('other') });
    expect(alone.resolveFunction('b.c', 'helper')).toBeUndefined();
  });

  it("of an ops is its own file's first, then the nearest external one", () => {
    expect(program.resolveOps('net/a/one.c', 'net_ops')?.id).toBe('net/a/one.c#net_ops');
    expect(program.resolveOps('net/a/two.c', 'net_ops')?.id).toBe('net/a/two.c#net_ops');
    expect(program.resolveOps('net/a/deep/three.c', 'net_ops')).toBeUndefined();
    expect(program.resolveOps('net/a/one.c', 'far_ops')?.id).toBe('net/a/two.c#far_ops');
    expect(program.resolveOps('drivers/c/five.c', 'far_ops')?.id).toBe('drivers/b/four.c#far_ops');
  });
});

describe('callees', () => {
  it('are what a function calls or hands on, each once, macros seen through', () => {
    const program = programOf({
      'a.c': `#define undo() really_undo()
static void really_undo(void)
{
}
static int work(void)
{
	return 0;
}
int init(void)
{
	int err = work();

	if (err || work())
		undo();
	later(callback);
	return unknown_call();
}
`,
      'b.c': 'void callback(void)\n{\n}\n',
    });
    expect(
      program
        .callees('a.c#init')
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['a.c#really_undo', 'a.c#work', 'b.c#callback']);
    expect(program.callees('a.c#nothing')).toEqual([]);
  });
});

describe('modules', () => {
  it('pair an init with the exits of its file, and are named by Kbuild', () => {
    const program = programOf(
      {
        'net/foo/main.c': `${fn('foo_init', 'static ')}static void foo_exit(void)\n{\n}\nmodule_init(foo_init);\nmodule_exit(foo_exit);\n`,
      },
      { 'net/foo/main.c': { name: 'foo', loadable: false } },
    );
    expect(program.modules).toMatchObject([
      {
        name: 'foo',
        file: 'net/foo/main.c',
        init: { fn: { id: 'net/foo/main.c#foo_init' } },
        exits: [{ fn: { id: 'net/foo/main.c#foo_exit' } }],
        unloadable: false,
      },
    ]);
  });

  it.each([
    ['module_init(init);', undefined, true],
    ['subsys_initcall(init);', undefined, false],
    ['subsys_initcall(init);\nMODULE_LICENSE("GPL");', undefined, true],
    ['subsys_initcall(init);\nMODULE_LICENSE("GPL");', false, false],
    ['late_initcall(init);', true, true],
    ['module_init(init);', false, false],
  ])('%s, loadable %s: can be unloaded is %s', (calls, loadable, unloadable) => {
    const info: Record<string, ModuleInfo> = loadable === undefined ? {} : { 'a.c': { name: 'a', loadable } };
    expect(programOf({ 'a.c': `${fn('init', 'static ')}${calls}\n` }, info).modules).toMatchObject([{ unloadable }]);
  });

  it('with several initcalls in a file are several, and no exit belongs to any', () => {
    const program = programOf({
      'a.c': `${fn('one')}${fn('two')}${fn('out')}core_initcall(one);\nfs_initcall(two);\nmodule_exit(out);\n`,
    });
    expect(program.modules.map(({ init, exits }) => [init?.fn.fact.name, exits.length])).toEqual([
      ['one', 0],
      ['two', 0],
    ]);
  });

  it('can consist of an exit alone, and take an init from another file', () => {
    const program = programOf({
      'net/a/x.c': 'void out(void)\n{\n}\nmodule_exit(out);\n',
      'net/a/y.c': 'module_init(begin);\n',
      'net/a/z.c': fn('begin'),
    });
    expect(program.modules.map(({ file, init, exits }) => [file, init?.fn.id ?? null, exits.length])).toEqual([
      ['net/a/x.c', null, 1],
      ['net/a/y.c', 'net/a/z.c#begin', 0],
    ]);
  });

  it('start with what start_kernel() calls, before any initcall', () => {
    const program = programOf({ 'init/main.c': 'void start_kernel(void)\n{\n\tnet_ns_init();\n}\n' });
    expect(program.modules).toMatchObject([{ init: { call: { macro: 'start_kernel' } }, unloadable: false }]);
  });

  it('come in the order of their files, whatever order the files came in', () => {
    const files = { 'b.c': `${fn('b')}module_init(b);\n`, 'a.c': `${fn('a')}module_init(a);\n` };
    expect(programOf(files).modules.map(({ name }) => name)).toEqual(['a', 'b']);
  });
});

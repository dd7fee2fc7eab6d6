import { describe, expect, test } from 'vitest';
import { changed, lineOf, linesOf } from '../../src/tools/kernel-lines/case.ts';

const text = `static int foo_init(struct net *net);

static int foo_init(struct net *net)
{
	int err = foo_one(net);

	if (err)
		return err;
	err = foo_two(net);
	if (err)
		return err;
	return 0;
}

static struct pernet_operations foo_ops = {
	.init = foo_init,
};
`;
const lines = (edited: string): string[] => edited.split('\n').map((line) => line.trim());

describe('lines told by anchors', () => {
  test('lie in the definition, not in a declaration', () => {
    expect(linesOf(text, 'foo_init')).toEqual([3, 13]);
    expect(linesOf(text, 'foo_ops')).toEqual([15, 17]);
    expect(linesOf(text, 'foo_exit')).toBeNull();
    expect(lineOf(text, { in: 'foo_init', line: 'foo_two' })).toBe(9);
    expect(lineOf(text, { in: 'foo_init', line: 'return err', nth: 2 })).toBe(11);
    expect(lineOf(text, { in: 'foo_ops', line: '' })).toBe(15);
  });

  test('that no longer fit are said', () => {
    expect(() => lineOf(text, { in: 'foo_init', line: 'return err' })).toThrow('2 lines of foo_init have return err');
    expect(() => lineOf(text, { in: 'foo_init', line: 'foo_three' })).toThrow('no line of foo_init has foo_three');
    expect(() => lineOf(text, { in: 'foo_exit', line: '' })).toThrow('there is no foo_exit');
  });

  test('are deleted, doubled, moved and changed', () => {
    const edit = (...edits: Parameters<typeof changed>[1]): string[] => lines(changed(text, edits));
    expect(edit({ in: 'foo_init', line: 'foo_two', do: 'delete' })).not.toContain('err = foo_two(net);');
    expect(edit({ in: 'foo_init', line: 'foo_two', do: 'double' }).slice(8, 10)).toEqual(
      Array(2).fill('err = foo_two(net);'),
    );
    expect(edit({ in: 'foo_init', line: 'foo_two', do: 'replace', part: 'two', by: 'three' })[8]).toBe(
      'err = foo_three(net);',
    );
    const behind = (line: string) => ({ behind: { in: 'foo_init', line } });
    expect(edit({ in: 'foo_init', line: 'foo_two', do: 'move', ...behind('{') }).slice(3, 6)).toEqual([
      '{',
      'err = foo_two(net);',
      'int err = foo_one(net);',
    ]);
    expect(edit({ in: 'foo_init', line: 'foo_two', do: 'move', ...behind('return 0') }).slice(10, 12)).toEqual([
      'return 0;',
      'err = foo_two(net);',
    ]);
  });
});

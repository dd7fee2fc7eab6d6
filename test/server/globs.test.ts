import { describe, expect, test } from 'vitest';
import { matcherOf, patternsOf } from '../../src/server/background/globs.ts';

describe('patterns of files.exclude and search.exclude', () => {
  const matching = (pattern: string, ...paths: string[]): string[] => paths.filter(matcherOf([pattern]));

  test('any folders, names, either of some, one of some letters', () => {
    expect(matching('**/node_modules', 'node_modules', 'a/b/node_modules', 'node_modules2')).toEqual([
      'node_modules',
      'a/b/node_modules',
    ]);
    expect(matching('**/*.mod.c', 'net/foo.mod.c', 'foo.mod.c', 'foo.c')).toEqual(['net/foo.mod.c', 'foo.mod.c']);
    expect(matching('drivers/*', 'drivers/net', 'drivers/net/x', 'drivers')).toEqual(['drivers/net']);
    expect(matching('drivers/**', 'drivers/net', 'drivers/net/x', 'drivers')).toEqual([
      'drivers/net',
      'drivers/net/x',
      'drivers',
    ]);
    expect(matching('{a,b}/x', 'a/x', 'b/x', 'c/x')).toEqual(['a/x', 'b/x']);
    expect(matching('x[0-9].c', 'x1.c', 'xa.c')).toEqual(['x1.c']);
    expect(matching('x[!0-9].c', 'x1.c', 'xa.c')).toEqual(['xa.c']);
    expect(matching('?.c', 'a.c', 'ab.c')).toEqual(['a.c']);
  });

  test('what is no pattern matches nothing, and does not throw', () => {
    for (const pattern of ['', '/', '}', '{', '[', 'a{b', '(', '+x+']) expect(matching(pattern, 'b')).toEqual([]);
    expect(matching('./sub/', 'sub')).toEqual(['sub']);
  });

  test('only what is on; conditions on siblings are not followed', () => {
    expect(patternsOf({ '**/a': true, '**/b': false, '**/c': { when: '$(basename).ts' } })).toEqual(['**/a']);
    expect(patternsOf(null)).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { givenInBody } from '../../src/facts/given.ts';

describe('what a body is given', () => {
  const body = (between: string): string =>
    `{\n\tint a = 1;\n\tfoo_say${between}(a);\n\treturn fn->log ? fn->log[0] : 0;\n}\n`;

  it('is asked for where a value is chosen by it', () => {
    const asked = givenInBody(body(' '));
    expect(asked.some((word) => word.includes('log'))).toBe(true);
    expect(givenInBody(body(' ').replace('fn->log[0] : 0', 'fn->log[0] : fn->log[1]'))).toEqual(asked);
    expect(givenInBody(body(' ').replace('\tfoo_say', '\tfoo_say(fn->log[0]);\n\tfoo_say'))).not.toEqual(asked);
  });

  it('takes no longer for a long gap in it, as a comment leaves one', () => {
    const took = (size: number): number => {
      const text = body(' '.repeat(size));
      const before = performance.now();
      givenInBody(text);
      return performance.now() - before;
    };
    took(1000);
    expect(took(200_000)).toBeLessThan(500);
  });
});

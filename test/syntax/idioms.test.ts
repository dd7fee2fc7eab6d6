import { describe, expect, it } from 'vitest';
import { idioms } from './idioms.ts';
import { parse } from './parsers.ts';

describe.each(idioms)('$name', ({ source, has = {} }) => {
  const parsed = parse(source);

  it('parses without an error', () => {
    expect(parsed.errors).toEqual([]);
  });

  it('keeps every offset', () => {
    expect(parsed.text).toHaveLength(source.length);
    expect(parsed.text.replaceAll(/[^\n]/g, '')).toBe(source.replaceAll(/[^\n]/g, ''));
  });

  it.each(Object.entries(has))('has its %s', (type, texts) => {
    expect(parsed.all(type)).toEqual(expect.arrayContaining([...texts]));
  });
});

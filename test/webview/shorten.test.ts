import { expect, it } from 'vitest';
import { shortened } from '../../src/webview/shorten.ts';

it('a long text keeps its start and its end', () => {
  expect(shortened('load and unload', 15)).toBe('load and unload');
  expect(shortened('load and unload', 13)).toBe('load and…load');
  expect(shortened('load and unload', 6)).toBe('load…d');
});

import { describe, expect, it } from 'vitest';
import { editBetween } from '../../src/syntax/edit.ts';

/** A text of so many characters in lines, no two stretches of which are alike. */
function textOf(length: number): string {
  let text = '';
  for (let line = 0; text.length < length; line++) text += `\tcall_${line}(${line * 7});\n`;
  return text.slice(0, length);
}

describe('the edit between two texts', () => {
  // Around what is compared as a whole, and at both ends.
  const places = [0, 1, 4_095, 4_096, 4_097, 8_191, 8_192, 12_287, 12_288, 12_289, 16_383, 16_384];
  it.each(places)('replaces what differs at %i, and nothing else', (place) => {
    const before = textOf(16_385);
    for (const [removed, added] of [
      [0, 'ä'],
      [1, ''],
      [1, 'ä\n'],
    ] as const) {
      const after = before.slice(0, place) + added + before.slice(place + removed);
      const { startIndex, oldEndIndex, newEndIndex } = editBetween(before, after);
      expect(before.slice(0, startIndex) + after.slice(startIndex, newEndIndex) + before.slice(oldEndIndex)).toBe(
        after,
      );
      expect(oldEndIndex - startIndex).toBeLessThanOrEqual(1);
      expect(newEndIndex - startIndex).toBeLessThanOrEqual(added.length);
    }
  });

  it('is empty between two that are the same', () => {
    const text = textOf(10_000);
    const { startIndex, oldEndIndex, newEndIndex } = editBetween(text, text);
    expect([startIndex, oldEndIndex, newEndIndex]).toEqual([10_000, 10_000, 10_000]);
  });
});

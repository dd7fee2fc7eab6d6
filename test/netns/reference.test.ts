/** The logs of the reference text itself, compiled and run: each must come out of the model event by event. */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { referenceLogs, referenceNames } from '../../src/tools/netns-conformance/reference.ts';

const folder = path.join(import.meta.dirname, 'reference');

describe('the reference text', () => {
  it.each(referenceNames(folder))('%s', (name) => {
    const { model, recorded } = referenceLogs(folder, name);
    expect(model).toEqual(recorded);
  });

  it('is compared in full', () => {
    expect(referenceNames(folder)).toHaveLength(126);
  });
});

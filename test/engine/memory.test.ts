import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { OpenFile } from '../../src/engine/files.ts';
import { detached } from '../../src/facts/memo.ts';
import { everyOption, loadNative } from '../../src/syntax/index.ts';

const parser = await loadNative();

test('a detached value is the same value', () => {
  const value = {
    name: 'foo_something_long',
    none: undefined,
    list: [null, true, { at: [1, 2, 3, 4] }],
    text: '\ud800\n',
  };
  expect(detached(value)).toStrictEqual(value);
  expect(detached(value)).not.toBe(value);
});

// What is remembered of a document's functions is words of its text, of whichever version had them last.
test('an open document does not keep the versions that it has been through', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const padding = `/* ${'padding '.repeat(60_000)} */\n`;
  const count = 80;
  const versions = Array.from({ length: count }, (_, version) =>
    [
      padding,
      ...Array.from(
        { length: count },
        (_, index) =>
          `static int __init foo_function_number_${index}(void)\n{\n\treturn foo_called_with_a_long_name_${index <= version ? 'changed' : 'first'}_${index}();\n}\n`,
      ),
    ].join('\n'),
  );
  const size = versions[0]!.length;
  const file = new OpenFile(parser, 'net/foo/foo.c', everyOption);
  file.read(versions[0]!);
  collect();
  const before = process.memoryUsage().heapUsed;
  for (const version of versions) file.read(version);
  versions.length = 0;
  collect();
  const grown = process.memoryUsage().heapUsed - before;
  file.close();
  expect(grown).toBeLessThan(10 * size);
});

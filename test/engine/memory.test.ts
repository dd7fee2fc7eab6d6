import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { OpenFile } from '../../src/engine/files.ts';
import { Engine } from '../../src/engine/index.ts';
import { detached } from '../../src/facts/memo.ts';
import { everyOption, loadNative } from '../../src/syntax/index.ts';
import { careless } from '../../src/tools/bench-edits/typist.ts';
import { randomFrom } from '../../src/tools/random-edits.ts';
import { memoryHost } from '../fixture.ts';

const parser = await loadNative();
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

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
  const file = new OpenFile(parser, { file: 'net/foo/foo.c', configuration: everyOption });
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

// `npm run bench:edits -- TREE --pile --edits 10000 FILE` does the same with a real file and the whole server.
test('memory is flat over many edits of an open document', { timeout: 300_000 }, async () => {
  const name = 'net/foo/pernet_sample.c';
  const original = readFileSync(path.resolve(import.meta.dirname, '../sample/pernet_sample.c'), 'utf8');
  const engine = new Engine({ parser, host: memoryHost(new Map([[name, original]])) });
  const typist = careless(original, randomFrom(11));
  const heapAfter = async (edits: number): Promise<number> => {
    for (let count = 0; count < edits; count++) {
      engine.setOverlay(name, typist.next().text);
      engine.analyse(name);
      // The parser gives memory back when the event loop turns.
      if (count % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    engine.setOverlay(name, original);
    engine.analyse(name);
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = await heapAfter(300);
  const grown = (await heapAfter(300)) - before;
  console.log(`300 edits more leave ${Math.round(grown / 1024)} KB behind`);
  // Not even the text of an edit is left behind.
  expect(grown).toBeLessThan(300 * original.length);
});

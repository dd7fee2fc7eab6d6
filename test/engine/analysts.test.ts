import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { Analysts } from '../../src/engine/analysts.ts';
import { Engine, type AnalysisResult } from '../../src/engine/index.ts';
import { loadParser } from '../../src/engine/parser.ts';
import type { Helpers } from '../../src/engine/part-jobs.ts';
import { diskHost } from '../../src/engine/tree.ts';
import { bundled, type Bundle } from '../bundle.ts';

const checkout = path.resolve(import.meta.dirname, '../..');
const sample = fs.readFileSync(path.join(checkout, 'test/sample/pernet_sample.c'), 'utf8');
const modules = 30;

let bundle: Bundle;
let root: string;

beforeAll(async () => {
  bundle = await bundled('src/engine/analyst.ts');
  return bundle.remove;
});
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'pernet-analysts-'));
  for (let at = 0; at < modules; at++) {
    // One more line in each: no two findings are alike.
    fs.writeFileSync(path.join(root, `m${at}.c`), `${'\n'.repeat(at)}${sample.replaceAll('sample', `m${at}`)}`);
  }
});
afterEach(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

async function analyse(helpers?: Helpers): Promise<AnalysisResult> {
  const engine = new Engine({ parser: await loadParser(), host: diskHost(root), ...(helpers ? { helpers } : {}) });
  engine.setIndex(fs.readdirSync(root).sort());
  return engine.analyse();
}

/** With `slowMs` this thread is left behind by others: what it does takes so much longer. */
async function withThreads(
  workerFile: string,
  slowMs = 0,
): Promise<{ result: AnalysisResult; jobs: number; here: number }> {
  const analysts = new Analysts({ workerFile, root, count: 2, engine: {} });
  let [jobs, here] = [0, 0];
  const slowly = new Int32Array(new SharedArrayBuffer(4));
  try {
    const result = await analyse({
      make(each, of) {
        jobs += each.length;
        return analysts.make(each, {
          ...of,
          here(at) {
            here++;
            Atomics.wait(slowly, 0, 0, slowMs);
            return of.here(at);
          },
        });
      },
    });
    return { result, jobs, here };
  } finally {
    await analysts.close();
  }
}

test('threads come to what one comes to, in its order, and do their share', async () => {
  const alone = await analyse();
  const { result, jobs, here } = await withThreads(bundle.file, 100);
  expect(alone.findings.length).toBeGreaterThan(modules);
  expect(result).toEqual(alone);
  expect(jobs).toBeGreaterThan(modules);
  expect(here).toBeLessThan(jobs);
});

test('where threads cannot do what they are asked, it is done here', async () => {
  const failing = path.join(path.dirname(bundle.file), 'failing.cjs');
  fs.writeFileSync(
    failing,
    `const { workerData: { port } } = require('node:worker_threads');
port.on('message', ({ number, order, counts }) => {
  for (let next = Atomics.add(counts, 0, 1); next < order.length; next = Atomics.add(counts, 0, 1)) {
    port.postMessage({ batch: number, at: order[next], result: null, asked: [] });
    Atomics.add(counts, 1, 1);
    Atomics.notify(counts, 1);
  }
});
`,
  );
  const { result, jobs, here } = await withThreads(failing, 30);
  expect(result).toEqual(await analyse());
  expect(here).toBe(jobs);
});

test('without threads that could begin, nothing is waited for', async () => {
  const { result, jobs, here } = await withThreads(`${bundle.file}.none`);
  expect(result).toEqual(await analyse());
  expect(here).toBe(jobs);
});

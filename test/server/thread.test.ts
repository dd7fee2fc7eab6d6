import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defaultSettings } from '../../src/server/protocol.ts';
import { ThreadAnalyser } from '../../src/server/thread.ts';
import { Cancelled, ThreadDied } from '../../src/server/work.ts';

/**
 * A thread that does as its documents' names say: `die` ends it, `long` runs until it is given up, `texts` gives all
 * texts that it was told.
 */
const actor = `
const { parentPort, workerData } = require('node:worker_threads');
const texts = {};
parentPort.on('message', (message) => {
  if (message.kind === 'note') {
    if (message.note === 'text') texts[message.uri] = message.text;
    return;
  }
  const { id, stamp, params } = message;
  const given = () => Atomics.load(workerData.stamp, 0) !== stamp;
  if (params.uri === 'die') process.exit(3);
  if (params.uri === 'throw') throw new Error('thrown');
  if (params.uri === 'long') {
    while (!given());
    parentPort.postMessage({ id, cancelled: true });
  } else if (params.uri === 'bad') parentPort.postMessage({ id, error: 'it is bad' });
  else parentPort.postMessage({ id, result: texts });
});
`;

describe('the thread that analyses', () => {
  let folder: string;
  let analyser: ThreadAnalyser;
  const deaths: string[] = [];
  const ask = (uri: string): Promise<unknown> => analyser.ask('analyse', { uri, settings: defaultSettings });
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'pernet-thread-'));
    const file = path.join(folder, 'actor.cjs');
    writeFileSync(file, actor);
    deaths.length = 0;
    analyser = new ThreadAnalyser(file, (reason) => deaths.push(reason));
  });
  afterEach(() => {
    analyser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('answers, and says what went wrong', async () => {
    analyser.tell({ note: 'text', uri: 'a', text: 'one' });
    expect(await ask('texts')).toEqual({ a: 'one' });
    await expect(ask('bad')).rejects.toThrow('it is bad');
  });

  test('an analysis is given up while it runs, and the next one is made', async () => {
    const long = ask('long');
    await new Promise((resolve) => setTimeout(resolve, 50));
    analyser.giveUp();
    await expect(long).rejects.toThrow(Cancelled);
    expect(await ask('texts')).toEqual({});
  });

  test.each(['die', 'throw'])('a thread that ends (%s) is replaced by one that knows the same texts', async (how) => {
    analyser.tell({ note: 'text', uri: 'a', text: 'one' });
    analyser.tell({ note: 'text', uri: 'b', text: 'two' });
    analyser.tell({ note: 'text', uri: 'b', text: null });
    await expect(ask(how)).rejects.toThrow(ThreadDied);
    expect(deaths).toHaveLength(1);
    expect(await ask('texts')).toEqual({ a: 'one' });
  });

  test('one that is closed is not replaced', async () => {
    expect(await ask('texts')).toEqual({});
    analyser.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(deaths).toEqual([]);
  });
});

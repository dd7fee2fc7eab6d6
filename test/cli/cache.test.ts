import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ResultCache } from '../../src/cli/cache.ts';

const hits = [{ path: 'net/foo.c', hash: 'one' }];
const asked = new Map([
  ['net/foo.c', null],
  ['net/Makefile', null],
  ['net/Kconfig', null],
]);

describe('a cached result', () => {
  let root: string;
  let cache: ResultCache<string>;
  // What is written now is old by then.
  const start = Date.now() + 30_000;
  const changedAt = (name: string, time: number): void => {
    fs.writeFileSync(path.join(root, name), name);
    fs.utimesSync(path.join(root, name), new Date(time), new Date(time));
  };

  beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), 'pernet-cache-'));
    fs.mkdirSync(path.join(root, 'net'));
    cache = new ResultCache(root, 'options', path.join(root, 'cache'));
    changedAt('net/Makefile', start - 60_000);
  });
  afterEach(() => {
    fs.rmSync(root, { recursive: true, force: true });
  });

  test('is given back while nothing changes', () => {
    cache.save(hits, asked, 'result', { start });
    expect(cache.load(hits)).toBe('result');
    expect(cache.load([{ path: 'net/foo.c', hash: 'two' }])).toBeNull();
    expect(cache.load([...hits, { path: 'net/bar.c', hash: 'one' }])).toBeNull();
    expect(new ResultCache(root, 'other options', path.join(root, 'cache')).load(hits)).toBeNull();
  });

  test('is not when a file that was looked at changes, or one that was missed appears', () => {
    cache.save(hits, asked, 'result', { start });
    changedAt('net/Kconfig', start - 60_000);
    expect(cache.load(hits)).toBeNull();
    fs.rmSync(path.join(root, 'net/Kconfig'));
    expect(cache.load(hits)).toBe('result');
    changedAt('net/Makefile', start - 30_000);
    expect(cache.load(hits)).toBeNull();
  });

  test('is not when a file changes that keeps its size and time', async () => {
    cache.save(hits, asked, 'result', { start });
    await new Promise((resolve) => setTimeout(resolve, 20));
    changedAt('net/Makefile', start - 60_000);
    expect(cache.load(hits)).toBeNull();
  });

  test('is while a folder has the same files, whatever its own times say', () => {
    fs.writeFileSync(path.join(root, 'net/foo.c'), '');
    const listed = new Map([['net', ['net/Makefile', 'net/foo.c']]]);
    cache.save(hits, listed, 'result', { start });
    fs.rmSync(path.join(root, 'net/foo.c'));
    expect(cache.load(hits)).toBeNull();
    fs.writeFileSync(path.join(root, 'net/foo.c'), 'again');
    expect(cache.load(hits)).toBe('result');
    fs.writeFileSync(path.join(root, 'net/bar.c'), '');
    expect(cache.load(hits)).toBeNull();
  });

  test('is near, with what has changed since', () => {
    cache.save(hits, asked, 'result', { start });
    expect(cache.loadNear(hits)?.changed).toEqual([]);
    const now = [{ path: 'net/foo.c', hash: 'two' }];
    const near = cache.loadNear(now)!;
    expect(near).toMatchObject({ result: 'result', changed: hits });
    cache.saveLike(now, near, 'other');
    expect(cache.load(now)).toBe('other');
    changedAt('net/Kconfig', start - 60_000);
    expect(cache.load(now)).toBeNull();
    expect([...cache.loadNear(now)!.elsewhere]).toEqual(['net/Kconfig']);
    const other = { path: 'net/other.c', hash: 'three' };
    expect([...cache.loadNear([other])!.elsewhere]).toEqual(['net/other.c', 'net/foo.c', 'net/Kconfig']);
  });

  test('made with the help of another one was made from what that was made from', () => {
    cache.save(hits, asked, 'result', { start });
    const now = [{ path: 'net/foo.c', hash: 'two' }];
    const near = cache.loadNear(now)!;
    cache.save(now, new Map([['net/Kbuild', null]]), 'other', { start, near });
    expect(cache.load(now)).toBe('other');
    changedAt('net/Makefile', start - 30_000);
    expect([...cache.loadNear(now)!.elsewhere]).toEqual(['net/Makefile']);
    // What has changed and was not looked at again has no part in it any more.
    cache.save(now, new Map([['net/Kbuild', null]]), 'third', { start, near: cache.loadNear(now)! });
    changedAt('net/Makefile', start - 20_000);
    expect(cache.load(now)).toBe('third');
  });

  test('is not kept when something changed while it was made, however long that took', () => {
    changedAt('net/Makefile', start + 1000);
    cache.save(hits, asked, 'result', { start });
    expect(cache.load(hits)).toBeNull();
  });

  test('is one of at most sixteen', () => {
    for (let index = 0; index < 20; index++) {
      new ResultCache(root, `options ${index}`, path.join(root, 'cache')).save(hits, asked, 'result', { start });
    }
    expect(fs.readdirSync(path.join(root, 'cache')).length).toBe(16);
  });
});

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SeenCache } from '../../src/cli/seen-cache.ts';
import type { FindResult } from '../../src/engine/find.ts';
import { isAsSeen, lookAgain } from '../../src/engine/look-again.ts';
import { Scanner } from '../../src/engine/scan.ts';

const requests = [{ kind: 'below', path: '' }] as const;
const mentioning = 'struct pernet_operations ops;\n';
let root: string;
let cache: SeenCache;

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'pernet-seen-'));
  cache = new SeenCache(path.join(root, 'tree'), 'key', path.join(root, 'cache'));
  for (const name of ['net/a/a.c', 'net/b/b.c', 'net/b/b.h', 'net/c/c.c', 'net/c/c.h', 'fs/d.c'])
    write(name, name.includes('b') ? mentioning : '');
});
afterEach(() => {
  vi.restoreAllMocks();
  fs.rmSync(root, { recursive: true, force: true });
});

function write(name: string, text: string): void {
  const file = path.join(root, 'tree', name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}

async function look(): Promise<FindResult> {
  const scanner = new Scanner({ root: path.join(root, 'tree'), jobs: 1, config: null, workerFile: '' });
  return scanner.find(requests);
}

/** Sees the tree as if everything in it were old enough. */
async function see(): Promise<FindResult> {
  const found = await look();
  cache.save(found.seen, Date.now() + 30_000);
  await new Promise((resolve) => setTimeout(resolve, 20));
  return found;
}

function again(): FindResult | null {
  const seen = cache.load();
  return seen && lookAgain(path.join(root, 'tree'), requests, seen);
}

const said = (found: FindResult | null): unknown =>
  found && { files: found.files, hits: found.hits, unreadable: found.unreadable };

describe('a tree that was seen', () => {
  test('is not read again while nothing changes', async () => {
    const found = await see();
    expect(found.hits.map((hit) => hit.path)).toEqual(['net/b/b.c', 'net/b/b.h']);
    const seen = cache.load()!;
    const read = vi.spyOn(fs, 'readSync');
    const list = vi.spyOn(fs, 'readdirSync');
    const now = lookAgain(path.join(root, 'tree'), requests, seen)!;
    expect(said(now)).toEqual(said(found));
    expect(isAsSeen(now.seen, seen)).toBe(true);
    expect(read).not.toHaveBeenCalled();
    expect(list).not.toHaveBeenCalled();
  });

  test.each<[string, () => void]>([
    [
      'a file begins to mention pernet',
      () => {
        write('net/a/a.c', mentioning);
      },
    ],
    [
      'a file ends to',
      () => {
        write('net/b/b.c', '');
      },
    ],
    [
      'a file that mentions it changes',
      () => {
        write('net/b/b.c', `${mentioning}\n`);
      },
    ],
    [
      'a header beside one changes',
      () => {
        write('net/b/b.h', '');
      },
    ],
    [
      'a header that was not read comes to lie beside one',
      () => {
        write('net/c/c.c', mentioning);
        write('net/c/c.h', mentioning);
      },
    ],
    [
      'a file comes',
      () => {
        write('net/a/more.c', mentioning);
      },
    ],
    [
      'a file goes',
      () => {
        fs.rmSync(path.join(root, 'tree/net/b/b.h'));
      },
    ],
    [
      'a file takes the place of another',
      () => {
        write('x.c', mentioning);
        fs.renameSync(path.join(root, 'tree/x.c'), path.join(root, 'tree/fs/d.c'));
      },
    ],
    [
      'a folder comes',
      () => {
        write('net/e/f/g.c', mentioning);
      },
    ],
    [
      'a folder goes',
      () => {
        fs.rmSync(path.join(root, 'tree/net/b'), { recursive: true });
      },
    ],
    [
      'a folder takes the place of a file',
      () => {
        fs.rmSync(path.join(root, 'tree/fs/d.c'));
        write('fs/d.c/e.c', mentioning);
      },
    ],
  ])('is seen as it is when %s', async (_name, change) => {
    await see();
    change();
    const now = again();
    expect(said(now)).toEqual(said(await look()));
    expect(isAsSeen(now!.seen, cache.load()!)).toBe(false);
  });

  test('is read again where a change would not show', async () => {
    const found = await look();
    cache.save(found.seen, Date.now());
    const seen = cache.load()!;
    const read = vi.spyOn(fs, 'readSync');
    expect(said(lookAgain(path.join(root, 'tree'), requests, seen))).toEqual(said(found));
    expect(read).toHaveBeenCalledTimes(5);
  });

  test('is looked at anew when what is ignored changes', async () => {
    fs.mkdirSync(path.join(root, 'tree/.git'));
    write('net/.gitignore', 'c\n');
    cache = new SeenCache(path.join(root, 'tree'), 'key', path.join(root, 'cache'));
    const found = await see();
    expect(found.files).toBe(4);
    expect(said(again())).toEqual(said(found));
    write('net/.gitignore', 'b\n');
    expect(again()).toBeNull();
    await see();
    write('fs/.gitignore', 'd.c\n');
    expect(again()).toBeNull();
  });

  test.each([
    ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length - 8)],
    ['empty', () => Buffer.alloc(0)],
    ['of another byte', (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replace('net/b', 'net/c'), 'latin1')],
  ])('is looked at anew when what is kept is %s', async (_name, damage) => {
    await see();
    const [name] = fs.readdirSync(path.join(root, 'cache'));
    const file = path.join(root, 'cache', name!);
    fs.writeFileSync(file, damage(fs.readFileSync(file)));
    expect(again()).toBeNull();
  });

  test('is looked at anew where a file lies in place of the folder for what is kept', async () => {
    fs.writeFileSync(path.join(root, 'cache'), '');
    await see();
    expect(again()).toBeNull();
  });

  test.each(['ENOSPC', 'EROFS'])('is looked at anew after writing ended in %s', async (code) => {
    vi.spyOn(fs, 'writeFileSync').mockImplementation(() => {
      throw Object.assign(new Error(code), { code });
    });
    await see();
    vi.restoreAllMocks();
    expect(again()).toBeNull();
    expect(fs.readdirSync(path.join(root, 'cache'))).toEqual([]);
  });
});

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Store } from '../../src/cli/store.ts';
import { buildAll, cli } from '../bundle.ts';

const root = path.resolve(import.meta.dirname, '../..');
const of = { root: '/tree', version: 'one', factsVersion: 'one' };
const facts = { error: 'it is not there' };
const part = {
  breaches: [],
  gaps: [],
  gapsWithout: [],
  registrations: [],
  registered: { lists: [], calls: [] },
  reachedElsewhere: ['net/foo.c#foo'],
};
let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pernet-store-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  fs.rmSync(folder, { recursive: true, force: true });
});

function fill(where = folder): void {
  const store = new Store(where, of);
  store.facts.put('a', facts);
  store.parts.put('p', part);
  store.close();
}

function filesBelow(where: string): string[] {
  return fs
    .readdirSync(where, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

function failing(code: string): () => never {
  return () => {
    throw Object.assign(new Error(code), { code });
  };
}

describe('what is kept', () => {
  test('is there for the next run of the same version alone', () => {
    fill();
    expect(new Store(folder, of).facts.get('a')).toEqual(facts);
    expect(new Store(folder, of).parts.get('p')).toEqual(part);
    expect(new Store(folder, { ...of, factsVersion: 'two' }).facts.get('a')).toBeNull();
    expect(new Store(folder, { ...of, version: 'two' }).parts.get('p')).toBeNull();
    expect(new Store(folder, { ...of, root: '/other' }).parts.get('p')).toBeNull();
  });

  test('of the parts is what one of the last runs used that made something new', () => {
    fill();
    const run = (name: string, asked: string[]): void => {
      const store = new Store(folder, of);
      for (const key of asked) store.parts.get(key);
      store.parts.put(name, part);
      store.close();
    };
    for (let index = 0; index < 8; index++) run(`q${index}`, ['q0']);
    expect(new Store(folder, of).parts.get('p')).toEqual(part);
    run('q8', ['q0']);
    expect(new Store(folder, of).parts.get('p')).toBeNull();
    expect(new Store(folder, of).parts.get('q0')).toEqual(part);
    expect(new Store(folder, of).parts.get('q8')).toEqual(part);
  });

  test.each([
    ['is cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length - 3)],
    ['is empty', () => Buffer.alloc(0)],
    [
      'has another byte',
      (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replace('net', 'nfs').replace('not', 'now'), 'latin1'),
    ],
    ['is something else', () => Buffer.from('{"facts":{}}')],
  ])('is not used where an entry %s', (_name, damage) => {
    fill();
    for (const file of filesBelow(folder)) fs.writeFileSync(file, damage(fs.readFileSync(file)));
    const store = new Store(folder, of);
    expect(store.facts.get('a')).toBeNull();
    expect(store.parts.get('p')).toBeNull();
  });

  test.each(['ENOSPC', 'EROFS', 'EACCES', 'EDQUOT'])('is left as it was when writing ends in %s', (code) => {
    fill();
    const before = filesBelow(folder).map((file) => fs.readFileSync(file, 'utf8'));
    vi.spyOn(fs, 'writeFileSync').mockImplementation(failing(code));
    const store = new Store(folder, { ...of });
    store.facts.put('a', { error: 'another' });
    store.parts.put('q', part);
    store.close();
    vi.restoreAllMocks();
    expect(filesBelow(folder).map((file) => fs.readFileSync(file, 'utf8'))).toEqual(before);
    expect(new Store(folder, of).facts.get('a')).toEqual(facts);
  });

  test('leaves no draft behind when the disk is full in the middle of one', () => {
    const write = fs.writeFileSync;
    vi.spyOn(fs, 'writeFileSync').mockImplementation((file, data) => {
      write(file, typeof data === 'string' ? data.slice(0, 10) : '');
      failing('ENOSPC')();
    });
    fill();
    vi.restoreAllMocks();
    expect(filesBelow(folder)).toEqual([]);
  });

  test('needs no folder', () => {
    const file = path.join(folder, 'a file');
    fs.writeFileSync(file, '');
    fill(file);
    expect(new Store(file, of).facts.get('a')).toBeNull();
  });

  test('is bounded', () => {
    for (let index = 0; index < 70; index++) {
      const store = new Store(folder, { ...of, root: `/tree ${index}` });
      store.parts.put('p', part);
      store.close();
    }
    expect(filesBelow(path.join(folder, 'parts')).length).toBe(64);
  });
});

describe('runs of the command', () => {
  let tree: string;
  let env: NodeJS.ProcessEnv;

  beforeAll(buildAll);
  beforeEach(() => {
    tree = path.join(folder, 'tree');
    const sample = fs.readFileSync(path.join(root, 'test/sample/pernet_sample.c'), 'utf8');
    for (let index = 0; index < 5; index++) {
      fs.mkdirSync(path.join(tree, `net/m${index}`), { recursive: true });
      fs.writeFileSync(path.join(tree, `net/m${index}/m.c`), sample.replaceAll('sample', `m${index}`));
    }
    env = { ...process.env, XDG_CACHE_HOME: path.join(folder, 'cache') };
  });

  const args = ['lint', '--format', 'jsonl', '--jobs', '2', '.'];
  const lint = (...more: string[]): string =>
    spawnSync(process.execPath, [cli, ...args, ...more], { cwd: tree, env, encoding: 'utf8' }).stdout;
  const start = (): ChildProcess => spawn(process.execPath, [cli, ...args], { cwd: tree, env });
  const outputOf = async (run: ChildProcess): Promise<string> => {
    let text = '';
    run.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await new Promise((resolve) => run.once('close', resolve));
    return text;
  };

  test('say the same with what others have kept, after an edit, and two at once', async () => {
    const fresh = lint('--no-cache');
    expect(fresh.split('\n').length).toBeGreaterThan(5);
    expect(await Promise.all([start(), start()].map(outputOf))).toEqual([fresh, fresh]);
    expect(lint()).toBe(fresh);
    const edited = path.join(tree, 'net/m3/m.c');
    fs.writeFileSync(edited, `\n\n${fs.readFileSync(edited, 'utf8')}`);
    const now = lint('--no-cache');
    expect(now).not.toBe(fresh);
    expect(lint()).toBe(now);
    fs.rmSync(path.join(tree, 'net/m4'), { recursive: true });
    expect(lint()).toBe(lint('--no-cache'));
  });

  test('say the same after one that was killed, whenever that was', async () => {
    const fresh = lint('--no-cache');
    for (const delay of [200, 400]) {
      const run = start();
      await new Promise((resolve) => setTimeout(resolve, delay));
      run.kill('SIGKILL');
      await outputOf(run);
      expect(lint()).toBe(fresh);
      fs.rmSync(path.join(folder, 'cache'), { recursive: true, force: true });
    }
  });

  test('say the same with a damaged cache', () => {
    const fresh = lint();
    for (const file of filesBelow(path.join(folder, 'cache'))) fs.truncateSync(file, 100);
    expect(lint()).toBe(fresh);
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lastingHost } from '../../src/server/lasting-host.ts';

describe('a host that outlives what its folder holds', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(path.join(os.tmpdir(), 'pernet-host-'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });
  const write = (file: string): void => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), 'int x;\n');
  };

  test('says which of the files that were not there have come, once, whether their folder was there or not', () => {
    write('net/a.c');
    const host = lastingHost(root);
    for (const file of ['net/b.h', 'net/c.h', 'include/net/d.h', 'e.h'])
      expect(host.readText(file)).toEqual({ error: 'it is not there' });
    expect(host.changed()).toEqual([]);
    write('net/b.h');
    write('net/other.h');
    write('include/net/d.h');
    expect(host.changed()).toEqual(['include/net/d.h', 'net/b.h']);
    expect(host.changed()).toEqual([]);
    write('e.h');
    expect(host.changed()).toEqual(['e.h']);
    rmSync(path.join(root, 'e.h'));
    expect(host.readText('e.h')).toEqual({ error: 'it is not there' });
    write('e.h');
    expect(host.changed()).toEqual(['e.h']);
  });
});

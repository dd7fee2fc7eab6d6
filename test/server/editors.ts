import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { bundleServer } from './client.ts';

const sampleFile = path.resolve(import.meta.dirname, '../sample/pernet_sample.c');

/** What another editor shows of the sample, as a script in it writes it down. */
export interface Seen {
  /** The codes of the diagnostics. */
  readonly codes: readonly string[];
  /** On the first ops. */
  readonly hover: string;
  /** The titles of the actions for one of the problems. */
  readonly actions: readonly string[];
}

/** The lines of the README that are in a language, with another command in the place of the one that they start. */
export function readmeLines(language: string, written: string, command: string): string {
  const readme = readFileSync(path.resolve(import.meta.dirname, '../../README.md'), 'utf8');
  const lines = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(readme)?.[1];
  if (lines?.includes(written) !== true) throw new Error(`the README has no lines of ${language} with ${written}`);
  return lines.replace(written, command);
}

/** A folder with the sample in it, and the server as it is shipped, for the tests of a block. */
export class Place {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'pernet-editor-'));
  readonly sample = path.join(this.folder, 'pernet_sample.c');
  readonly out = path.join(this.folder, 'out.json');
  /** What starts the server. */
  command: readonly string[] = [];

  constructor() {
    beforeAll(async () => {
      this.command = [process.execPath, await bundleServer(), '--stdio'];
      writeFileSync(this.sample, readFileSync(sampleFile));
    });
    afterAll(() => {
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  /** Writes a file beside the sample; gives its path. */
  write(name: string, text: string): string {
    const file = path.join(this.folder, name);
    writeFileSync(file, text);
    return file;
  }

  /** Runs an editor to its end; gives what a script in it has written to `out`. */
  run(program: string, args: readonly string[]): unknown {
    const env = { ...process.env, PERNET_FILE: this.sample, HOME: this.folder };
    const { stderr, status } = spawnSync(program, args, { timeout: 60_000, encoding: 'utf8', env });
    expect({ stderr, status }).toMatchObject({ status: 0 });
    return JSON.parse(readFileSync(this.out, 'utf8')) as unknown;
  }
}

/** What every editor shows. */
export function expectSample({ codes, hover, actions }: Seen): void {
  expect([...codes].sort()).toEqual([
    'pernet/id-without-size',
    'pernet/left-registered-on-error',
    'pernet/left-registered-on-exit',
    'pernet/unregister-kind-mismatch',
  ]);
  expect(hover).toContain('sample_');
  expect(actions).toContain('Show the run that proves this');
}

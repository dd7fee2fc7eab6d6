import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder of this run of the tests (`once`). */
    readonly runFolder: string;
  }
}

/** Vitest's global setup: makes the folder, and deletes it at the end. */
export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'pernet-tests-'));
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  project.provide('runFolder', folder);
  project.onTestsRerun(() => {
    remove();
    mkdirSync(folder);
  });
  return remove;
}

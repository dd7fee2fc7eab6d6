import { defineConfig } from 'vitest/config';
import os from 'node:os';
import path from 'node:path';

/** Tests of what is in memory alone: one process runs all of them, that has read and warmed up our code once. */
const inMemory = ['facts', 'lifecycle', 'netns', 'program', 'report', 'review', 'rules', 'tools'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
);

/** Tests that hold a time, or what memory grows by, against a limit: each runs alone, when all others have ended. */
const alone = [
  'engine/memory',
  'facts/prune',
  'facts/tables',
  'lifecycle/keeping',
  'syntax/robustness',
  'webview/page',
].map((name) => `test/${name}.test.ts`);

export default defineConfig({
  root: path.resolve(import.meta.dirname, '..'),
  plugins: [
    {
      // Rule pages are bundled as text, as esbuild's loader does.
      name: 'markdown-as-text',
      transform(code, id) {
        return id.endsWith('.md') ? { code: `export default ${JSON.stringify(code)}`, map: null } : undefined;
      },
    },
  ],
  test: {
    projects: [
      { extends: true, test: { name: 'in memory', include: inMemory, exclude: alone, isolate: false } },
      {
        extends: true,
        test: {
          name: 'others',
          include: ['test/**/*.test.ts'],
          exclude: ['test/editor/**', ...inMemory, ...alone],
          globalSetup: ['test/run-folder.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: alone,
          globalSetup: ['test/run-folder.ts'],
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
    // Vitest leaves one core to itself, which has little to do: of two that would be one half.
    maxWorkers: os.availableParallelism(),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A machine that does other things besides may take a while; who polls gets on as soon as it is so.
    expect: { poll: { timeout: 20_000, interval: 25 } },
    coverage: { provider: 'v8', include: ['src/**/*.ts'] },
  },
});

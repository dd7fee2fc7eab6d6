import { defineConfig } from 'vitest/config';
import path from 'node:path';

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
    include: ['test/**/*.test.ts'],
    exclude: ['test/editor/**'],
    globalSetup: ['test/run-folder.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A machine that does other things besides may take a while; who polls gets on as soon as it is so.
    expect: { poll: { timeout: 20_000, interval: 25 } },
    coverage: { provider: 'v8', include: ['src/**/*.ts'] },
  },
});

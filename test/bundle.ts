import { build } from 'esbuild';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

const require = createRequire(import.meta.url);
const root = path.resolve(import.meta.dirname, '..');

export interface Bundle {
  readonly file: string;
  /** Deletes it. */
  readonly remove: () => void;
}

/** A program as it is shipped: one bundle beside the two WASM files. */
export async function bundled(entry: string): Promise<Bundle> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'pernet-bundle-'));
  const file = path.join(folder, 'bundle.cjs');
  await build({
    entryPoints: [path.join(root, entry)],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    loader: { '.md': 'text' },
    logLevel: 'error',
    external: ['tree-sitter', 'tree-sitter-c'],
    alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
    define: { 'import.meta.url': '__bundleUrl' },
    banner: { js: "const __bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
  });
  copyFileSync(require.resolve('tree-sitter-c/tree-sitter-c.wasm'), path.join(folder, 'tree-sitter-c.wasm'));
  copyFileSync(require.resolve('web-tree-sitter/web-tree-sitter.wasm'), path.join(folder, 'web-tree-sitter.wasm'));
  return {
    file,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

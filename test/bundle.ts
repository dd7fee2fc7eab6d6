import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { inject } from 'vitest';

const require = createRequire(import.meta.url);
const root = path.resolve(import.meta.dirname, '..');

/** A program as it is shipped: one bundle beside the two WASM files. All test files that run it have the same one. */
export async function bundled(entry: string): Promise<string> {
  const folder = await once(entry.replace(/\W/g, '-'), async (made) => {
    await build({
      entryPoints: [path.join(root, entry)],
      outfile: path.join(made, 'bundle.cjs'),
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
    copyFileSync(require.resolve('tree-sitter-c/tree-sitter-c.wasm'), path.join(made, 'tree-sitter-c.wasm'));
    copyFileSync(require.resolve('web-tree-sitter/web-tree-sitter.wasm'), path.join(made, 'web-tree-sitter.wasm'));
  });
  return path.join(folder, 'bundle.cjs');
}

/** The command as the build makes it, in `dist/`. */
export const cli = path.join(root, 'dist/cli.cjs');

/** Has everything built for the tests of a file that run the command. */
export async function buildAll(): Promise<void> {
  await once('dist', () => {
    const { stderr } = spawnSync(process.execPath, ['src/tools/build.mjs'], { cwd: root, encoding: 'utf8' });
    if (stderr !== '') throw new Error(stderr);
  });
}

/** Makes what several test files need once in a run of them, in whichever comes first; gives the folder that is for it. */
async function once(name: string, make: (folder: string) => void | Promise<void>): Promise<string> {
  const folder = path.join(inject('runFolder'), name);
  const [done, failed] = [path.join(folder, '.done'), path.join(folder, '.failed')];
  try {
    mkdirSync(folder);
  } catch {
    while (!existsSync(done)) {
      if (existsSync(failed)) throw new Error(`${name} could not be made for another test file`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    return folder;
  }
  try {
    await make(folder);
    writeFileSync(done, '');
    return folder;
  } catch (error) {
    writeFileSync(failed, '');
    throw error;
  }
}

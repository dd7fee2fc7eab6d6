// Runs a developer tool written in TypeScript: `node src/tools/run.mjs NAME ARGS…` bundles src/tools/NAME.ts and runs it.
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../..');
const [name, ...args] = process.argv.slice(2);
if (!name) {
  console.error('usage: node src/tools/run.mjs NAME ARGS…');
  process.exit(2);
}
const outfile = path.join(root, 'dist/tools', `${name}.cjs`);
await build({
  entryPoints: [path.join(here, `${name}.ts`)],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  sourcemap: 'inline',
  logLevel: 'warning',
  loader: { '.md': 'text' },
  external: ['vscode', 'tree-sitter', 'tree-sitter-c', 'esbuild', 'playwright-core', '@vscode/test-electron'],
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  define: { 'import.meta.url': '__bundleUrl' },
  banner: { js: "const __bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
});
process.exit(spawnSync(process.execPath, ['--enable-source-maps', outfile, ...args], { stdio: 'inherit' }).status ?? 1);

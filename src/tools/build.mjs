// Bundles everything that is shipped or run: `node src/tools/build.mjs [--watch]`. Writes dist/.
import { context, build } from 'esbuild';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { webBundles } from './web-bundles.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const dist = path.join(root, 'dist');
const { version, repository } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
/** The repository's page on the web, where the package names one. */
const repositoryPage = (repository?.url ?? '').replace(/^git\+/, '').replace(/\.git$/, '');
const require = createRequire(path.join(root, 'package.json'));

/** Bundles for Node: the native parser stays outside, so that the packaged extension can do without it. */
const node = {
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  outExtension: { '.js': '.cjs' },
  external: ['vscode', 'tree-sitter', 'tree-sitter-c'],
  // Its main file is UMD, whose requires no bundler sees.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  // web-tree-sitter is ESM and finds its own folder by import.meta.url, which CommonJS has not.
  define: {
    'import.meta.url': '__bundleUrl',
    PERNET_VERSION: JSON.stringify(version),
    PERNET_REPOSITORY: JSON.stringify(repositoryPage),
  },
  banner: { js: "const __bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
};
const common = { bundle: true, outdir: dist, sourcemap: true, logLevel: 'warning', loader: { '.md': 'text' } };
const bundles = [
  {
    ...node,
    entryPoints: { cli: 'src/cli/main.ts' },
    // Most of what an analysis makes is short-lived: a young generation that holds it is collected less often. A larger
    // one makes it no faster.
    banner: { js: `#!/usr/bin/env -S node --max-semi-space-size=16\n${node.banner.js}` },
  },
  {
    ...node,
    entryPoints: {
      worker: 'src/engine/worker.ts',
      server: 'src/server/main.ts',
    },
  },
  {
    ...node,
    // The editor waits while this one is loaded: what V8 has not to read through is a sixth of that time.
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 120,
    entryPoints: { extension: 'src/extension/main.ts' },
  },
  { platform: 'browser', format: 'iife', target: 'chrome114', entryPoints: { timeline: 'src/webview/main.ts' } },
  ...webBundles(version),
]
  .map((options) => ({
    ...common,
    ...options,
    entryPoints: Object.fromEntries(
      Object.entries(options.entryPoints).filter(([, file]) => existsSync(path.join(root, file))),
    ),
    absWorkingDir: root,
  }))
  .filter((options) => Object.keys(options.entryPoints).length > 0);

mkdirSync(dist, { recursive: true });
copyFileSync(path.join(root, 'test/sample/pernet_sample.c'), path.join(dist, 'pernet_sample.c'));
copyFileSync(require.resolve('tree-sitter-c/tree-sitter-c.wasm'), path.join(dist, 'tree-sitter-c.wasm'));
copyFileSync(require.resolve('web-tree-sitter/web-tree-sitter.wasm'), path.join(dist, 'web-tree-sitter.wasm'));

if (process.argv.includes('--watch')) {
  for (const options of bundles) await (await context(options)).watch();
} else {
  await Promise.all(bundles.map((options) => build(options)));
  // `npx pernet-lint` in the checkout itself runs it from here: npm marks only what it installs as executable.
  chmodSync(path.join(root, 'dist/cli.cjs'), 0o755);
}

// The bundles for an editor in a browser (vscode.dev): `build.mjs` writes them, and a test runs them in Chromium.
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** The server for a worker, and the extension for the editor's web host; as options for esbuild. */
export function webBundles(version) {
  const common = {
    bundle: true,
    platform: 'browser',
    target: 'chrome114',
    minify: true,
    loader: { '.md': 'text' },
    logLevel: 'warning',
    define: { 'import.meta.url': '__bundleUrl', PERNET_VERSION: JSON.stringify(version) },
    // Trees are read from what the client hands in.
    alias: {
      'node:fs': path.join(root, 'src/server/browser/memory-fs.ts'),
      'node:path': 'path-browserify',
      'node:os': path.join(root, 'src/extension/browser/os.ts'),
    },
  };
  const process = `var process = { env: {}, versions: {}, cwd: () => '/' };`;
  return [
    {
      ...common,
      format: 'iife',
      entryPoints: { 'server-web': 'src/server/browser/main.ts' },
      // The parser asks where it is, and loads nothing from there: it is handed its bytes. The worker's own address is one
      // (blob:) to which no other is relative.
      banner: { js: `const __bundleUrl = 'file:///server-web.js'; ${process}` },
      // web-tree-sitter asks for these where it finds itself in Node.
      external: ['module', 'fs/promises', 'tree-sitter', 'tree-sitter-c'],
    },
    {
      ...common,
      // The web host calls it as a CommonJS module, and takes it for one by its name.
      format: 'cjs',
      outExtension: { '.js': '.cjs' },
      entryPoints: { 'extension-web': 'src/extension/browser/main.ts' },
      banner: { js: process },
      external: ['vscode'],
    },
  ];
}

import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { checkout, fetchStandIn, NoStandIn } from './editor-fetch.ts';
import { provideChromium } from './editor-page.ts';

// `npm run test:editor`: the extension's suite in a real VS Code, driven by @vscode/test-electron. PERNET_EDITOR says
// which: `download` (a desktop VS Code, fetched into .vscode-test/), `standin` (the server build shown in a headless
// Chromium), or `auto` (the default: a download where there is a display and a network, else the stand-in). With
// PERNET_ONLY=NAME[,NAME…] only the test files inside the editor whose names contain one of these run. With PERNET_THEMES=1
// there is a picture of every view in each theme. How long the activation takes can be measured once in a start of the
// editor, and whatever else a machine does at that moment makes it longer: it is the least of up to three starts.

const downloadLimitMs = 10_000;
const mostStarts = 3;
const activation = 'activation';
const suites = path.join(checkout, 'test/editor/suite');
const bundles = path.join(checkout, 'dist/test-editor');
const outsideFolder = path.join(checkout, 'test/editor/outside');
const outside = readdirSync(outsideFolder).filter((name) => name.endsWith('.test.ts'));

/** Where the pictures go. With UPDATE=1 those that the README has are renewed. */
const screenshots = path.join(checkout, '.editor/screenshots');
const ofReadme = path.join(checkout, 'media/screenshots');

/** An executable that takes `code`'s arguments, and what to call it in the output. */
interface Editor {
  readonly executable: string;
  readonly name: string;
  readonly isStandIn: boolean;
}

/** Why no editor can be had. */
class NoEditor extends Error {}

async function main(): Promise<number> {
  const wanted = process.env['PERNET_EDITOR'] ?? 'auto';
  await bundle();
  let editor: Editor;
  try {
    editor = await chooseEditor(wanted);
  } catch (error) {
    if (!(error instanceof NoEditor)) throw error;
    console.log(`\nNo editor can be had here:\n${error.message}\n`);
    if (wanted !== 'auto') return 1;
    console.log('THE EDITOR SUITE IS SKIPPED: nothing was tested in an editor.');
    return 0;
  }
  console.log(`\nThe editor suite runs in ${editor.name}.\n`);
  const only = process.env['PERNET_ONLY'];
  const inside = only === undefined ? await runAllIn(editor) : await runIn(editor, { PERNET_ONLY: only });
  if (inside === 0 && process.env['UPDATE'])
    for (const name of readdirSync(ofReadme)) cpSync(path.join(screenshots, name), path.join(ofReadme, name));
  if (!editor.isStandIn || only !== undefined) return inside;
  console.log(
    '\nThe packaged extension, as `npm start` shows it, and its build for browsers in a web worker, in the stand-in.\n',
  );
  return Math.max(inside, runOutside());
}

async function chooseEditor(wanted: string): Promise<Editor> {
  switch (wanted) {
    case 'download':
      return download();
    case 'standin':
      return standIn();
    case 'auto':
      break;
    default:
      throw new Error(`PERNET_EDITOR is '${wanted}'; it can be auto, download or standin`);
  }
  const reasons: string[] = [];
  for (const attempt of [download, standIn]) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof NoEditor)) throw error;
      reasons.push(error.message);
      console.log(error.message);
    }
  }
  throw new NoEditor(reasons.join('\n'));
}

async function download(): Promise<Editor> {
  if (!hasDisplay()) throw new NoEditor('- desktop VS Code: there is no display (set DISPLAY, or use xvfb-run)');
  try {
    const executable = await downloadAndUnzipVSCode({ timeout: downloadLimitMs });
    return {
      executable,
      name: `the desktop VS Code in ${path.relative(checkout, path.dirname(executable))}`,
      isStandIn: false,
    };
  } catch (error) {
    throw new NoEditor(`- desktop VS Code cannot be downloaded: ${String(error)}`);
  }
}

function hasDisplay(): boolean {
  return process.platform !== 'linux' || Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);
}

async function standIn(): Promise<Editor> {
  try {
    provideChromium(console.log);
    fetchStandIn(console.log);
  } catch (error) {
    if (error instanceof NoStandIn) throw new NoEditor(`- the stand-in: ${error.message}`);
    throw error;
  }
  const name = 'the stand-in: the VS Code server build in .editor/, in Chromium';
  return { executable: await bundleShim(), name, isStandIn: true };
}

async function runAllIn(editor: Editor): Promise<number> {
  for (let start = 1; (await runIn(editor, { PERNET_ONLY: activation })) !== 0; start++) {
    if (start === mostStarts) return 1;
    console.log('\nThe activation is tried in another start of the editor.\n');
  }
  return runIn(editor, { PERNET_NOT: activation });
}

/** The workspace of a run is a copy of the sample, so that no test can change the checkout's own. */
async function runIn(editor: Editor, which: Record<string, string>): Promise<number> {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'pernet-test-'));
  const workspace = path.join(scratch, 'sample');
  cpSync(path.join(checkout, 'test/sample'), workspace, { recursive: true });
  try {
    return await runTests({
      vscodeExecutablePath: editor.executable,
      extensionDevelopmentPath: checkout,
      extensionTestsPath: path.join(bundles, 'index.cjs'),
      extensionTestsEnv: { PERNET_SCREENSHOTS: screenshots, PERNET_THEMES: process.env['PERNET_THEMES'], ...which },
      launchArgs: [workspace, `--extensions-dir=${path.join(scratch, 'extensions')}`],
    });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** The tests that look at an editor from outside, as a person does: they need no extension host. */
function runOutside(): number {
  const mocha = path.join(checkout, 'node_modules/mocha/bin/mocha.js');
  const files = outside.map((name) => path.join(bundles, 'outside', name.replace(/\.ts$/, '.cjs')));
  const args = ['--ui=tdd', '--timeout=240000', '--fail-zero', '--exit', ...files];
  return spawnSync(process.execPath, [mocha, ...args], { cwd: checkout, stdio: 'inherit' }).status ?? 1;
}

const common = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  sourcemap: 'inline',
  logLevel: 'warning',
  outExtension: { '.js': '.cjs' },
} as const;

/** CommonJS has no `import.meta.url`. */
const bundleUrl = "const __bundleUrl = require('node:url').pathToFileURL(__filename).href;";

/** One bundle a test file, and `index.cjs` that runs them all. */
async function bundle(): Promise<void> {
  rmSync(bundles, { recursive: true, force: true });
  const entryPoints = readdirSync(suites).filter((name) => name === 'index.ts' || name.endsWith('.test.ts'));
  await build({
    ...common,
    entryPoints: entryPoints.map((name) => path.join(suites, name)),
    outdir: bundles,
    external: ['vscode', 'mocha'],
  });
  await build({
    ...common,
    entryPoints: outside.map((name) => path.join(outsideFolder, name)),
    outdir: path.join(bundles, 'outside'),
    external: ['mocha', 'playwright-core'],
    define: { 'import.meta.url': '__bundleUrl' },
    // They lie one folder deeper than what they import takes itself to lie.
    banner: { js: bundleUrl.replace('__filename', '__dirname') },
  });
}

async function bundleShim(): Promise<string> {
  await build({
    ...common,
    entryPoints: { 'editor-shim': path.join(checkout, 'src/tools/editor-shim.ts') },
    outdir: path.join(checkout, 'dist/tools'),
    external: ['playwright-core'],
    define: { 'import.meta.url': '__bundleUrl' },
    banner: { js: `#!/usr/bin/env node\n${bundleUrl}` },
  });
  const executable = path.join(checkout, 'dist/tools/editor-shim.cjs');
  chmodSync(executable, 0o755);
  return executable;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);

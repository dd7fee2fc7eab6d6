import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { StandIn } from './editor-fetch.ts';

/** How to open the stand-in editor. Paths may be relative to the current folder. */
export interface EditorOptions {
  /** The folder that the editor opens. */
  readonly workspace: string;
  /** A file of it that is opened at once, at a line (from 1). */
  readonly open?: { readonly file: string; readonly line: number };
  /** Extensions to load from their source folder: test runs only, see `underTest`. */
  readonly extensionDevelopmentPath?: readonly string[];
  /** The bundle whose `run()` the extension host calls: test runs only. */
  readonly extensionTestsPath?: string;
  /** Where installed extensions are; default: a fresh, empty folder. */
  readonly extensionsDir?: string;
  /** User settings on top of the quiet defaults. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Environment of the server and so of the extension host. */
  readonly env?: NodeJS.ProcessEnv;
  /** Port to listen on; 0 (the default) takes a free one. */
  readonly port?: number;
  readonly log?: (line: string) => void;
}

/** A running VS Code server. */
export interface EditorServer {
  /** Opens the workspace, and in it what the options ask for. */
  readonly url: string;
  /** Rejects when the server ends by itself. */
  readonly gone: Promise<never>;
  close(): Promise<void>;
}

const quietSettings = {
  'security.workspace.trust.enabled': false,
  'workbench.startupEditor': 'none',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'git.enabled': false,
  'window.restoreWindows': 'none',
};

const startLimitMs = 60_000;

/**
 * Starts the VS Code server on 127.0.0.1 with data folders of its own, which `close` removes again.
 * @throws when it does not listen within a minute.
 */
export async function startEditorServer(standIn: StandIn, options: EditorOptions): Promise<EditorServer> {
  const log = options.log ?? (() => undefined);
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'pernet-editor-'));
  writeSettings(path.join(scratch, 'data'), options.settings ?? {});
  mkdirSync(path.join(scratch, 'tmp'));
  const server = spawn(standIn.node, [standIn.serverMain, ...serverArguments(scratch, options)], {
    env: serverEnvironment(scratch, options.env ?? {}),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const gone = new Promise<never>((_, reject) => {
    server.once('error', reject);
    server.once('exit', (code, signal) => {
      reject(new Error(`the editor's server ended (${code ?? signal ?? 'unknown'})`));
    });
  });
  gone.catch(() => undefined);
  const close = async (): Promise<void> => {
    await endGroup(server);
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  try {
    const port = await Promise.race([gone, listeningPort(server, log)]);
    return { url: pageUrl(port, options), gone, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Installs a packaged extension into `extensionsDir`. Throws with the server's words when that fails. */
export function installExtension(standIn: StandIn, vsix: string, extensionsDir: string): void {
  manageExtensions(standIn, extensionsDir, [`--install-extension=${path.resolve(vsix)}`, '--force']);
}

function manageExtensions(standIn: StandIn, extensionsDir: string, args: readonly string[]): string {
  const data = mkdtempSync(path.join(os.tmpdir(), 'pernet-editor-'));
  const fixed = ['--accept-server-license-terms', '--telemetry-level', 'off', '--server-data-dir', data];
  const argv = [standIn.serverMain, ...fixed, '--extensions-dir', extensionsDir, ...args];
  const result = spawnSync(standIn.node, argv, { encoding: 'utf8', env: cleanEnvironment() });
  rmSync(data, { recursive: true, force: true });
  if (result.status !== 0) throw new Error(`${args.join(' ')} failed: ${result.stdout}${result.stderr}`);
  return result.stdout;
}

function writeSettings(userData: string, settings: Readonly<Record<string, unknown>>): void {
  const user = path.join(userData, 'User');
  mkdirSync(user, { recursive: true });
  writeFileSync(path.join(user, 'settings.json'), JSON.stringify({ ...quietSettings, ...settings }, null, 1));
}

function serverArguments(scratch: string, options: EditorOptions): string[] {
  return [
    ...['--host', '127.0.0.1', '--port', String(options.port ?? 0), '--without-connection-token'],
    ...['--accept-server-license-terms', '--telemetry-level', 'off'],
    ...['--server-data-dir', path.join(scratch, 'server'), '--user-data-dir', path.join(scratch, 'data')],
    ...['--extensions-dir', path.resolve(options.extensionsDir ?? path.join(scratch, 'extensions'))],
    ...(underTest(options) ? ['--enable-smoke-test-driver', '--reconnection-grace-time', '1'] : []),
  ];
}

/**
 * A built workbench honours a development or test path only with the smoke test driver; the driver also hides
 * notifications and refuses modal dialogs, so that a session for a person goes without it.
 */
function underTest(options: EditorOptions): boolean {
  return (options.extensionDevelopmentPath?.length ?? 0) > 0 || options.extensionTestsPath !== undefined;
}

function serverEnvironment(scratch: string, extra: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...cleanEnvironment(), TMPDIR: path.join(scratch, 'tmp'), ...extra };
}

/** The environment without what an enclosing VS Code or Node run left in it. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const env = { ...process.env };
  delete env['VSCODE_IPC_HOOK_CLI'];
  delete env['VSCODE_DEV'];
  delete env['ELECTRON_RUN_AS_NODE'];
  delete env['NODE_OPTIONS'];
  return env;
}

function listeningPort(server: ChildProcess, log: (line: string) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(() => {
      reject(new Error(`the editor's server did not listen within ${startLimitMs / 1000} s: ${output}`));
    }, startLimitMs);
    const read = (chunk: Buffer): void => {
      log(`[server] ${chunk.toString().trimEnd()}`);
      output += chunk.toString();
      const port = /Extension host agent listening on (\d+)/.exec(output)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(Number(port));
    };
    server.stdout?.on('data', read);
    server.stderr?.on('data', read);
  });
}

async function endGroup(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.pid === undefined) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  signalGroup(server.pid, 'SIGTERM');
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 3000))]);
  signalGroup(server.pid, 'SIGKILL');
}

/** The server leads a process group of its own, which holds its extension hosts and language servers too. */
function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch {
    // The group is gone already, which is what was wanted.
  }
}

function pageUrl(port: number, options: EditorOptions): string {
  const remote = (file: string): string => `vscode-remote://127.0.0.1:${port}${path.resolve(file)}`;
  const payload: [string, string][] = [
    ['skipWelcome', 'true'],
    ['skipReleaseNotes', 'true'],
  ];
  for (const folder of options.extensionDevelopmentPath ?? []) {
    payload.push(['extensionDevelopmentPath', remote(folder)]);
  }
  if (options.extensionTestsPath) payload.push(['extensionTestsPath', remote(options.extensionTestsPath)]);
  if (options.open) {
    payload.push(['openFile', `${remote(options.open.file)}:${options.open.line}`], ['gotoLineMode', 'true']);
  }
  const query = new URLSearchParams({ folder: path.resolve(options.workspace), payload: JSON.stringify(payload) });
  return `http://127.0.0.1:${port}/?${query.toString()}`;
}

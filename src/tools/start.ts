import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { checkout, fetchStandIn, NoStandIn } from './editor-fetch.ts';
import { installExtension, startEditorServer } from './editor-server.ts';

// `npm start`: an editor with this extension, open on the sample. The installed VS Code if there is one (the command
// `code`), else the stand-in in your browser; PERNET_EDITOR=standin takes the stand-in anyway.

const sample = path.join(checkout, 'test/sample');
const opened = path.join(sample, 'pernet_sample.c');
/** Where three of its four problems are in view. */
const line = readFileSync(opened, 'utf8').split('\n').indexOf('err_notifier:') + 1;

async function main(): Promise<number> {
  const code = process.env['PERNET_EDITOR'] === 'standin' ? undefined : installedCode();
  return code === undefined ? serve() : openIn(code);
}

/** The command `code`, unless it is the one of a remote window's terminal, which cannot load an extension's folder. */
function installedCode(): string | undefined {
  if (process.env['VSCODE_IPC_HOOK_CLI']) return undefined;
  const names = process.platform === 'win32' ? ['code.cmd'] : ['code'];
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return folders.flatMap((folder) => names.map((name) => path.join(folder, name))).find(existsSync);
}

function openIn(code: string): number {
  run(process.execPath, ['src/tools/build.mjs']);
  console.log(`Opening the sample in ${code}, with the extension from this folder.`);
  const args = ['--new-window', `--extensionDevelopmentPath=${checkout}`, sample, '--goto', `${opened}:${line}`];
  return spawnSync(code, args, { stdio: 'inherit', shell: process.platform === 'win32' }).status ?? 1;
}

/** Stays up until Ctrl-C. The packaged extension is installed, as a user would have it. */
async function serve(): Promise<number> {
  console.log('There is no `code` command to use: starting the VS Code server build instead.');
  const standIn = fetchStandIn(console.log);
  run('npm', ['run', '--silent', 'package']);
  const extensionsDir = mkdtempSync(path.join(os.tmpdir(), 'pernet-extensions-'));
  try {
    installExtension(standIn, path.join(checkout, 'dist/pernet-lifecycle.vsix'), extensionsDir);
    const server = await startEditorServer(standIn, {
      workspace: sample,
      open: { file: opened, line },
      extensionsDir,
      port: Number(process.env['PERNET_PORT'] ?? 0),
    });
    console.log(`\nThe sample is open here, until Ctrl-C:\n\n${server.url}\n`);
    try {
      await Promise.race([server.gone, ended()]);
    } finally {
      await server.close();
    }
  } finally {
    rmSync(extensionsDir, { recursive: true, force: true });
  }
  return 0;
}

/** Runs a step of the build in the checkout; what it prints is shown only when it fails. */
function run(command: string, args: readonly string[]): void {
  const result = spawnSync(command, args, { cwd: checkout, encoding: 'utf8', shell: process.platform === 'win32' });
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${result.stdout}${result.stderr}`);
}

/** Resolves at Ctrl-C, or when a process that this one was started by is gone: npm does not pass every signal on. */
function ended(): Promise<void> {
  const starters = ancestors();
  return new Promise((resolve) => {
    setInterval(() => {
      if (ancestors().join() !== starters.join()) resolve();
    }, 500).unref();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        resolve();
      });
    }
  });
}

/** The ids of this process's parent, its parent, and so on; the stand-in runs on Linux only, which has /proc. */
function ancestors(): readonly number[] {
  const ids: number[] = [];
  for (let id = process.ppid; id > 1;) {
    ids.push(id);
    try {
      // The name before the state is in parentheses and may hold anything.
      id = Number(/^.*\) \S (\d+)/s.exec(readFileSync(`/proc/${id}/stat`, 'utf8'))?.[1] ?? 0);
    } catch {
      break;
    }
  }
  return ids;
}

main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    console.error(error instanceof NoStandIn ? `No editor can be had here: ${error.message}` : error);
    process.exit(1);
  },
);

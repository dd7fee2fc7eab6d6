import os from 'node:os';
import { commands as host, env, extensions, version, window, workspace } from 'vscode';
import { State } from 'vscode-languageclient';
import type { Features } from './features.ts';
import { commands, section, settings } from './ids.ts';
import { methods, type MemoryReport } from '../server/protocol.ts';

/** A document with what a bug report needs. Nothing of the workspace's files is in it, and nothing is sent. */
export function registerBugReport({ context, client }: Features): void {
  context.subscriptions.push(
    host.registerCommand(commands.bugReport, async () => {
      const own = context.extension.packageJSON as { version?: string };
      const set = workspace.getConfiguration(section);
      const changed = settings.flatMap((name) => {
        const found = set.inspect(name);
        const value = found?.workspaceFolderValue ?? found?.workspaceValue ?? found?.globalValue;
        return value === undefined ? [] : [`- \`${section}.${name}\`: \`${JSON.stringify(value)}\``];
      });
      const other = extensions.all
        .filter(({ id, isActive }) => isActive && /clangd|cpptools|kernel/i.test(id))
        .map(({ id, packageJSON }) => `- ${id} ${(packageJSON as { version?: string }).version ?? ''}`);
      const held = await memoryOf(client);
      const content = [
        '# Pernet Lifecycle: what a bug report needs',
        '',
        'What happened, and what should have happened:',
        '',
        'A piece of C that shows it (as small as can be):',
        '',
        '```c',
        '```',
        '',
        `- extension ${own.version ?? '?'}, editor ${version} (${env.appName}${env.remoteName === undefined ? '' : `, remote: ${env.remoteName}`})`,
        `- ${os.type()} ${os.release()} ${os.arch()}, Node ${process.versions.node}, ${os.cpus().length} cores, ${Math.round(os.totalmem() / 2 ** 30)} GB`,
        `- language server: ${State[client.state]}${held}`,
        `- folders: ${workspace.workspaceFolders?.length ?? 0}`,
        ...(changed.length > 0 ? ['', 'Settings:', '', ...changed] : []),
        ...(other.length > 0 ? ['', 'Other extensions for C:', '', ...other] : []),
        '',
        'The output channel "Pernet Lifecycle" may say more (command "Pernet: Show Output").',
        '',
      ].join('\n');
      await window.showTextDocument(await workspace.openTextDocument({ language: 'markdown', content }));
    }),
  );
}

/** A server that hangs is what a report may be about: it is not waited for any longer than this, in milliseconds. */
const patienceMs = 2_000;

async function memoryOf(client: Features['client']): Promise<string> {
  if (client.state !== State.Running) return '';
  const late = new Promise<null>((resolve) => setTimeout(resolve, patienceMs, null));
  const report = await Promise.race([client.sendRequest<MemoryReport>(methods.memory).catch(() => null), late]);
  return report
    ? `, ${memoryText(report)}`
    : `, which did not say within ${patienceMs / 1_000} s how much memory it holds`;
}

function memoryText({ resident, own, analysis, documents }: MemoryReport): string {
  const open = `${documents} open document${documents === 1 ? '' : 's'}`;
  if (resident === null) return open;
  const inMB = (bytes: number | undefined): string => (bytes === undefined ? '?' : `${Math.round(bytes / 2 ** 20)}`);
  return (
    `${inMB(resident)} MB resident (heap ${inMB(own?.heap)} + ${inMB(analysis?.heap)} MB, ` +
    `other ${inMB(own?.external)} + ${inMB(analysis?.external)} MB), ${open}`
  );
}

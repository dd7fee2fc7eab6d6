import os from 'node:os';
import { commands as host, env, extensions, version, window, workspace } from 'vscode';
import { State } from 'vscode-languageclient';
import { commands, section, settings } from './ids.ts';
import type { Features } from './features.ts';

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
        `- language server: ${State[client.state]}`,
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

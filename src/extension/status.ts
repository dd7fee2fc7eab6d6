import { commands as host, StatusBarAlignment, window } from 'vscode';
import { State } from 'vscode-languageclient';
import type { Status } from '../server/protocol.ts';
import { commands, hasOps, opsView } from './ids.ts';
import type { Features } from './features.ts';

/** One short item in the status bar, there only while the active editor shows a file with a pernet_operations. */
export function registerStatus({ context, client, onStatus }: Features): void {
  const item = window.createStatusBarItem('pernet.status', StatusBarAlignment.Right);
  item.name = 'Pernet Lifecycle';
  const byDocument = new Map<string, Status>();
  const draw = (): void => {
    const active = window.activeTextEditor?.document.uri;
    const uri = active && client.code2ProtocolConverter.asUri(active);
    const status = uri === undefined ? undefined : byDocument.get(uri);
    const text = status && textOf(status);
    void host.executeCommand('setContext', hasOps, status?.state === 'ready' && status.ops > 0);
    if (text === undefined) {
      item.hide();
      return;
    }
    item.text = text.text;
    item.tooltip = text.tooltip;
    item.command = text.command;
    item.show();
  };
  context.subscriptions.push(
    item,
    window.onDidChangeActiveTextEditor(draw),
    onStatus((status) => {
      byDocument.set(status.uri, status);
      if (status.state === 'ready') client.outputChannel.appendLine(`${status.uri}: ${tooltipOf(status)}`);
      draw();
    }),
    client.onDidChangeState(({ newState }) => {
      if (newState !== State.Running) byDocument.clear();
      draw();
    }),
  );
}

/** A click leads to what the item is about: the problems, else all ops; to the log where it went wrong. */
function textOf(status: Status): { text: string; tooltip: string; command: string } | undefined {
  switch (status.state) {
    case 'working':
      return {
        text: '$(sync~spin) Pernet',
        tooltip: 'Running the lifecycles of this file',
        command: commands.showOutput,
      };
    case 'failed':
      return { text: '$(warning) Pernet', tooltip: status.reason, command: commands.showOutput };
    case 'ready': {
      const { ops, problems, notAnalysed } = status;
      if (ops === 0 && problems === 0) return undefined;
      return {
        text: problems > 0 ? `$(warning) Pernet ${problems}` : '$(check) Pernet',
        tooltip: tooltipOf(status),
        command: problems + notAnalysed > 0 ? 'workbench.actions.view.problems' : `${opsView}.focus`,
      };
    }
  }
}

function tooltipOf({ ops, problems, notAnalysed }: Extract<Status, { readonly state: 'ready' }>): string {
  const words = [`${ops} pernet_operations here, ${counted(problems, 'problem')}`];
  if (notAnalysed > 0) words.push(`${counted(notAnalysed, 'function')} not analysed`);
  return words.join('; ');
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

import { commands as host, ProgressLocation, window, type TreeView } from 'vscode';
import { methods, type CheckAnswer, type ListOrder, type OpsList } from '../../server/protocol.ts';
import { commands, opsFiltered, opsOrder, opsView } from '../ids.ts';
import type { Features } from '../features.ts';
import { nodesOf, summaryOf, type Look, type Node } from './model.ts';
import { OpsProvider } from './provider.ts';

const nothing: OpsList = { ops: [], isReading: false, isChecked: false };

/** The view of all ops in the explorer: by module or in the order of pernet_list, filtered, with its problems counted. */
export function registerOpsView(features: Features): void {
  const { context, client } = features;
  const provider = new OpsProvider((text) => client.protocol2CodeConverter.asUri(text));
  const view = window.createTreeView<Node>(opsView, { treeDataProvider: provider, showCollapseAll: true });
  let list = nothing;
  let look: Look = { order: 'module', filter: '', lists: [] };
  const draw = (): void => {
    provider.nodes = nodesOf(list, look);
    view.message = summaryOf(list, look);
    view.description = list.ops.length > 0 ? String(list.ops.length) : '';
    void host.executeCommand('setContext', opsOrder, look.order);
    void host.executeCommand('setContext', opsFiltered, look.filter !== '');
  };
  const refresh = async (): Promise<void> => {
    list = await client.sendRequest<OpsList>(methods.ops);
    draw();
  };
  const change = (next: Partial<Look>): void => {
    look = { ...look, ...next };
    draw();
  };
  const showOrder = async (): Promise<void> => {
    change({ order: 'list' });
    if (look.lists.length > 0) return;
    await readOrder();
  };
  const readOrder = async (): Promise<void> => {
    const lists = await window.withProgress({ location: { viewId: opsView } }, () =>
      client.sendRequest<ListOrder[]>(methods.order),
    );
    change({ lists });
  };
  context.subscriptions.push(
    view,
    client.onNotification(methods.opsChanged, () => {
      // What nobody sees is asked for when it is looked at.
      if (view.visible) void refresh();
    }),
    client.onNotification(methods.orderChanged, () => {
      if (look.order === 'list' && view.visible) void readOrder();
      else change({ lists: [] });
    }),
    view.onDidChangeVisibility(({ visible }) => {
      if (!visible) return;
      void refresh();
      if (look.order === 'list' && look.lists.length === 0) void readOrder();
    }),
    host.registerCommand(commands.opsByModule, () => {
      change({ order: 'module' });
    }),
    host.registerCommand(commands.opsByOrder, showOrder),
    host.registerCommand(commands.opsFilter, async () => {
      const filter = await window.showInputBox({
        title: 'Filter the ops',
        prompt: 'Parts of a name, a module, a file or a callback; several have to be there all.',
        value: look.filter,
      });
      if (filter !== undefined) change({ filter: filter.trim() });
    }),
    host.registerCommand(commands.opsClearFilter, () => {
      change({ filter: '' });
    }),
    host.registerCommand(commands.opsReveal, async () => {
      await refresh();
      await revealAtCursor(features, { view, provider });
    }),
    host.registerCommand(commands.opsSimulate, (node?: Node) =>
      node?.ops ? host.executeCommand(commands.simulate, node.ops.uri, node.ops.name) : undefined,
    ),
    host.registerCommand(commands.checkWorkspace, () => checkWorkspace(features)),
  );
}

async function revealAtCursor(
  { client }: Features,
  { view, provider }: { readonly view: TreeView<Node>; readonly provider: OpsProvider },
): Promise<void> {
  const editor = window.activeTextEditor;
  if (!editor) return;
  const uri = client.code2ProtocolConverter.asUri(editor.document.uri);
  const node = provider.find(uri, editor.selection.active.line + 1) ?? provider.find(uri, Infinity);
  if (node) await view.reveal(node, { select: true, focus: true, expand: true });
}

/** A person has asked for it, and sees how it goes; what comes of it is in the Problems view. */
async function checkWorkspace({ client }: Features): Promise<void> {
  const options = {
    location: ProgressLocation.Notification,
    title: 'Pernet: analysing the workspace',
    cancellable: true,
  };
  const answer = await window.withProgress(options, async (_, token) => {
    try {
      return await client.sendRequest<CheckAnswer>(methods.check, null, token);
    } catch (error) {
      if (token.isCancellationRequested) return undefined;
      throw error;
    }
  });
  if (!answer) return;
  const { files, problems } = answer;
  window.setStatusBarMessage(`Pernet: ${problems} ${problems === 1 ? 'problem' : 'problems'} in ${files} files`, 8000);
  if (problems > 0) await host.executeCommand('workbench.actions.view.problems');
}

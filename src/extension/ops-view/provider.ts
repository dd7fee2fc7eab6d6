import {
  EventEmitter,
  Range,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  type TreeDataProvider,
  type Uri,
} from 'vscode';
import type { Node } from './model.ts';

/** Shows nodes as items of a tree view. */
export class OpsProvider implements TreeDataProvider<Node> {
  private readonly changed = new EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private roots: readonly Node[] = [];
  private readonly parents = new Map<string, Node>();

  constructor(private readonly toUri: (text: string) => Uri) {}

  set nodes(nodes: readonly Node[]) {
    this.roots = nodes;
    this.parents.clear();
    const note = (node: Node): void => {
      for (const child of node.children) {
        this.parents.set(child.id, node);
        note(child);
      }
    };
    nodes.forEach(note);
    this.changed.fire(undefined);
  }

  /** The node of an ops, or of the last one that begins before a line (from 1) of a document. */
  find(uri: string, line: number): Node | undefined {
    let found: Node | undefined;
    const look = (nodes: readonly Node[]): void => {
      for (const node of nodes) {
        const start = node.ops?.uri === uri ? node.at?.range.line : undefined;
        if (start !== undefined && start <= line && start >= (found?.at?.range.line ?? 0)) found = node;
        look(node.children);
      }
    };
    look(this.roots);
    return found;
  }

  getParent({ id }: Node): Node | undefined {
    return this.parents.get(id);
  }

  getChildren(node?: Node): Node[] {
    return [...(node ?? { children: this.roots }).children];
  }

  getTreeItem({ id, kind, label, description, tooltip, worst, isOpen, at, children }: Node): TreeItem {
    const state = TreeItemCollapsibleState[children.length === 0 ? 'None' : isOpen ? 'Expanded' : 'Collapsed'];
    const item = new TreeItem(label, state);
    item.id = id;
    item.description = description;
    item.contextValue = kind;
    item.iconPath = iconOf(kind, worst);
    if (tooltip !== '') item.tooltip = tooltip;
    if (at) {
      const { line, column, endLine, endColumn } = at.range;
      const selection = new Range(line - 1, column - 1, endLine - 1, endColumn - 1);
      item.command = {
        title: 'Open',
        command: 'vscode.open',
        arguments: [this.toUri(at.uri), { selection, preserveFocus: true }],
      };
    }
    // What is marked by colour is said, too.
    item.accessibilityInformation = {
      label: [label, description, worst ?? ''].filter((part) => part !== '').join(', '),
    };
    return item;
  }
}

function iconOf(kind: Node['kind'], worst: Node['worst']): ThemeIcon {
  const colour =
    worst === null ? undefined : new ThemeColor(`list.${worst === 'error' ? 'error' : 'warning'}Foreground`);
  const sign = worst === 'error' ? 'error' : worst === 'warning' ? 'warning' : undefined;
  switch (kind) {
    case 'tree':
      return new ThemeIcon('root-folder', colour);
    case 'module':
      return new ThemeIcon('package', colour);
    case 'ops':
      return new ThemeIcon(sign ?? 'symbol-struct', colour);
    case 'callback':
      return new ThemeIcon('symbol-method');
    case 'boundary':
      return new ThemeIcon('fold-down');
    case 'group':
      return new ThemeIcon('extensions', colour);
  }
}

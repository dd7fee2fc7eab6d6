import type { ListedOps, ListOrder, OpsList } from '../../server/protocol.ts';

/** What the view of ops shows, as plain data: a test looks at it without an editor. */
export interface Node {
  /** Stays the same while the list changes, so that what is open stays open. */
  readonly id: string;
  readonly kind: 'tree' | 'module' | 'ops' | 'callback' | 'boundary' | 'group';
  readonly label: string;
  readonly description: string;
  readonly tooltip: string;
  readonly worst: ListedOps['worst'];
  readonly isOpen: boolean;
  /** Where it stands: a range of a document, counted from 1. */
  readonly at?: { readonly uri: string; readonly range: ListedOps['range'] };
  /** The ops that it is, by its document and name. */
  readonly ops?: { readonly uri: string; readonly name: string };
  readonly children: readonly Node[];
}

export interface Look {
  readonly order: 'module' | 'list';
  /** Only ops that this is in: their name, module, file or callbacks; all with ''. */
  readonly filter: string;
  /** By tree; those of trees that are not there are not known (yet). */
  readonly lists: readonly ListOrder[];
}

/** The nodes of the view, those of several trees below one node for each. */
export function nodesOf({ ops }: OpsList, look: Look): Node[] {
  const wanted = ops.filter((each) => isWanted(each, look.filter.toLowerCase()));
  const trees = grouped(wanted, ({ tree }) => tree);
  const nodesIn = (tree: string, all: readonly ListedOps[]): Node[] => {
    const list = look.order === 'list' ? look.lists.find((each) => each.tree === tree) : undefined;
    return look.order === 'module' ? byModule(tree, all, look.filter !== '') : byOrder(tree, all, list);
  };
  if (trees.size <= 1) return [...trees].flatMap(([tree, all]) => nodesIn(tree, all));
  return [...trees].map(([tree, all]) => ({
    ...plain,
    id: tree,
    kind: 'tree',
    label: nameOf(tree),
    description: counts(all),
    tooltip: decodeURIComponent(tree.replace(/^file:\/\//, '')),
    worst: worstOf(all),
    children: nodesIn(tree, all),
  }));
}

/** How many ops and problems there are, for the view's own line. */
export function summaryOf({ ops, isReading, isChecked }: OpsList, { filter }: Look): string {
  if (isReading && ops.length === 0) return 'Reading the workspace …';
  const shown = filter === '' ? ops : ops.filter((each) => isWanted(each, filter.toLowerCase()));
  const parts = [
    filter === '' ? '' : `"${filter}": ${shown.length} of ${ops.length}`,
    isReading ? 'still reading …' : '',
  ];
  if (!isChecked && filter === '' && !isReading && ops.length > 0) parts.push('problems are those of opened files');
  return parts.filter((part) => part !== '').join(' · ');
}

const plain = { worst: null, isOpen: false, tooltip: '', children: [] } as const;

function isWanted({ name, module, file, callbacks }: ListedOps, filter: string): boolean {
  const words = filter.split(/\s+/).filter((word) => word !== '');
  const texts = [name, module, file, ...callbacks.map((each) => each.function)].map((text) => text.toLowerCase());
  return words.every((word) => texts.some((text) => text.includes(word)));
}

function byModule(tree: string, all: readonly ListedOps[], isOpen: boolean): Node[] {
  const modules = grouped(all, ({ module, file }) => `${module}|${file.split('/').slice(0, -1).join('/')}`);
  return [...modules.values()]
    .sort((a, b) => compare(a[0]!.module, b[0]!.module) || compare(a[0]!.file, b[0]!.file))
    .map((own) => {
      const [{ module, file }] = own as [ListedOps];
      const folder = file.split('/').slice(0, -1).join('/');
      return {
        ...plain,
        id: `${tree}|${module}|${folder}`,
        kind: 'module',
        label: module,
        description: [folder, counts(own)].filter((part) => part !== '').join(' · '),
        tooltip: folder === '' ? module : `${module} (${folder})`,
        worst: worstOf(own),
        isOpen,
        children: own.map((ops) => opsNode(ops, { description: [kindOf(ops), problemsOf(ops)] })),
      };
    });
}

function byOrder(tree: string, all: readonly ListedOps[], list: ListOrder | undefined): Node[] {
  const left = new Set(all);
  const nodes: Node[] = [];
  const hasDevices = list !== undefined && list.firstDevice < list.order.length;
  for (const [index, { ops: name, uri, level }] of (list?.order ?? []).entries()) {
    if (hasDevices && index === list.firstDevice) nodes.push(boundary(tree, list));
    const ops = all.find((each) => each.name === name && each.uri === uri);
    if (!ops) continue;
    left.delete(ops);
    nodes.push(opsNode(ops, { place: index + 1, description: [kindOf(ops), level, ops.file, problemsOf(ops)] }));
  }
  const later = [...left].sort((a, b) => rank(a) - rank(b));
  const others = later.map((ops) => opsNode(ops, { description: [kindOf(ops), ops.module, problemsOf(ops)] }));
  if (nodes.length === 0) return others;
  if (others.length > 0)
    nodes.push({
      ...plain,
      id: `${tree}|later`,
      kind: 'group',
      label: 'Not there when the kernel has booted',
      description: counts(later),
      tooltip: `With ${list?.config ?? ''}: these join pernet_list when their module is loaded, or are not built.`,
      worst: worstOf(later),
      children: others,
    });
  return nodes;
}

function boundary(tree: string, { config }: ListOrder): Node {
  return {
    ...plain,
    id: `${tree}|first_device`,
    kind: 'boundary',
    label: 'first_device',
    description: "a module's subsys ops go above, its device ops to the end",
    tooltip: `pernet_list of a kernel built with ${config}, booted: subsystems first, then devices (net/core/net_namespace.c).`,
  };
}

function opsNode(
  ops: ListedOps,
  { place, description }: { readonly place?: number; readonly description: readonly string[] },
): Node {
  const { name, uri, range, callbacks, registeredIn, file, module } = ops;
  const registered =
    registeredIn.length > 0 ? `registered in ${registeredIn.join(', ')}` : 'not registered in what was read';
  return {
    ...plain,
    id: `${uri}#${name}`,
    kind: 'ops',
    label: place === undefined ? name : `${place}  ${name}`,
    description: description.filter((part) => part !== '').join(' · '),
    tooltip: [`${name} of ${module}`, `${file}:${range.line}`, registered, problemsOf(ops)]
      .filter((part) => part !== '')
      .join('\n'),
    worst: ops.worst,
    at: { uri, range },
    ops: { uri, name },
    children: callbacks.map(({ field, function: fn, range: at }) => ({
      ...plain,
      id: `${uri}#${name}.${field}`,
      kind: 'callback',
      label: `.${field}`,
      description: `${fn}()`,
      at: { uri, range: at },
    })),
  };
}

function kindOf({ kind }: ListedOps): string {
  return kind === 'both' ? 'subsys and device' : (kind ?? '');
}

function problemsOf({ problems }: ListedOps): string {
  return problems === 0 ? '' : `${problems} ${problems === 1 ? 'problem' : 'problems'}`;
}

function counts(all: readonly ListedOps[]): string {
  const problems = all.reduce((sum, each) => sum + each.problems, 0);
  return [`${all.length} ops`, problems === 0 ? '' : `${problems} ${problems === 1 ? 'problem' : 'problems'}`]
    .filter((part) => part !== '')
    .join(' · ');
}

const loudest = ['error', 'warning', 'information', 'hint'] as const;

function worstOf(all: readonly ListedOps[]): ListedOps['worst'] {
  return loudest.find((level) => all.some(({ worst }) => worst === level)) ?? null;
}

/** Subsystems come before devices in pernet_list. */
function rank({ kind }: ListedOps): number {
  return kind === 'device' ? 1 : 0;
}

function grouped(all: readonly ListedOps[], keyOf: (ops: ListedOps) => string): Map<string, ListedOps[]> {
  const groups = new Map<string, ListedOps[]>();
  for (const each of all) {
    const group = groups.get(keyOf(each));
    if (group) group.push(each);
    else groups.set(keyOf(each), [each]);
  }
  return groups;
}

function nameOf(tree: string): string {
  return decodeURIComponent(tree.replace(/\/$/, '').replace(/^.*\//, ''));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

import path from 'node:path';
import { URI } from 'vscode-uri';
import { severities, type Finding } from '../rules/index.ts';
import type { IndexedFile, Registration } from './background/scan.ts';
import type { Analysed } from './analyses.ts';
import type { Features } from './features.ts';
import { methods, type ListedOps, type ListOrder, type OpsList } from './protocol.ts';
import { uriIn } from './places.ts';

/** How long changes are gathered before the client is told, in milliseconds. */
const gatherMs = 100;

/** Tells of all ops of the workspace: what is read in the background, and what analyses of open documents say. */
export function registerOpsList({ connection, analyses, workspace, checked, booted }: Features): void {
  let timer: NodeJS.Timeout | undefined;
  const changed = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void connection.sendNotification(methods.opsChanged);
    }, gatherMs);
  };
  workspace.onChange(changed);
  checked.onChange(changed);
  analyses.onForgotten(changed);
  booted.onChange(() => void connection.sendNotification(methods.orderChanged));
  analyses.onAnalysed(() => {
    changed();
    // What a person looks at goes first.
    workspace.start();
  });
  connection.onRequest(methods.ops, (): OpsList => ({
    ops: listOf(workspace.files(), analyses.all(), (uri) => checked.of(uri)),
    isReading: workspace.isReading,
    isChecked: checked.isWhole,
  }));
  connection.onRequest(methods.order, async (): Promise<ListOrder[]> => {
    const trees = [...new Set(workspace.files().flatMap(({ tree }) => tree ?? []))].sort();
    const lists: ListOrder[] = [];
    for (const root of trees) {
      const list = await booted.of(root);
      if (!list) continue;
      const { order, firstDevice, config } = list;
      const named = order.map(({ ops, file, level }) => ({ ops, uri: uriOf(path.join(root, file)), level }));
      lists.push({ tree: uriOf(root), config, order: named, firstDevice });
    }
    return lists;
  });
}

type Problems = readonly Pick<Finding, 'ops' | 'severity' | 'line'>[];

/** By file and place; a file that is open is as its analysis says. */
export function listOf(
  files: readonly IndexedFile[],
  analysed: readonly Analysed[],
  problemsOf: (uri: string) => Problems,
): ListedOps[] {
  const registrations = new Map<string, (Registration & { readonly path: string })[]>();
  for (const { path: file, tree, registrations: all } of files) {
    for (const each of all) {
      const key = `${tree ?? path.dirname(file)}#${each.ops}`;
      registrations.set(key, [...(registrations.get(key) ?? []), { ...each, path: file }]);
    }
  }
  const open = new Map(analysed.map((result) => [result.uri, result]));
  const list = files.flatMap((file) => {
    const uri = uriOf(file.path);
    if (open.has(uri)) return [];
    const root = file.tree ?? path.dirname(file.path);
    return file.ops.map(({ name, range, module, callbacks }): ListedOps => {
      const calls = registrations.get(`${root}#${name}`) ?? [];
      const own = calls.filter((call) => call.path === file.path);
      const registered = own.length > 0 ? own : calls;
      const kinds = new Set(registered.map(({ kind }) => kind));
      return {
        ...{ name, uri, range, module, callbacks },
        file: path.relative(root, file.path).split(path.sep).join('/'),
        tree: uriOf(root),
        kind: kinds.size > 1 ? 'both' : ([...kinds][0] ?? null),
        registeredIn: [...new Set(registered.map((call) => call.function))].sort(),
        ...counted(problemsOf(uri), name),
      };
    });
  });
  for (const result of analysed) list.push(...ofAnalysis(result));
  return list.sort((a, b) => compare(a.tree, b.tree) || compare(a.file, b.file) || a.range.line - b.range.line);
}

function ofAnalysis({ uri, place, ops, readings, findings }: Analysed): ListedOps[] {
  return ops.map(({ name, range, module, kind, registeredIn }) => {
    const reading = readings.find((each) => each.name === name && each.file === place.path);
    return {
      ...{ name, uri, range, module, registeredIn },
      file: place.path,
      tree: place.root === undefined ? uri : uriIn(place, ''),
      kind: kind ?? null,
      callbacks: (reading?.callbacks ?? []).map(({ field, function: fn, at }) => ({ field, function: fn, range: at })),
      ...counted(findings, name),
    };
  });
}

function counted(all: Problems, name: string): Pick<ListedOps, 'problems' | 'worst'> {
  const problems = all.filter(({ ops }) => ops === name);
  const worst = severities.find((level) => problems.some(({ severity }) => severity === level));
  return { problems: problems.length, worst: worst ?? null };
}

function uriOf(file: string): string {
  return URI.file(file).toString();
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

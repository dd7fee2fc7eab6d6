import type { Doubts, Path } from './history.ts';
import type { TraceStep } from './trace.ts';

export const noDoubts: Doubts = { left: new Set(), unregistered: new Set() };

/**
 * Marks what a path's siblings contradict. Two paths are siblings when they agree up to the failure (or up to the
 * unload) and then differ only in how conditions that are not known were answered: a search that finds its element or
 * not, a flag from elsewhere. What only one of them shows is not proven, and nothing is said of it.
 */
export function withDoubts(paths: readonly Path[]): Path[] {
  const groups = new Map<string, { path: Path; left: Set<string>; wrong: Set<string> }[]>();
  for (const path of paths) {
    const key = groupOf(path);
    const entry = { path, ...effectsOf([...path.load, ...path.unload]) };
    const group = groups.get(key);
    if (group) group.push(entry);
    else groups.set(key, [entry]);
  }
  const doubts = new Map<Path, Doubts>();
  for (const group of groups.values()) {
    if (group.length === 1) continue;
    for (const { path, left, wrong } of group) {
      doubts.set(path, {
        left: new Set([...left].filter((ops) => group.some((other) => !other.left.has(ops)))),
        unregistered: new Set([...wrong].filter((ops) => group.some((other) => !other.wrong.has(ops)))),
      });
    }
  }
  return paths.map((path) => ({ ...path, doubts: doubts.get(path) ?? noDoubts }));
}

/** What siblings have in common: the fate, and the steps up to the failure or to the end of the load. */
function groupOf(path: Path): string {
  const end = path.fate === 'load-failed' && path.cause ? path.load.indexOf(path.cause) + 1 : path.load.length;
  return [path.fate, path.exit?.id ?? '', path.result, ...path.load.slice(0, end).map(stepKey)].join('|');
}

/** What tells a path from every other: all of its steps, and what is doubted of it. */
export function keyOfPath(path: Path): string {
  const doubts = [...path.doubts.left, '/', ...path.doubts.unregistered];
  return [
    path.fate,
    path.init?.id,
    path.exit?.id,
    path.result,
    ...[...path.load, ...path.unload].map(stepKey),
    ...doubts,
  ].join('|');
}

function stepKey(step: TraceStep): string {
  const what =
    step.t === 'pernet'
      ? `${step.call}${step.ok ? '+' : '-'}${step.ops}`
      : step.t === 'test'
        ? `${step.text}${step.answer ? '+' : '-'}`
        : step.t === 'call'
          ? step.outcome
          : '';
  return `${step.t}:${what}@${step.place.file}:${step.place.at[0]}:${step.place.at[1]}`;
}

function effectsOf(steps: readonly TraceStep[]): { left: Set<string>; wrong: Set<string> } {
  const left = new Set<string>();
  const wrong = new Set<string>();
  for (const step of steps) {
    if (step.t !== 'pernet' || !step.ok) continue;
    if (step.call.startsWith('register')) left.add(step.ops);
    else if (!left.delete(step.ops)) wrong.add(step.ops);
  }
  return { left, wrong };
}

import { causeText, type Lifecycles, type Path, type Script } from '../lifecycle/index.ts';
import type { Finding } from '../rules/index.ts';
import type { Analysed } from './analysis.ts';
import type { RunChoice, TimelineRequest } from './types.ts';

/** A run that can be chosen, and how to play it. */
export interface Run extends RunChoice {
  readonly lifecycles: Lifecycles;
  readonly script: () => Script;
  /** The path of the module's code that it goes along, where it is one. */
  readonly path?: Path;
  /** What it proves. */
  readonly finding?: Finding;
}

/** More paths of one module than this are not offered: nobody chooses from such a list. */
const mostPaths = 200;

/** A label names no more conditions than this. */
const mostConditions = 3;

/** Every run that can be chosen for a file, or for one ops of it: what proves problems first, then the modules' lives. */
export function runsOf(analysed: Analysed, request: TimelineRequest): Run[] {
  return [...proofs(analysed, request), ...analysed.modules.flatMap((looked) => runsOfModule(looked, request))];
}

/** The id of the run that proves a finding. */
export function proofId(fingerprint: string): string {
  return `witness:${fingerprint}`;
}

function proofs({ found, result, ownerOf }: Analysed, { fingerprint, ops }: TimelineRequest): Run[] {
  const shown = new Set(result.findings.filter((each) => ops === undefined || each.ops === ops).map(keyOf));
  const runs = found
    .filter(({ finding }) => finding.fingerprint === fingerprint || shown.has(keyOf(finding)))
    .flatMap(({ finding, history }): Run[] => {
      if (!history) return [];
      const lifecycles = ownerOf(history);
      const { rule, file, line } = finding;
      const proof: Run = {
        id: proofId(finding.fingerprint),
        label: rule,
        group: 'Problems',
        at: { file, line },
        lifecycles,
        script: () => lifecycles.script(history.path),
        path: history.path,
        finding,
      };
      return [proof];
    });
  return [...new Map(runs.map((run) => [run.id, run])).values()];
}

function keyOf({ fingerprint }: Pick<Finding, 'fingerprint'>): string {
  return fingerprint;
}

function runsOfModule({ module, lifecycles: all }: Analysed['modules'][number], { ops }: TimelineRequest): Run[] {
  const lifecycles = all.alone();
  const paths = lifecycles.paths(module).filter((path) => ops === undefined || names(path, ops));
  const group = `${module.name}: load and unload`;
  const labels = labelsOf(paths.slice(0, mostPaths));
  const ways = paths.slice(0, mostPaths).map((path, index): Run => {
    return {
      id: `${module.name}:${index + 1}`,
      label: labels[index]!,
      group,
      lifecycles,
      script: () => lifecycles.script(path),
      path,
    };
  });
  const stories = lifecycles.stories(module, paths).map(({ id, label, script }): Run => ({
    id: `${module.name}:${id}`,
    label,
    group: `${module.name}: step by step`,
    lifecycles,
    script,
  }));
  return [...ways.sort((a, b) => rank(a) - rank(b)), ...stories];
}

/** The whole life first, then what fails. */
function rank({ path }: Run): number {
  return path?.fate === 'unloaded' ? 0 : path?.fate === 'loaded' ? 1 : 2;
}

function names(path: Path, ops: string): boolean {
  return [...path.load, ...path.unload].some((step) => step.t === 'pernet' && step.ops.endsWith(`#${ops}`));
}

/** A label for each path that tells it from the others. */
function labelsOf(paths: readonly Path[]): readonly string[] {
  const conditions = paths.map(conditionsOf);
  const labels = paths.map((path, index) => {
    if (path.fate === 'load-failed') return `load fails: ${path.cause ? stepOf(path.cause) : path.result}`;
    const others = conditions.filter((_, other) => other !== index && paths[other]!.fate === path.fate);
    const when = tellingOf(conditions[index]!, others);
    const fate = path.fate === 'unloaded' ? 'load and unload' : 'load';
    return when.length === 0 ? fate : `${fate} (${when.join(', ')})`;
  });
  const lines = toldApart(labels, (index) => {
    const cause = paths[index]?.cause;
    return cause ? ` (line ${cause.place.at[0]})` : '';
  });
  // Loops may differ in how often they run.
  return toldApart(lines, (_, place, count) => `, way ${place} of ${count}`);
}

/** Labels with an addition to those that several have. */
function toldApart(
  labels: readonly string[],
  addition: (index: number, place: number, count: number) => string,
): readonly string[] {
  const indices = new Map<string, number[]>();
  for (const [index, label] of labels.entries()) indices.set(label, [...(indices.get(label) ?? []), index]);
  return labels.map((label, index) => {
    const same = indices.get(label) ?? [];
    return same.length > 1 ? label + addition(index, same.indexOf(index) + 1, same.length) : label;
  });
}

/** What a path that does not fail takes for granted. */
function conditionsOf({ load, unload }: Path): readonly string[] {
  return [...load, ...unload].flatMap((step) =>
    step.t === 'test' || (step.t === 'pernet' && !step.ok) ? [causeText(step)] : [],
  );
}

/** Few of a path's conditions, such that as few others as can be have them all. */
function tellingOf(own: readonly string[], others: readonly (readonly string[])[]): readonly string[] {
  const telling: string[] = [];
  let left = others;
  while (left.length > 0 && telling.length < mostConditions) {
    const counts = own.map((each) => left.filter((other) => !other.includes(each)).length);
    const best = Math.max(0, ...counts);
    if (best === 0) break;
    const chosen = own[counts.indexOf(best)]!;
    telling.push(chosen);
    left = left.filter((other) => other.includes(chosen));
  }
  return telling;
}

/** What fails, by its name: a module may register several ops by the same call. */
function stepOf(cause: NonNullable<Path['cause']>): string {
  return cause.t === 'pernet' ? `${cause.call}(&${cause.ops.replace(/^.*#/, '')}) fails` : causeText(cause);
}

import { expressionsOf, walkExpression, type Expr } from '../facts/ir.ts';
import { causeText, printExpression, type Lifecycles, type Path, type Place, type Script } from '../lifecycle/index.ts';
import type { Module, Program } from '../program/index.ts';
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

/** A longer call is not written out in a label. */
const longestCall = 70;

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
  const isMeant = (path: Path): boolean => ops === undefined || names(path, ops);
  const paths = lifecycles.paths(module).filter(isMeant);
  const failing = failingLoads(all, module, paths).filter(isMeant);
  const shown = [...paths.filter((path) => !isFailedLoad(path)), ...failing].slice(0, mostPaths);
  const group = `${module.name}: load and unload`;
  const labels = labelsOf(shown, (place) => callAt(lifecycles.program, place));
  const ways = shown.map((path, index): Run => {
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

/**
 * Each step at which a load can fail, in the order of the steps. An analysis takes those for one that come to the same,
 * so that the module's init is followed once more; `paths` are what it came to, for where that cannot be done.
 */
function failingLoads(all: Lifecycles, { init, ...module }: Module, paths: readonly Path[]): readonly Path[] {
  const merged = paths.filter(isFailedLoad);
  if (!init || merged.length === 0) return merged;
  const each = all
    .alone({ apart: new Set([init.fn.id]) })
    .paths({ init, ...module })
    .filter(isFailedLoad);
  return (each.length < merged.length ? merged : each).toSorted((a, b) => placeOf(a) - placeOf(b));
}

function isFailedLoad({ fate }: Path): boolean {
  return fate === 'load-failed';
}

/** How far a load has come when it fails. */
function placeOf({ load, cause }: Path): number {
  return cause ? load.indexOf(cause) : load.length;
}

/** The whole life first, then what fails. */
function rank({ path }: Run): number {
  return path?.fate === 'unloaded' ? 0 : path?.fate === 'loaded' ? 1 : 2;
}

function names(path: Path, ops: string): boolean {
  return [...path.load, ...path.unload].some((step) => step.t === 'pernet' && step.ops.endsWith(`#${ops}`));
}

/** A label for each path that tells it from the others. */
function labelsOf(paths: readonly Path[], callAt: (place: Place) => string | null): readonly string[] {
  const conditions = paths.map(conditionsOf);
  const labels = paths.map((path, index) => {
    if (path.fate === 'load-failed') return `load fails: ${path.cause ? stepOf(path.cause) : path.result}`;
    const others = conditions.filter((_, other) => other !== index && paths[other]!.fate === path.fate);
    const when = tellingOf(conditions[index]!, others);
    const fate = path.fate === 'unloaded' ? 'load and unload' : 'load';
    return when.length === 0 ? fate : `${fate} (${when.join(', ')})`;
  });
  const calls = toldApart(labels, (index, label) => {
    const cause = paths[index]?.cause;
    const call = cause?.t === 'call' ? callAt(cause.place) : null;
    return cause?.t !== 'call' || call === null || call.length > longestCall
      ? label
      : label.replace(`${cause.name}()`, call);
  });
  const lines = toldApart(calls, (index, label) => {
    const cause = paths[index]?.cause;
    return cause ? `${label} (line ${cause.place.at[0]})` : label;
  });
  // Loops may differ in how often they run.
  return toldApart(lines, (_, label, place, count) => `${label}, way ${place} of ${count}`);
}

/** Labels, those that several have told apart by others. */
function toldApart(
  labels: readonly string[],
  other: (index: number, label: string, place: number, count: number) => string,
): readonly string[] {
  const indices = new Map<string, number[]>();
  for (const [index, label] of labels.entries()) indices.set(label, [...(indices.get(label) ?? []), index]);
  return labels.map((label, index) => {
    const same = indices.get(label) ?? [];
    return same.length > 1 ? other(index, label, same.indexOf(index) + 1, same.length) : label;
  });
}

/** A call with what it names; numbers, as which constants are known too, tell nobody what it is about. */
function callText({ fn, args }: Expr & { k: 'call' }): string {
  const first = args.findIndex(({ k }) => k === 'num');
  const said = (first < 0 ? args : args.slice(0, first)).map(printExpression);
  return `${printExpression(fn)}(${[...said, ...(first < 0 ? [] : ['…'])].join(', ')})`;
}

/** A call as it is written at a place; null where it is not known. */
function callAt(program: Program, { file, fn, at }: Place): string | null {
  const blocks = program.lookUp(file, fn)?.fact.blocks ?? [];
  for (const whole of expressionsOf(blocks))
    for (const e of walkExpression(whole))
      if (e.k === 'call' && e.at.every((each, index) => each === at[index])) return callText(e);
  return null;
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

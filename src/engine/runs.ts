import { plainestFirst, type Lifecycles, type Path, type Script } from '../lifecycle/index.ts';
import type { Module } from '../program/index.ts';
import type { Finding } from '../rules/index.ts';
import type { Analysed } from './analysis.ts';
import { labelsOf } from './run-labels.ts';
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
  const others = plainestFirst(paths.filter((path) => !isFailedLoad(path)));
  const shown = [...others, ...failing].slice(0, mostPaths);
  const group = `${module.name}: load and unload`;
  const labels = labelsOf(shown, lifecycles.program);
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

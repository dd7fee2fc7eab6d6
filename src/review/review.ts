import { Engine, type AnalysisResult, type EngineOptions, type Host } from '../engine/index.ts';
import type { NotAnalysed } from '../rules/index.ts';
import { affectedBy, type Affected } from './affected.ts';
import { textIn, type Change, type Step, type StepHead } from './change.ts';
import { diffOf, type FileDiff } from './diff.ts';
import { match, type Matched } from './match.ts';

/** What one step of a change does. */
export interface StepReview extends Matched {
  readonly head: StepHead;
  readonly diffs: readonly FileDiff[];
  /** What a lifecycle reaches in the changed files, and could be analysed before but no longer. */
  readonly notAnalysed: readonly NotAnalysed[];
}

/** What a change does, step by step and, from its beginning to its end, as a whole. */
export interface Review extends Matched {
  readonly steps: readonly StepReview[];
  readonly notAnalysed: readonly NotAnalysed[];
  readonly stats: ReviewStats;
}

export interface ReviewStats {
  /** Sources, Makefiles and Kconfig files that the change touches. */
  readonly files: number;
  /** Files whose lifecycles were run, because the change can alter them. */
  readonly looked: number;
}

/**
 * Reviews a change: what its trees' lifecycles show before and after each step, by the same engine. Only lifecycles that
 * run through what a step touches are run; nothing is written.
 */
export function review(change: Change, options: Omit<EngineOptions, 'host'>): Review {
  const trees = new Trees(options, change.before);
  const looked = new Set<string>();
  const steps: StepReview[] = [];
  let before = change.before;
  for (const step of change.steps) {
    const compared = compare(trees, { before, step });
    for (const path of compared.looked) looked.add(path);
    steps.push({ head: step.head, ...compared.result });
    before = step.after;
  }
  const files = new Set(change.steps.flatMap((step) => step.files.map(({ from, to }) => to ?? from)));
  const stats = { files: files.size, looked: looked.size };
  const [only] = steps;
  if (steps.length === 1) {
    const { introduced, mended, notAnalysed } = only!;
    return { steps, introduced, mended, notAnalysed, stats };
  }
  return { steps, ...compareEnds(trees, change, steps), stats };
}

/** What is left of the steps' findings at the end: one that a later step mends again is none of the whole. */
function compareEnds(
  trees: Trees,
  { before, steps }: Change,
  reviews: readonly StepReview[],
): Matched & { readonly notAnalysed: readonly NotAnalysed[] } {
  const quiet = reviews.every((each) => each.introduced.length + each.mended.length + each.notAnalysed.length === 0);
  if (quiet) return { introduced: [], mended: [], notAnalysed: [] };
  const files = steps.flatMap((step) => step.files);
  const whole: Step = { head: { title: '' }, files: joined(files), after: steps.at(-1)!.after };
  return compare(trees, { before, step: whole }).result;
}

/** What several steps do to the files that they touch, from the first name of each to its last. */
function joined(files: Step['files']): Step['files'] {
  const chains: { from: string | null; to: string | null }[] = [];
  for (const { from, to } of files) {
    const known = from === null ? undefined : chains.find((chain) => chain.to === from);
    if (known) known.to = to;
    else chains.push({ from, to });
  }
  return chains.filter(({ from, to }) => from !== null || to !== null);
}

function compare(
  trees: Trees,
  { before, step }: { readonly before: Host; readonly step: Step },
): { readonly result: Omit<StepReview, 'head'>; readonly looked: readonly string[] } {
  const diffs = step.files.flatMap(({ from, to }) => {
    const [old, now] = [textIn(before, from) ?? '', textIn(step.after, to) ?? ''];
    return old === now && from === to ? [] : [diffOf(from, to, old, now)];
  });
  let focus: Affected = affectedBy(step.files, before, step.after);
  for (;;) {
    const old = trees.analyse(before, focus.before);
    const now = trees.analyse(step.after, focus.after);
    const matched = match(old.findings, now.findings, diffs);
    const wider = widen(focus, matched, diffs);
    if (wider === null) {
      const notAnalysed = now.notAnalysed.filter((gap) => !old.notAnalysed.some((known) => isSameGap(known, gap)));
      return { result: { diffs, ...matched, notAnalysed }, looked: focus.after };
    }
    focus = wider;
  }
}

/**
 * A finding that shows in a file which was not asked about may have been there before, on a lifecycle that then did not run
 * through the change: both trees are asked about that file too.
 */
function widen(focus: Affected, { introduced, mended }: Matched, diffs: readonly FileDiff[]): Affected | null {
  const nameAfter = new Map(diffs.flatMap(({ from, to }) => (from === null ? [] : [[from, to] as const])));
  const nameBefore = new Map(diffs.flatMap(({ from, to }) => (to === null ? [] : [[to, from] as const])));
  const before = new Set(focus.before);
  const after = new Set(focus.after);
  const add = (set: Set<string>, path: string | null): void => {
    if (path !== null) set.add(path);
  };
  for (const { file } of introduced) {
    add(after, file);
    add(before, nameBefore.has(file) ? nameBefore.get(file)! : file);
  }
  for (const { file } of mended) {
    add(before, file);
    add(after, nameAfter.has(file) ? nameAfter.get(file)! : file);
  }
  if (before.size === focus.before.length && after.size === focus.after.length) return null;
  return { before: [...before].sort(), after: [...after].sort() };
}

function isSameGap(a: NotAnalysed, b: NotAnalysed): boolean {
  return a.file === b.file && a.function === b.function && a.reason === b.reason;
}

const nothing: Pick<AnalysisResult, 'findings' | 'notAnalysed'> = { findings: [], notAnalysed: [] };

/** One engine, shown one tree after the other: the facts of what they share are made once. */
class Trees {
  private host: Host;
  private readonly engine: Engine;
  private readonly known = new Map<Host, Map<string, typeof nothing>>();

  constructor(options: Omit<EngineOptions, 'host'>, first: Host) {
    this.host = first;
    const host: Host = {
      readText: (path) => this.host.readText(path),
      listFolder: (folder) => this.host.listFolder(folder),
    };
    this.engine = new Engine({ ...options, host });
  }

  analyse(host: Host, paths: readonly string[]): typeof nothing {
    if (paths.length === 0) return nothing;
    const key = paths.join('\0');
    const results = this.known.get(host) ?? new Map<string, typeof nothing>();
    this.known.set(host, results);
    let result = results.get(key);
    if (!result) {
      this.show(host);
      const { findings, notAnalysed } = this.engine.analyseThrough(paths);
      results.set(key, (result = { findings, notAnalysed }));
    }
    return result;
  }

  private show(host: Host): void {
    if (host === this.host) return;
    this.host = host;
    this.engine.showAnother();
  }
}

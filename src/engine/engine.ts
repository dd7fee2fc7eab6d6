import type { Pair } from '../lifecycle/index.ts';
import type { FixSource } from '../rules/fixes/index.ts';
import type { Fix, Severity } from '../rules/index.ts';
import type { CParser } from '../syntax/index.ts';
import { analyseProgram } from './analysis.ts';
import type { Adopted } from './file-reader.ts';
import { provenFix, provenTogether, type ProvenFix } from './fixes.ts';
import type { Focus } from './focus.ts';
import { KeptAnalyses } from './kept-analyses.ts';
import { isOfCore } from './kernel.ts';
import { Means } from './means.ts';
import { movePlaces } from './places.ts';
import { resumableOf, type Resumable, type ResumedFrom } from './resume.ts';
import { movedResult, snapshotOf, type Changed, type Snapshot } from './snapshot.ts';
import { sourceOf, type Stock } from './stock.ts';
import { timelineOf } from './timeline.ts';
import type { AnalysisResult, Clock, Host, Timeline, TimelineRequest } from './types.ts';

export interface EngineOptions {
  readonly parser: CParser;
  readonly host: Host;
  /** A dialect's name; default: told from the tree's own net_namespace.h and net_namespace.c. */
  readonly dialect?: string;
  /** A kernel configuration by option (parseDotConfig); without it every option may be on or off. */
  readonly config?: Readonly<Record<string, boolean>>;
  /** Severities by rule id; a rule that is not named has its own. */
  readonly severities?: Readonly<Record<string, Severity | 'off'>>;
  /** Pairs of calls besides the kernel's own. */
  readonly pairs?: readonly Pair[];
  /** What earlier runs with the same options, of the same program, came to. */
  readonly stock?: Stock;
  readonly clock?: Clock;
  /** Whether there are so many files that the bodies of functions are better kept as texts, of which few are ever read. */
  readonly isLarge?: boolean;
}

/**
 * Files in, findings and timelines out. It reads through its host only, keeps facts of files until they change, and
 * gives the same answer for the same texts. Not safe for use from two threads; each has its own.
 */
export class Engine {
  private readonly means: Means;
  private readonly kept: KeptAnalyses;

  constructor(options: EngineOptions) {
    this.means = new Means(options);
    this.kept = new KeptAnalyses(this.means);
  }

  /**
   * Called every now and then during an analysis: it throws where nobody wants the result any more. The next analysis
   * starts anew.
   */
  set checkpoint(checkpoint: (() => void) | undefined) {
    this.means.checkpoint = checkpoint;
  }

  /** The text of an open, perhaps unsaved document; undefined when it is closed. */
  setOverlay(path: string, text: string | undefined): void {
    this.means.files.setOverlay(path, text);
    if (text === undefined) {
      this.kept.forgetEarlier(path);
      this.means.contexts.forget(path);
    }
    this.touch(path);
  }

  /** The tree's files that mention pernet, when they are known; without it the folder of a file is its context. */
  setIndex(paths: readonly string[]): void {
    this.means.contexts.indexed = [...paths];
    this.kept.clear();
  }

  /** Takes over facts that a worker has made of a file's text. */
  adopt(path: string, read: Adopted): void {
    this.means.files.adopt(path, read);
  }

  /** Says that a file on disk has changed. */
  invalidate(path: string): void {
    this.means.files.forget(path);
    this.touch(path);
  }

  /** Says that the host shows another tree from now on. Facts go by text and are kept; what goes by name is forgotten. */
  showAnother(): void {
    this.means.kernel.forget();
    this.means.contexts.resumed = null;
    this.kept.clear();
  }

  setSeverities(severities: Readonly<Record<string, Severity | 'off'>>): void {
    if (this.means.setSeverities(severities)) this.kept.clear();
  }

  /** Pairs of calls besides the kernel's own; they go before these. */
  setPairs(pairs: readonly Pair[]): void {
    if (this.means.setPairs(pairs)) this.kept.clear();
  }

  /** The findings of one file with its tree as context, or of all indexed files. Never throws on what it reads. */
  analyse(path?: string): AnalysisResult {
    return this.kept.of(path).result;
  }

  /** The findings of all lifecycles that run through some files, wherever they show. */
  analyseThrough(paths: readonly string[]): AnalysisResult {
    const focus: Focus = { files: new Set([...paths].sort()), elsewhere: true };
    const read = this.means.contexts.of(focus);
    return analyseProgram({ ...this.means.inputFor(undefined), focus, read, stock: this.means.partStock() }).result;
  }

  /** What to keep of the analysis of all indexed files for `moved`; with the last one, and what has changed since. */
  snapshot(before?: { readonly last: Snapshot; readonly changed: ReadonlySet<string> } | null): Snapshot {
    const { analysed, read } = this.kept.of(undefined);
    const known = (file: string): string | undefined =>
      before?.changed.has(file) === false ? before.last.signatures[file] : undefined;
    return snapshotOf(analysed.raw, read, {
      digest: (text) => this.means.digest(text),
      text: (file) => this.textOf(file),
      known,
    });
  }

  /** Takes over what an earlier run found out before it linked anything. */
  resume(from: ResumedFrom): void {
    this.means.contexts.resumed = from;
    // Whatever is no C may say how it is built.
    if ([...from.changed].every((path) => /\.[ch]$/.test(path))) this.means.kernel.takeOver(from.kept.modules);
  }

  /** What the analysis of all indexed files found out before it linked anything, for `resume`. */
  resumable(): Resumable | null {
    const { contexts, kernel } = this.means;
    const { searches, resumed: before } = contexts;
    const digest = (text: string): string => this.means.digest(text);
    return searches && resumableOf(this.kept.of(undefined).read, { searches, modules: kernel.modules, digest, before });
  }

  /**
   * The findings of all indexed files by what was kept of an earlier analysis, after some files (with the digests of
   * what they were) have changed and nothing else; null where they may say something else now.
   */
  moved(snapshot: Snapshot, files: readonly { readonly path: string; readonly hash: string }[]): AnalysisResult | null {
    const { files: reader, options } = this.means;
    const { stock, config } = options;
    const changed = files.map(({ path, hash }): Changed | null => {
      const before = stock?.facts.get(sourceOf(path, hash));
      const text = this.textOf(path);
      if (isOfCore(path) || text === null || !before || !('facts' in before)) return null;
      const after = reader.facts(path);
      if (!('facts' in after)) return null;
      const hidden = (config ? [] : before.facts.hiddenBy).map((off) => {
        const then = stock?.facts.get(sourceOf(path, hash, `-${off}`));
        return [then && 'facts' in then ? then.facts : null, reader.reread(path, off)] as const;
      });
      return { before: before.facts, after: after.facts, text, hidden };
    });
    if (!changed.every((each) => each !== null)) return null;
    return movedResult(snapshot, changed, {
      digest: (text) => this.means.digest(text),
      severityOf: (rule) => this.means.severityOf(rule),
    });
  }

  /** One run of a file's modules as a timeline: the one that proves a finding, the one asked for, or a plain life. */
  timeline(request: TimelineRequest): Timeline {
    const { file } = request;
    // Runs are run again from the facts, all of which have to be those of the present text.
    const { analysed, places } = this.kept.exactlyOf(file);
    const timeline = timelineOf(analysed, request);
    const moved = places.size === 0 ? timeline : movePlaces(timeline, places);
    return moved ?? timelineOf(this.kept.unmovedOf(file).analysed, request);
  }

  /**
   * The fix of a finding of a file, or null: the first of the candidates with which an analysis of the mended file does
   * not find it any more, and nothing else in its place.
   */
  fixOf(path: string, fingerprint: string): Fix | null {
    // Fixes are built from the run's own places.
    const kept = this.kept.unmovedOf(path);
    const found = kept.analysed.found.find(({ finding }) => finding.fingerprint === fingerprint);
    if (!found) return null;
    return provenFix(found, this.fixSource, this.lookAt(path));
  }

  /** Fixes of some of a file's findings that mend all that they are for when they are made at once. */
  fixesOf(path: string, fingerprints: readonly string[]): ProvenFix[] {
    const { found } = this.kept.unmovedOf(path).analysed;
    const fixes = fingerprints.flatMap((fingerprint) => {
      const one = found.find(({ finding }) => finding.fingerprint === fingerprint);
      const fix = one && provenFix(one, this.fixSource, this.lookAt(path));
      return fix ? [{ fingerprint, fix, finding: one.finding }] : [];
    });
    return provenTogether(fixes, this.fixSource, this.lookAt(path));
  }

  private readonly fixSource: FixSource = {
    text: (file) => this.textOf(file),
    facts: (file) => {
      const read = this.means.files.facts(file);
      return 'facts' in read ? read.facts : null;
    },
  };

  /** What an analysis of a file says when some files have other texts. */
  private lookAt(path: string): Parameters<typeof provenFix>[2] {
    return (texts, unreadable) =>
      this.tried(path, texts, () => ({ ...this.kept.of(path).analysed.raw, unreadable: unreadable() }));
  }

  /** The texts of the files that a file is looked at with. */
  textsAround(path: string): { readonly file: string; readonly text: string }[] {
    return this.kept.of(path).read.facts.flatMap(({ file }) => {
      const text = this.textOf(file);
      return text === null ? [] : [{ file, text }];
    });
  }

  /** The text of a file, as it is open or on the disk; null where there is none. */
  textOf(path: string): string | null {
    const text = this.means.files.text(path);
    return typeof text === 'string' ? text : null;
  }

  /** Looks at what an analysis would be if some files had other texts. */
  private tried<T>(path: string, texts: ReadonlyMap<string, string>, look: () => T): T {
    const overlays = new Map([...texts.keys()].map((file) => [file, this.means.files.overlay(file)]));
    try {
      for (const [file, text] of texts) this.setOverlay(file, text);
      return texts.size > 0 ? this.kept.aside(path, look) : look();
    } finally {
      for (const [file, text] of overlays) this.setOverlay(file, text);
    }
  }

  /** A file has changed: what was made of it has to be looked at again. */
  private touch(path: string): void {
    const { contexts, kernel } = this.means;
    // What an earlier run had asked for was not noted by this one.
    if (contexts.resumed) this.kept.forget(undefined);
    contexts.resumed = null;
    if (kernel.touch(path)) this.kept.clear();
    else this.kept.touch(path);
  }
}

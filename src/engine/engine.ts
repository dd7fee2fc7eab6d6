import type { FileFacts } from '../facts/index.ts';
import { isListedCall, tableWith, type Pair } from '../lifecycle/index.ts';
import { detectDialect, dialectNamed, type Dialect } from '../netns/index.ts';
import { moduleOfFile, type ModuleInfo } from '../program/index.ts';
import type { FixSource } from '../rules/fixes/index.ts';
import type { Fix, Rule, Severity } from '../rules/index.ts';
import type { Configuration, CParser } from '../syntax/index.ts';
import { analysedAgain, analyseProgram, rewordedAgain } from './analysis.ts';
import { focusOn, type Focus } from './focus.ts';
import { areSameRounds, contextOf, folderOf, type ContextFiles } from './context.ts';
import { configurationOf, optionIn, tristateOf } from './config.ts';
import { FileReader, type Adopted } from './file-reader.ts';
import { provenFix } from './fixes.ts';
import { isSameFile, Watch, type Apart, type Kept, type Variant } from './kept.ts';
import { LastSearches } from './last-searches.ts';
import { movePlaces, Places } from './places.ts';
import { isSameContext, resumableOf, type Resumable, type ResumedFrom } from './resume.ts';
import { Searches } from './searches.ts';
import { settle, type RawResult } from './settle.ts';
import { movedResult, snapshotOf, type Changed, type Snapshot } from './snapshot.ts';
import { sourceOf, type Stock } from './stock.ts';
import { timelineOf } from './timeline.ts';
import type { AnalysisResult, Clock, Host, Timeline, TimelineRequest } from './types.ts';
import { besidesOf, isSameWhereFollowed, newApart, rewordingOf, speaksOfNew } from './unfollowed.ts';

/** Files that tell which kernel's namespace core it is. */
const isCore = /net_namespace\.[ch]$/;

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
}

/** So many analyses of earlier versions of a file are kept beside the last one. */
const mostEarlier = 2;

/**
 * Files in, findings and timelines out. It reads through its host only, keeps facts of files until they change, and
 * gives the same answer for the same texts. Not safe for use from two threads; each has its own.
 */
export class Engine {
  private readonly files: FileReader;
  private readonly modules = new Map<string, ModuleInfo | undefined>();
  private readonly analyses = new Map<string, Kept>();
  /** Analyses of earlier versions, the latest first: who undoes comes back to one of them. */
  private readonly earlier = new Map<string, readonly Kept[]>();
  private indexed: readonly string[] | null = null;
  private resumed: ResumedFrom | null = null;
  private searches: Searches | null = null;
  private readonly lastSearches = new LastSearches();
  private dialect: Dialect | undefined;
  private readonly configuration: Configuration;
  private severities: Readonly<Record<string, Severity | 'off'>>;
  private pairs = '[]';
  private table = tableWith([]);

  constructor(private readonly options: EngineOptions) {
    this.severities = options.severities ?? {};
    this.setPairs(options.pairs ?? []);
    this.configuration = configurationOf(options.config ?? null);
    this.files = new FileReader(options, this.configuration);
  }

  /** The text of an open, perhaps unsaved document; undefined when it is closed. */
  setOverlay(path: string, text: string | undefined): void {
    this.files.setOverlay(path, text);
    if (text === undefined) {
      this.earlier.delete(path);
      this.lastSearches.forget(path);
    }
    this.touch(path);
  }

  /** The tree's files that mention pernet, when they are known; without it the folder of a file is its context. */
  setIndex(paths: readonly string[]): void {
    this.indexed = [...paths];
    this.forgetAnalyses();
  }

  /** Takes over facts that a worker has made of a file's text. */
  adopt(path: string, read: Adopted): void {
    this.files.adopt(path, read);
  }

  /** Says that a file on disk has changed. */
  invalidate(path: string): void {
    this.files.forget(path);
    this.touch(path);
  }

  /** Says that the host shows another tree from now on. Facts go by text and are kept; what goes by name is forgotten. */
  showAnother(): void {
    this.forgetBuild();
    this.dialect = undefined;
    this.resumed = null;
    this.forgetAnalyses();
  }

  setSeverities(severities: Readonly<Record<string, Severity | 'off'>>): void {
    if (JSON.stringify(severities) === JSON.stringify(this.severities)) return;
    this.severities = severities;
    this.forgetAnalyses();
  }

  /**
   * Called every now and then during an analysis: it throws where nobody wants the result any more. The next analysis
   * starts anew.
   */
  checkpoint: (() => void) | undefined;

  /** Pairs of calls besides the kernel's own; they go before these. */
  setPairs(pairs: readonly Pair[]): void {
    const text = JSON.stringify(pairs);
    if (text === this.pairs) return;
    this.pairs = text;
    this.table = tableWith(pairs);
    this.forgetAnalyses();
  }

  /** The findings of one file with its tree as context, or of all indexed files. Never throws on what it reads. */
  analyse(path?: string): AnalysisResult {
    return this.analysed(path).result;
  }

  /** The findings of all lifecycles that run through some files, wherever they show. */
  analyseThrough(paths: readonly string[]): AnalysisResult {
    const focus: Focus = { files: new Set([...paths].sort()), elsewhere: true };
    return analyseProgram({
      ...this.means(undefined),
      focus,
      read: this.contextOf(focus, new Set()),
      variant: (facts, off) => this.files.variant(facts, off),
      reread: (file, off) => this.files.reread(file, off),
      bodies: (file, names) => this.files.bodies(file, names),
      stock: this.partStock(),
    }).result;
  }

  /** What to keep of the analysis of all indexed files for `moved`; with the last one, and what has changed since. */
  snapshot(before?: { readonly last: Snapshot; readonly changed: ReadonlySet<string> } | null): Snapshot {
    const { analysed, read } = this.analysed(undefined);
    const known = (file: string): string | undefined =>
      before?.changed.has(file) === false ? before.last.signatures[file] : undefined;
    return snapshotOf(analysed.raw, read, {
      digest: (text) => this.digest(text),
      text: (file) => this.textOf(file),
      known,
    });
  }

  /** Takes over what an earlier run found out before it linked anything. */
  resume(from: ResumedFrom): void {
    this.resumed = from;
    // Whatever is no C may say how it is built.
    if (![...from.changed].every((path) => /\.[ch]$/.test(path))) return;
    for (const [file, info] of Object.entries(from.kept.modules)) this.modules.set(file, info ?? undefined);
  }

  /** What the analysis of all indexed files found out before it linked anything, for `resume`. */
  resumable(): Resumable | null {
    const searches = this.searches;
    return (
      searches &&
      resumableOf(this.analysed(undefined).read, {
        searches,
        modules: this.modules,
        digest: (text) => this.digest(text),
        before: this.resumed,
      })
    );
  }

  /**
   * The findings of all indexed files by what was kept of an earlier analysis, after some files (with the digests of
   * what they were) have changed and nothing else; null where they may say something else now.
   */
  moved(snapshot: Snapshot, files: readonly { readonly path: string; readonly hash: string }[]): AnalysisResult | null {
    const { stock, config } = this.options;
    const changed = files.map(({ path, hash }): Changed | null => {
      const before = stock?.facts.get(sourceOf(path, hash));
      const text = this.textOf(path);
      if (isCore.test(path) || text === null || !before || !('facts' in before)) return null;
      const after = this.files.facts(path);
      if (!('facts' in after)) return null;
      const hidden = (config ? [] : before.facts.hiddenBy).map((off) => {
        const then = stock?.facts.get(sourceOf(path, hash, `-${off}`));
        return [then && 'facts' in then ? then.facts : null, this.files.reread(path, off)] as const;
      });
      return { before: before.facts, after: after.facts, text, hidden };
    });
    if (!changed.every((each) => each !== null)) return null;
    return movedResult(snapshot, changed, {
      digest: (text) => this.digest(text),
      severityOf: (rule) => this.severityOf(rule),
    });
  }

  /** One run of a file's modules as a timeline: the one that proves a finding, the one asked for, or a plain life. */
  timeline(request: TimelineRequest): Timeline {
    // Runs are run again from the facts, all of which have to be those of the present text.
    if (this.analysed(request.file).apart.size > 0) this.analyses.delete(request.file);
    const { analysed, places } = this.analysed(request.file);
    const timeline = timelineOf(analysed, request);
    const moved = places.size === 0 ? timeline : movePlaces(timeline, places);
    if (moved) return moved;
    this.analyses.delete(request.file);
    return timelineOf(this.analysed(request.file).analysed, request);
  }

  /**
   * The fix of a finding of a file, or null: the first of the candidates with which an analysis of the mended file does
   * not find it any more, and nothing else in its place.
   */
  fixOf(path: string, fingerprint: string): Fix | null {
    // Fixes are built from the run's own places.
    if (this.analysed(path).places.size > 0) this.analyses.delete(path);
    const kept = this.analysed(path);
    const found = kept.analysed.found.find(({ finding }) => finding.fingerprint === fingerprint);
    if (!found) return null;
    const source: FixSource = {
      text: (file) => this.textOf(file),
      facts: (file) => {
        const read = this.files.facts(file);
        return 'facts' in read ? read.facts : null;
      },
    };
    return provenFix(found, source, (texts, unreadable) =>
      this.tried(path, texts, () => ({ ...this.analysed(path).analysed.raw, unreadable: unreadable() })),
    );
  }

  /** The texts of the files that a file is looked at with. */
  textsAround(path: string): { readonly file: string; readonly text: string }[] {
    return this.analysed(path).read.facts.flatMap(({ file }) => {
      const text = this.textOf(file);
      return text === null ? [] : [{ file, text }];
    });
  }

  /** The text of a file, as it is open or on the disk; null where there is none. */
  textOf(path: string): string | null {
    const text = this.files.text(path);
    return typeof text === 'string' ? text : null;
  }

  /** Looks at what an analysis would be if some files had other texts. */
  private tried<T>(path: string, texts: ReadonlyMap<string, string>, look: () => T): T {
    const kept = this.analyses.get(path);
    const overlays = new Map([...texts.keys()].map((file) => [file, this.files.overlay(file)]));
    try {
      for (const [file, text] of texts) this.setOverlay(file, text);
      if (texts.size > 0) this.analyses.delete(path);
      return look();
    } finally {
      for (const [file, text] of overlays) this.setOverlay(file, text);
      if (kept) this.analyses.set(path, kept);
    }
  }

  /** What an analysis said holds until a file changes, and beyond that for as long as the facts say the same. */
  private analysed(path: string | undefined): Kept {
    const key = path ?? '';
    const last = this.analyses.get(key);
    if (last && (last.stale.size === 0 || this.refresh(last, path, false))) return last;
    const before = last ? [last, ...(this.earlier.get(key) ?? [])] : [];
    this.analyses.delete(key);
    // What can be told by a look at the facts goes before what has to be asked.
    const again =
      before.find((each) => each !== last && this.refresh(each, path, false)) ??
      (path === undefined ? undefined : before.find((each) => this.refresh(each, path, true)));
    const kept = again ?? this.analyseAnew(path);
    this.analyses.set(key, kept);
    if (path !== undefined && last) this.earlier.set(key, before.filter((each) => each !== kept).slice(0, mostEarlier));
    return kept;
  }

  private forgetAnalyses(): void {
    this.analyses.clear();
    this.earlier.clear();
  }

  private analyseAnew(path: string | undefined): Kept {
    const asked = new Set<string>();
    const { clock } = this.options;
    const find = (): ContextFiles => this.contextOf(focusOn(path), asked);
    const read = clock ? clock('context', find) : find();
    const watch = new Watch();
    const variants = new Map<string, Variant>();
    // Only what is open, or whose file was asked for, changes often enough for it to be worth knowing what was asked.
    const isWatched = (file: string): boolean => path !== undefined && (file === path || this.files.isOpen(file));
    const vary = (file: string, key: string, made: FileFacts | null, again: Variant['again']): FileFacts | null => {
      variants.set(`${file}|${key}`, { file, facts: made, again });
      return made && isWatched(file) ? watch.of(made) : made;
    };
    const raw = new Map(read.facts.map((facts) => [facts.file, facts]));
    const { checkpoint } = this;
    const analysed = analyseProgram({
      ...this.means(path),
      read: { ...read, facts: read.facts.map((facts) => (isWatched(facts.file) ? watch.of(facts) : facts)) },
      variant: ({ file }, off) =>
        vary(file, `${off}|part`, this.files.variant(raw.get(file)!, off), (now) => this.files.variant(now, off)),
      reread: (file, off) => vary(file, off, this.files.reread(file, off), () => this.files.reread(file, off)),
      bodies: (file, names) => this.files.bodies(file, names),
      ...(checkpoint ? { checkpoint } : {}),
      stock: this.partStock(),
      ...(clock ? { clock } : {}),
    });
    const texts = new Map<string, string>();
    for (const { file } of read.facts) {
      const text = path === undefined ? undefined : this.files.text(file);
      if (typeof text === 'string') texts.set(file, text);
    }
    const { dialect } = this.means(path);
    const now = {
      stale: new Set<string>(),
      places: new Map(),
      moved: new Map(),
      apart: new Map(),
      result: analysed.result,
    };
    return {
      analysed,
      dialect,
      asked,
      read,
      texts,
      variants,
      consulted: watch.consulted,
      watched: watch.watched,
      ...now,
    };
  }

  private digest(text: string): string {
    return this.options.stock?.digest(text) ?? text;
  }

  private partStock(): Parameters<typeof analyseProgram>[0]['stock'] {
    const { stock } = this.options;
    return (
      stock && {
        parts: stock.parts,
        digest: (text) => stock.digest(text),
        sourceOf: (facts) => this.files.sourceOf(facts),
      }
    );
  }

  private means(
    path: string | undefined,
  ): Pick<
    Parameters<typeof analyseProgram>[0],
    'focus' | 'dialect' | 'moduleInfo' | 'severityOf' | 'option' | 'table'
  > {
    return {
      focus: focusOn(path),
      dialect: (this.dialect ??= this.findDialect()),
      moduleInfo: (file) => this.moduleInfo(file),
      severityOf: (rule) => this.severityOf(rule),
      option: optionIn(this.configuration),
      table: this.table,
    };
  }

  /** The files to look at together. What was asked for to find them, files and folders, is added to `asked`. */
  private contextOf(focus: Focus | undefined, asked: Set<string>): ContextFiles {
    const text = (file: string): ReturnType<FileReader['text']> => {
      asked.add(file);
      return this.files.text(file);
    };
    const listFolder = (folder: string): readonly string[] => {
      asked.add(folder);
      return this.options.host.listFolder(folder);
    };
    const resumed = focus ? null : this.resumed;
    const from = resumed && { searched: resumed.kept.searched, changed: resumed.changed };
    const [path] = focus?.elsewhere === false ? focus.files : [];
    const sources =
      path === undefined
        ? { text, listFolder, searches: new Searches({ text, listFolder }, from) }
        : this.lastSearches.begin(path, { text, listFolder });
    const { searches } = sources;
    if (!focus) this.searches = searches;
    const known = resumed && this.resumedContext(resumed, searches);
    if (known) return known;
    return contextOf({
      ...sources,
      isLeftOut: (file) => this.options.config !== undefined && this.moduleInfo(file)?.isLeftOut === true,
      focus: focus?.files,
      indexed: this.indexed,
      facts: (file, callsOf) => {
        this.checkpoint?.();
        return this.files.facts(file, callsOf);
      },
      isListed: (name) => isListedCall(name, this.table),
      hidden: (facts) => this.hidden(facts),
    });
  }

  /** The files that an earlier run looked at, as they are now, where these are still the ones to look at. */
  private resumedContext({ kept, hashes }: ResumedFrom, searches: Searches): ContextFiles | null {
    const { stock } = this.options;
    if (!hashes || !stock) return null;
    const facts: FileFacts[] = [];
    for (const { path, names } of kept.loaded) {
      const read = this.files.facts(path, names ?? undefined);
      if (!('facts' in read)) return null;
      facts.push(read.facts);
    }
    const byFile = new Map(facts.map((each) => [each.file, each]));
    const changed = hashes.map(({ path, hash }) => {
      const then = stock.facts.get(sourceOf(path, hash));
      return { before: then && 'facts' in then ? then.facts : null, after: byFile.get(path) ?? null };
    });
    if (!isSameContext(kept, changed, { searches, digest: (text) => this.digest(text), facts })) return null;
    searches.takeOver();
    return { facts, unread: [], loaded: kept.loaded, rounds: [] };
  }

  /**
   * Brings an analysis up to date without another, where all that has changed says the same in other places; and, if
   * `mayAsk`, where all that was followed does, and what was asked of the rest has the same answers.
   */
  private refresh(kept: Kept, path: string | undefined, mayAsk: boolean): boolean {
    if (kept.dialect !== (this.dialect ??= this.findDialect())) return false;
    const before = new Map(kept.read.facts.map((facts) => [facts.file, facts]));
    const places = new Map(kept.places);
    const moved = new Map(kept.moved);
    const apart = new Map(kept.apart);
    let isAround = false;
    for (const file of kept.stale) {
      const text = this.files.text(file);
      const facts = before.get(file);
      if (!facts) {
        isAround ||= kept.asked.has(file) || kept.asked.has(folderOf(file));
        continue;
      }
      if (typeof text !== 'string') return false;
      places.delete(file);
      moved.delete(file);
      apart.delete(file);
      if (text === kept.texts.get(file)) continue;
      // Another file is looked at for what its text mentions, be it in a comment.
      isAround ||= file !== path;
      const now = this.files.facts(file);
      if (!('facts' in now)) return false;
      const after = { facts: now.facts, text };
      let learnt = new Places();
      if (!isSameFile(kept, facts, after, { places: learnt, table: this.table })) {
        const found = newApart();
        learnt = new Places();
        if (!mayAsk || !isSameWhereFollowed(kept, facts, after, { places: learnt, table: this.table, apart: found }))
          return false;
        apart.set(file, found);
      }
      places.set(file, learnt);
      moved.set(file, now.facts);
    }
    const isSame = (each: FileFacts): boolean => moved.has(each.file) || before.get(each.file) === each;
    if (isAround) {
      const { facts, unread } = this.contextOf(focusOn(path), new Set());
      if (facts.length !== before.size || unread.length > 0 || !facts.every(isSame)) return false;
    }
    const facts = kept.read.facts.map((each) => moved.get(each.file) ?? each);
    const read = { ...kept.read, facts };
    const raw =
      apart.size === 0 ? movePlaces(kept.analysed.raw, places) : this.askedAgain(kept, read, { apart, places, path });
    if (!raw) return false;
    kept.result = settle(raw, { ...this.means(path), read });
    kept.places = places;
    kept.moved = moved;
    kept.apart = apart;
    kept.stale.clear();
    return true;
  }

  /** What an analysis comes to with other facts of what it did not follow; null if that may be something else. */
  private askedAgain(
    kept: Kept,
    read: ContextFiles,
    of: {
      readonly apart: ReadonlyMap<string, Apart>;
      readonly places: ReadonlyMap<string, Places>;
      readonly path: string | undefined;
    },
  ): RawResult | null {
    const found = [...of.apart.values()];
    const input = {
      ...this.means(of.path),
      read,
      variant: (facts: FileFacts, off: string) => this.files.variant(facts, off),
      reread: (file: string, off: string) => this.files.reread(file, off),
      bodies: (file: string, names: readonly string[]) => this.files.bodies(file, names),
      ...(this.checkpoint ? { checkpoint: this.checkpoint } : {}),
    };
    const move = <T>(value: T): T | null => movePlaces(value, of.places);
    const readings = [...found.flatMap((each) => [...each.facts.values()]), ...read.facts];
    if (!found.some(({ isDeep }) => isDeep) && !speaksOfNew(found, readings)) {
      const again = rewordedAgain(kept.analysed, input, { reworded: rewordingOf(kept, found, of.places), move });
      if (again) return again;
    }
    const facts = new Map(read.facts.map((each) => [each.file, each]));
    if (
      !areSameRounds(
        read.rounds,
        (file) => facts.get(file),
        (each) => this.hidden(each),
      )
    )
      return null;
    return analysedAgain(kept.analysed, input, { besides: besidesOf(found, of.places), move });
  }

  /** A file's facts with each option off that leaves pernet code of it out. */
  private hidden(facts: FileFacts): readonly FileFacts[] {
    return facts.hiddenBy.flatMap((option) => this.files.reread(facts.file, option) ?? []);
  }

  /** A file has changed: what was made of it has to be looked at again. */
  private touch(path: string): void {
    // What an earlier run had asked for was not noted by this one.
    if (this.resumed) this.analyses.delete('');
    this.resumed = null;
    const isBuild = /(^|\/)(Makefile|Kbuild|Kconfig[^/]*)$/.test(path);
    if (isBuild) this.forgetBuild();
    if (isCore.test(path)) this.dialect = undefined;
    if (isBuild) this.forgetAnalyses();
    else for (const kept of [...this.analyses.values(), ...this.earlier.values()].flat()) kept.stale.add(path);
  }

  private moduleInfo(path: string): ModuleInfo | undefined {
    if (!this.modules.has(path)) {
      this.modules.set(path, moduleOfFile(path, this.readOfTree, tristateOf(this.options.config)));
    }
    return this.modules.get(path);
  }

  /** Makefiles and Kconfig files may say something else now. */
  private forgetBuild(): void {
    this.modules.clear();
    this.readOfTree = this.newRead();
  }

  /** A function by which Kconfig files that were read through it are known again, until they change. */
  private newRead(): (path: string) => string | undefined {
    return (path) => {
      const text = this.files.text(path);
      return typeof text === 'string' ? text : undefined;
    };
  }

  private readOfTree = this.newRead();

  private findDialect(): Dialect {
    const named = this.options.dialect === undefined ? undefined : dialectNamed(this.options.dialect);
    if (named) return named;
    const read = (path: string): string => {
      const text = this.files.text(path);
      return typeof text === 'string' ? text : '';
    };
    return detectDialect({
      netNamespaceH: read('include/net/net_namespace.h'),
      netNamespaceC: read('net/core/net_namespace.c'),
    });
  }

  private severityOf(rule: Pick<Rule, 'id' | 'severity'>): Severity | null {
    const set = this.severities[rule.id];
    return set === 'off' ? null : (set ?? rule.severity);
  }
}

import type { FileFacts } from '../facts/index.ts';
import { detectDialect, dialectNamed, type Dialect } from '../netns/index.ts';
import { moduleOfFile, type ModuleInfo } from '../program/index.ts';
import type { Rule, Severity } from '../rules/index.ts';
import type { Configuration, CParser } from '../syntax/index.ts';
import { analyseProgram, type Analysed } from './analysis.ts';
import { contextOf } from './context.ts';
import { configurationOf, without } from './config.ts';
import { factsOf, OpenFile, variantOf, type ReadResult } from './files.ts';
import { timelineOf } from './timeline.ts';
import type { AnalysisResult, Host, Timeline, TimelineRequest } from './types.ts';

export interface EngineOptions {
  readonly parser: CParser;
  readonly host: Host;
  /** A dialect's name; default: told from the tree's own net_namespace.h and net_namespace.c. */
  readonly dialect?: string;
  /** A kernel configuration by option (parseDotConfig); without it every option may be on or off. */
  readonly config?: Readonly<Record<string, boolean>>;
  /** Severities by rule id; a rule that is not named has its own. */
  readonly severities?: Readonly<Record<string, Severity | 'off'>>;
}

/**
 * Files in, findings and timelines out. It reads through its host only, keeps facts of files until they change, and
 * gives the same answer for the same texts. Not safe for use from two threads; each has its own.
 */
export class Engine {
  private readonly overlays = new Map<string, string>();
  private readonly open = new Map<string, OpenFile>();
  private readonly cache = new Map<string, { readonly text: string; readonly result: ReadResult }>();
  /** Facts with one option off, by file and option. */
  private readonly variants = new Map<string, { readonly text: string; readonly result: ReadResult }>();
  private readonly modules = new Map<string, ModuleInfo | undefined>();
  private readonly analyses = new Map<string, Analysed>();
  private indexed: readonly string[] | null = null;
  private dialect: Dialect | undefined;
  private readonly configuration: Configuration;
  private severities: Readonly<Record<string, Severity | 'off'>>;

  constructor(private readonly options: EngineOptions) {
    this.severities = options.severities ?? {};
    this.configuration = configurationOf(options.config ?? null);
  }

  /** The text of an open, perhaps unsaved document; undefined when it is closed. */
  setOverlay(path: string, text: string | undefined): void {
    if (text === undefined) {
      this.overlays.delete(path);
      this.open.get(path)?.close();
      this.open.delete(path);
    } else {
      this.overlays.set(path, text);
    }
    this.analyses.clear();
  }

  /** The tree's files that mention pernet, when they are known; without it the folder of a file is its context. */
  setIndex(paths: readonly string[]): void {
    this.indexed = [...paths];
    this.analyses.clear();
  }

  /** Takes over facts that a worker has made of a file's text. */
  adopt(path: string, text: string, result: ReadResult): void {
    this.cache.set(path, { text, result });
  }

  /** Says that a file on disk has changed. */
  invalidate(path: string): void {
    for (const key of this.cache.keys()) if (key === path || key.startsWith(`${path}|`)) this.cache.delete(key);
    if (/(^|\/)(Makefile|Kbuild|Kconfig[^/]*)$/.test(path)) this.modules.clear();
    if (/net_namespace\.[ch]$/.test(path)) this.dialect = undefined;
    this.analyses.clear();
  }

  setSeverities(severities: Readonly<Record<string, Severity | 'off'>>): void {
    this.severities = severities;
    this.analyses.clear();
  }

  /** The findings of one file with its tree as context, or of all indexed files. Never throws on what it reads. */
  analyse(path?: string): AnalysisResult {
    return this.analysed(path).result;
  }

  /** One run of a file's modules as a timeline: the one that proves a finding, the one asked for, or a plain life. */
  timeline(request: TimelineRequest): Timeline {
    return timelineOf(this.analysed(request.file), request);
  }

  private analysed(path: string | undefined): Analysed {
    const key = path ?? '';
    const known = this.analyses.get(key);
    if (known) return known;
    const files = contextOf({
      focus: path,
      indexed: this.indexed,
      facts: (file, callsOf) => this.facts(file, callsOf),
      text: (file) => this.text(file),
      listFolder: (folder) => this.options.host.listFolder(folder),
      hidden: (facts) => facts.hiddenBy.flatMap((option) => this.reread(facts.file, option) ?? []),
    });
    const analysed = analyseProgram({
      focus: path,
      read: files,
      dialect: (this.dialect ??= this.findDialect()),
      moduleInfo: (file) => this.moduleInfo(file),
      severityOf: (rule) => this.severityOf(rule),
      option: (name) => this.configuration.value(name) === true || this.configuration.value(`${name}_MODULE`) === true,
      variant: (facts, off) => this.variant(facts, off),
      reread: (file, off) => this.reread(file, off),
    });
    this.analyses.set(key, analysed);
    return analysed;
  }

  private text(path: string): string | { readonly error: string } {
    const overlay = this.overlays.get(path);
    if (overlay !== undefined) return overlay;
    const read = this.options.host.readText(path);
    return 'text' in read ? read.text : read;
  }

  private facts(path: string, callsOf?: readonly string[]): ReadResult {
    const text = this.text(path);
    if (typeof text !== 'string') return text;
    const key = callsOf ? `${path}|${callsOf.join()}` : path;
    const cached = this.cache.get(key);
    if (cached?.text === text) return cached.result;
    let result: ReadResult;
    if (this.overlays.has(path)) {
      let open = this.open.get(path);
      if (!open) this.open.set(path, (open = new OpenFile(this.options.parser, path, this.configuration)));
      result = open.read(text);
    } else {
      result = factsOf(this.options.parser, path, text, this.configuration, callsOf);
    }
    this.cache.set(key, { text, result });
    return result;
  }

  /** A file's facts with what an option decides over read with it off. */
  private variant(base: FileFacts, off: string): FileFacts | null {
    const configuration = without(this.configuration, off);
    return this.readWithout(base.file, `${off}|part`, (text) => ({
      facts: variantOf(this.options.parser, base, text, { off, configuration }),
    }));
  }

  /** The facts of a whole file with one option off. */
  private reread(path: string, off: string): FileFacts | null {
    const configuration = without(this.configuration, off);
    return this.readWithout(path, off, (text) => factsOf(this.options.parser, path, text, configuration));
  }

  private readWithout(path: string, what: string, read: (text: string) => ReadResult): FileFacts | null {
    // A given configuration is the only one that is looked at.
    const text = this.options.config ? null : this.text(path);
    if (typeof text !== 'string') return null;
    const key = `${path}|${what}`;
    let cached = this.variants.get(key);
    if (cached?.text !== text) this.variants.set(key, (cached = { text, result: read(text) }));
    return 'facts' in cached.result ? cached.result.facts : null;
  }

  private moduleInfo(path: string): ModuleInfo | undefined {
    if (!this.modules.has(path)) {
      this.modules.set(
        path,
        moduleOfFile(path, (name) => {
          const text = this.text(name);
          return typeof text === 'string' ? text : undefined;
        }),
      );
    }
    return this.modules.get(path);
  }

  private findDialect(): Dialect {
    const named = this.options.dialect === undefined ? undefined : dialectNamed(this.options.dialect);
    if (named) return named;
    const read = (path: string): string => {
      const text = this.text(path);
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

import type { FileFacts } from '../facts/index.ts';
import type { Configuration } from '../syntax/index.ts';
import { without } from './config.ts';
import type { EngineOptions } from './engine.ts';
import { factsOf, OpenFile, variantOf, type ReadResult } from './files.ts';
import { packed, unpacked } from './packed.ts';
import { sourceOf } from './stock.ts';

/** What a thread has read of a file. */
export interface Adopted {
  readonly text: string;
  readonly result: ReadResult;
  /** The same with each option off that leaves pernet code of it out. */
  readonly hidden: readonly { readonly off: string; readonly result: ReadResult }[];
}

/**
 * The texts of files, with those of open documents in their place, and what is read of them: facts, facts with an option
 * off, facts with other bodies. What was read is kept until the text is another one.
 */
export class FileReader {
  private readonly overlays = new Map<string, string>();
  private readonly open = new Map<string, OpenFile>();
  private readonly cache = new Map<string, { readonly text: string; readonly result: ReadResult }>();
  /** Facts with one option off, by file and option. */
  private readonly variants = new Map<string, { text: string; base: FileFacts | null; result: ReadResult }>();
  /** What facts were made from: the file, the digest of its text, and what of it was read. */
  private readonly sources = new WeakMap<FileFacts, string>();

  constructor(
    private readonly options: Pick<EngineOptions, 'parser' | 'host' | 'config' | 'stock' | 'clock' | 'isLarge'>,
    private readonly configuration: Configuration,
  ) {}

  isOpen(path: string): boolean {
    return this.overlays.has(path);
  }

  /** The text of an open document. */
  overlay(path: string): string | undefined {
    return this.overlays.get(path);
  }

  /** A document is open with this text, or, without one, is closed. */
  setOverlay(path: string, text: string | undefined): void {
    if (text !== undefined) {
      this.overlays.set(path, text);
      return;
    }
    this.overlays.delete(path);
    this.closeFiles((key) => key === path || key.startsWith(`${path}|`));
  }

  /** Takes over facts that a worker has made of a file's text. */
  adopt(path: string, { text, result, hidden }: Adopted): void {
    this.cache.set(path, { text, result });
    for (const { off, result: read } of hidden) this.variants.set(`${path}|${off}`, { text, base: null, result: read });
    const { stock } = this.options;
    if (!stock) return;
    const digest = stock.digest(text);
    this.keep(sourceOf(path, digest), result);
    for (const { off, result: read } of hidden) this.keep(sourceOf(path, digest, `-${off}`), read);
  }

  /** A file on the disk has changed. */
  forget(path: string): void {
    for (const key of this.cache.keys()) if (key === path || key.startsWith(`${path}|`)) this.cache.delete(key);
  }

  /** What facts were made from, where that was noted. */
  sourceOf(facts: FileFacts): string | null {
    return this.sources.get(facts) ?? null;
  }

  private keep(source: string, result: ReadResult): void {
    this.options.stock?.facts.put(source, result);
    if ('facts' in result) this.sources.set(result.facts, source);
  }

  /** What `read` makes of a text, or what an earlier run made of the same. */
  private keptOr(of: { path: string; text: string; what?: string | undefined }, make: () => ReadResult): ReadResult {
    const { stock, clock, isLarge } = this.options;
    const read = (): ReadResult => (clock ? clock('read', make) : make());
    if (!stock) return isLarge ? unpacked(packed(read())) : read();
    const key = sourceOf(of.path, stock.digest(of.text), of.what);
    const known = stock.facts.get(key);
    if (known && 'facts' in known) this.sources.set(known.facts, key);
    if (known) return known;
    // Of a whole tree most bodies are never followed: as a text they take less room.
    const result = unpacked(packed(read()));
    this.keep(key, result);
    return result;
  }

  text(path: string): string | { readonly error: string } {
    const overlay = this.overlays.get(path);
    if (overlay !== undefined) return overlay;
    const read = this.options.host.readText(path);
    return 'text' in read ? read.text : read;
  }

  facts(path: string, callsOf?: readonly string[]): ReadResult {
    const text = this.text(path);
    if (typeof text !== 'string') return text;
    const key = callsOf ? `${path}|${callsOf.join()}` : path;
    const cached = this.cache.get(key);
    if (cached?.text === text) return cached.result;
    let result: ReadResult;
    if (this.overlays.has(path)) {
      result = this.openFile(path, undefined, callsOf).read(text);
    } else {
      result = this.keptOr({ path, text, what: callsOf?.join() }, () =>
        factsOf(this.options.parser, path, text, this.configuration, callsOf),
      );
    }
    this.cache.set(key, { text, result });
    return result;
  }

  /** The facts of a file with the bodies that mention one of some names, whatever has been read of it before. */
  bodies(path: string, names: readonly string[]): FileFacts | null {
    const text = this.text(path);
    if (typeof text !== 'string') return null;
    const result = this.keptOr({ path, text, what: names.join() }, () =>
      factsOf(this.options.parser, path, text, this.configuration, names),
    );
    return 'facts' in result ? result.facts : null;
  }

  /** An open document as it is read, with one option off or none, for its own lifecycles or for what others ask of it. */
  private openFile(path: string, off?: string, callsOf?: readonly string[]): OpenFile {
    const asked = callsOf ? `${path}|+` : path;
    const key = off === undefined ? asked + (callsOf?.join() ?? '') : `${path}|-${off}`;
    let open = this.open.get(key);
    if (!open) {
      // What others ask of it is one thing at a time.
      if (callsOf) this.closeFiles((other) => other.startsWith(asked));
      const configuration = off === undefined ? this.configuration : without(this.configuration, off);
      this.open.set(key, (open = new OpenFile(this.options.parser, { file: path, configuration, callsOf })));
    }
    return open;
  }

  private closeFiles(isMeant: (key: string) => boolean): void {
    for (const [key, open] of this.open) {
      if (!isMeant(key)) continue;
      open.close();
      this.open.delete(key);
    }
  }

  /** A file's facts with what an option decides over read with it off. */
  variant(base: FileFacts, off: string): FileFacts | null {
    const configuration = without(this.configuration, off);
    const read = (text: string): ReadResult => ({
      facts: variantOf(this.options.parser, base, text, { off, configuration }),
    });
    return this.readWithout(base.file, `${off}|part`, read, base);
  }

  /** The facts of a whole file with one option off. */
  reread(path: string, off: string): FileFacts | null {
    const configuration = without(this.configuration, off);
    return this.readWithout(path, off, (text) =>
      this.overlays.has(path)
        ? this.openFile(path, off).read(text)
        : this.keptOr({ path, text, what: `-${off}` }, () => factsOf(this.options.parser, path, text, configuration)),
    );
  }

  /** With `base`, what is read is told from that by identity: it has to be of the same facts, not of the same text only. */
  private readWithout(
    path: string,
    what: string,
    read: (text: string) => ReadResult,
    base: FileFacts | null = null,
  ): FileFacts | null {
    // A given configuration is the only one that is looked at.
    const text = this.options.config ? null : this.text(path);
    if (typeof text !== 'string') return null;
    const key = `${path}|${what}`;
    let cached = this.variants.get(key);
    if (cached?.text !== text || cached.base !== base) {
      const { clock } = this.options;
      const result = clock ? clock('read', () => read(text)) : read(text);
      this.variants.set(key, (cached = { text, base, result }));
    }
    return 'facts' in cached.result ? cached.result.facts : null;
  }
}

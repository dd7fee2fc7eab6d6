import fs from 'node:fs';
import path from 'node:path';
import type { Shelf, Stock } from '../engine/stock.ts';
import type { ReadResult } from '../engine/index.ts';
import { dropOldest, readKept, sha1, writeKept } from './kept-files.ts';
import { packed, unpacked } from '../engine/packed.ts';

/** How many entries each shelf holds at most; those that were written longest ago go first. */
const mostEntries = { facts: 2000, parts: 64 };

/** What is put on a shelf is written at once, each entry to a file of its own. */
class FactsFolder implements Shelf<ReadResult> {
  private wrote = false;

  constructor(
    private readonly folder: string,
    private readonly version: string,
    private readonly most: number,
  ) {}

  has(key: string): boolean {
    return fs.existsSync(this.fileOf(key));
  }

  get(key: string): ReadResult | null {
    const body = readKept(this.fileOf(key));
    return body === null ? null : unpacked(body.toString('utf8'));
  }

  put(key: string, value: ReadResult): void {
    this.wrote = writeKept(this.fileOf(key), packed(value)) || this.wrote;
  }

  close(): void {
    if (this.wrote) dropOldest(this.folder, this.most);
  }

  private fileOf(key: string): string {
    return path.join(this.folder, sha1(`${this.version}\0${key}`));
  }
}

/** So many runs that made something new keep an entry which none of them asked for. */
const mostUnused = 8;

/** Small entries that are read together are one file, which holds those of the last runs alone. */
class Pack<T> implements Shelf<T> {
  private before: ReadonlyMap<string, Packed<T>> | undefined;
  private readonly used = new Map<string, T>();
  private readonly file: string;
  private isNew = false;

  constructor(
    private readonly folder: string,
    name: string,
  ) {
    this.file = path.join(folder, sha1(name));
  }

  get(key: string): T | null {
    const value = this.all().get(key)?.value;
    if (value !== undefined) this.used.set(key, value);
    return value ?? null;
  }

  put(key: string, value: T): void {
    this.isNew = true;
    this.used.set(key, value);
  }

  close(): void {
    if (!this.isNew) return;
    const unused = [...this.all()].flatMap(([key, { value, unused }]) =>
      this.used.has(key) || unused >= mostUnused ? [] : [[key, value, unused + 1]],
    );
    const used = [...this.used].map(([key, value]) => [key, value, 0]);
    if (writeKept(this.file, JSON.stringify([...used, ...unused]))) dropOldest(this.folder, mostEntries.parts);
  }

  private all(): ReadonlyMap<string, Packed<T>> {
    return (this.before ??= this.read());
  }

  private read(): Map<string, Packed<T>> {
    const entries = readValue(this.file);
    if (!Array.isArray(entries)) return new Map();
    return new Map((entries as [string, T, number][]).map(([key, value, unused]) => [key, { value, unused }]));
  }
}

interface Packed<T> {
  readonly value: T;
  /** How many runs have not asked for it since it was last asked for. */
  readonly unused: number;
}

/**
 * What runs of this program keep in a folder. Nothing in it is ever needed: an entry that is missing, damaged, cut short
 * or cannot be written means that the work is done anew. Two runs at once write the same bytes to names of their own and
 * then rename, so that a reader finds a whole entry or none.
 */
export class Store implements Stock {
  readonly facts: FactsFolder;
  readonly parts: Pack<Parameters<Stock['parts']['put']>[1]>;

  /** `version` says all that decides over results besides the files; `factsVersion` what decides over facts. */
  constructor(folder: string, of: { readonly root: string; readonly version: string; readonly factsVersion: string }) {
    this.facts = new FactsFolder(path.join(folder, 'facts'), of.factsVersion, mostEntries.facts);
    this.parts = new Pack(path.join(folder, 'parts'), `${of.root}\0${of.version}`);
  }

  digest(text: string): string {
    return sha1(text);
  }

  /** Writes what is left to write. */
  close(): void {
    this.facts.close();
    this.parts.close();
  }
}

/** An entry as it was written, or null. */
function readValue(file: string): unknown {
  const body = readKept(file);
  return body === null ? null : (JSON.parse(body.toString('utf8')) as unknown);
}

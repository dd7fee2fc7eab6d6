import { Baselines } from './baseline.ts';
import type { ServerFinding } from './work.ts';

/** What the last analysis of the whole workspace found, by document, for as long as it holds. */
export class Checked {
  private readonly byUri = new Map<string, readonly ServerFinding[]>();
  /** Documents that have been analysed by themselves since, as far as the baseline let it be told. */
  private readonly updated = new Set<string>();
  private readonly listeners: (() => void)[] = [];
  private whole = false;
  /** What is known of and not shown. */
  private known = new Baselines();

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Whether all files have been analysed, and none has changed since behind the editor's back. */
  get isWhole(): boolean {
    return this.whole;
  }

  of(uri: string): readonly ServerFinding[] {
    return (this.byUri.get(uri) ?? []).filter(({ fingerprint }) => !this.known.has(fingerprint));
  }

  uris(): readonly string[] {
    return [...this.byUri.keys()];
  }

  set(all: ReadonlyMap<string, readonly ServerFinding[]>, known: Baselines): void {
    this.known = known;
    this.byUri.clear();
    for (const [uri, findings] of all) this.byUri.set(uri, findings);
    this.updated.clear();
    this.whole = true;
    this.tell();
  }

  /** The baselines of the trees that were analysed, as their settings name them. */
  baselines(): readonly (readonly [root: string, name: string])[] {
    return this.known.all();
  }

  /** The settings name another baseline for a tree. */
  hideBy(root: string, name: string): void {
    this.known.add(root, name);
    this.tell();
  }

  /** Whether a file is a baseline that says what is not shown. */
  isHiddenBy(file: string): boolean {
    return this.known.some((each) => each === file);
  }

  /** A baseline at a path that `isMeant` may be another one now; gives whether there is such a one. */
  hideAgain(isMeant: (file: string) => boolean): boolean {
    if (!this.known.some(isMeant)) return false;
    this.known.readAgain();
    this.tell();
    return true;
  }

  /** A document's own analysis says something newer. */
  update(uri: string, findings: readonly ServerFinding[]): void {
    if (!this.whole) return;
    this.byUri.set(uri, findings);
    this.updated.add(uri);
    this.tell();
  }

  /** Documents of which more may be found with another baseline. */
  narrowed(): readonly string[] {
    return [...this.updated];
  }

  /** What was found in a document does not hold any more, and others may depend on it; gives whether there was any. */
  drop(uri: string): boolean {
    const had = this.byUri.delete(uri);
    if (had || this.whole) {
      this.whole = false;
      this.tell();
    }
    return had;
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

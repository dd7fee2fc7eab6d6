import { readdirSync, type Dirent } from 'node:fs';
import path from 'node:path';
import { stampOf, type Stamp } from '../engine/tree.ts';

/** What a scan has seen of the disk, by path: the folders, and the files that hold something. */
export interface Seen {
  readonly folders: readonly (readonly [path: string, stamp: Stamp])[];
  readonly files: readonly (readonly [path: string, stamp: Stamp])[];
}

/**
 * Tells by the stamps of folders, and of the files that hold something, which C files have come, gone or changed: no file is
 * opened, and most are not looked at. A file that held nothing and is written in place goes unseen; what Git does, and
 * most editors, makes a new file of the name.
 */
export class SeenFolders {
  private folders = new Map<string, Stamp>();
  private files = new Map<string, Stamp>();

  set(seen: Seen): void {
    this.folders = new Map(seen.folders);
    this.files = new Map(seen.files);
  }

  /** A file is about to be read. */
  note(file: string): void {
    const stamp = stampOf(file);
    if (stamp) this.files.set(file, stamp);
    else this.files.delete(file);
  }

  /** What has changed since the last look, of the files that `isListed`. */
  changed(isListed: (file: string) => boolean): string[] {
    const found = new Set<string>();
    for (const [file, stamp] of this.files) {
      if (isSame(stampOf(file), stamp)) continue;
      found.add(file);
      this.note(file);
    }
    for (const [folder, stamp] of [...this.folders]) {
      const now = stampOf(folder);
      if (isSame(now, stamp)) continue;
      this.folders.delete(folder);
      // A file that has come since then was made, or got its name, not before the folder was as it was.
      if (now) this.look(folder, { now, since: stamp[2], isListed, found });
    }
    return [...found].sort();
  }

  private look(
    folder: string,
    of: { now: Stamp; since: number; isListed: (file: string) => boolean; found: Set<string> },
  ): void {
    this.folders.set(folder, of.now);
    for (const entry of entriesOf(folder)) {
      const each = path.join(folder, entry.name);
      if (entry.isDirectory() && !this.folders.has(each) && of.isListed(path.join(each, 'any.c'))) {
        const now = stampOf(each);
        if (now) this.look(each, { ...of, now, since: 0 });
      } else if (entry.isFile() && entry.name.endsWith('.c') && !this.files.has(each) && of.isListed(each)) {
        const stamp = stampOf(each);
        if (stamp && stamp[2] >= of.since) of.found.add(each);
      }
    }
  }
}

/** One that cannot be read has nothing in it. */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function isSame(now: Stamp | null, before: Stamp): boolean {
  return now?.every((each, index) => each === before[index]) === true;
}

import path from 'node:path';
import type { Host } from '../engine/index.ts';
import { diskHost, stampOf, type Stamp } from '../engine/tree.ts';

/** So many UTF-16 units of texts are kept, the ones that were asked for last. */
const most = 16 * 1024 * 1024;

/** A host that can tell what of what it has read is another one by now. */
export interface LastingHost extends Host {
  /** The files that have changed, come or gone since they were read or listed, each said once; relative to the root. */
  changed(): readonly string[];
}

interface Kept {
  readonly stamp: Stamp;
  readonly text: string;
}

/**
 * A server outlives what a folder holds: each question is answered anew. A file that is by its stamp what it was is not
 * read again.
 */
export function lastingHost(root: string): LastingHost {
  const texts = new Map<string, Kept>();
  const folders = new Map<string, { readonly stamp: Stamp | null; readonly files: readonly string[] }>();
  /** By folder, the files that were not there: they are not as long as the folder is as it was at the last look. */
  const missing = new Map<string, { stamp: Stamp | null; readonly files: Set<string> }>();
  let size = 0;
  const forget = (file: string): void => {
    size -= texts.get(file)?.text.length ?? 0;
    texts.delete(file);
  };
  return {
    readText(file) {
      // From before it is read: a change meanwhile shows the next time.
      const stamp = stampOf(path.join(root, file));
      if (!stamp) miss(file);
      const known = texts.get(file);
      forget(file);
      if (known && isSame(known.stamp, stamp)) {
        keep(file, known);
        return { text: known.text };
      }
      const read = diskHost(root).readText(file);
      if ('text' in read && stamp) keep(file, { stamp, text: read.text });
      return read;
    },
    listFolder,
    changed() {
      const found = new Set<string>();
      for (const [file, { stamp }] of texts) {
        if (isSame(stamp, stampOf(path.join(root, file)))) continue;
        found.add(file);
        forget(file);
      }
      for (const [folder, { stamp, files }] of folders) {
        if (isSame(stamp, stampOf(path.join(root, folder)))) continue;
        const now = listFolder(folder);
        for (const file of now) if (!files.includes(file)) found.add(file);
        for (const file of files) if (!now.includes(file)) found.add(file);
      }
      for (const [folder, known] of missing) {
        const stamp = stampOf(path.join(root, folder));
        if (isSame(known.stamp, stamp)) continue;
        known.stamp = stamp;
        for (const file of known.files) {
          if (!stampOf(path.join(root, file))) continue;
          found.add(file);
          known.files.delete(file);
        }
      }
      return [...found].sort();
    },
  };

  function listFolder(folder: string): readonly string[] {
    const stamp = stampOf(path.join(root, folder));
    const files = diskHost(root).listFolder(folder);
    folders.set(folder, { stamp, files });
    return files;
  }

  function miss(file: string): void {
    const folder = path.posix.dirname(file);
    // The first look asks for each: one may come while it is being read.
    const known = missing.get(folder) ?? { stamp: null, files: new Set() };
    missing.set(folder, known);
    known.files.add(file);
  }

  function keep(file: string, kept: Kept): void {
    texts.set(file, kept);
    size += kept.text.length;
    for (const oldest of texts.keys()) {
      if (size <= most) break;
      forget(oldest);
    }
  }
}

function isSame(a: Stamp | null, b: Stamp | null): boolean {
  return a === b || (a !== null && b !== null && a.every((each, index) => each === b[index]));
}

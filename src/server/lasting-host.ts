import path from 'node:path';
import type { Host } from '../engine/index.ts';
import { diskHost, stampOf, type Stamp } from '../engine/tree.ts';

/** So many UTF-16 units of texts are kept, the ones that were asked for last. */
const most = 16 * 1024 * 1024;

interface Kept {
  readonly stamp: Stamp;
  readonly text: string;
}

/**
 * A server outlives what a folder holds: each question is answered anew. A file that is by its stamp what it was is not
 * read again.
 */
export function lastingHost(root: string): Host {
  const texts = new Map<string, Kept>();
  let size = 0;
  const forget = (file: string): void => {
    size -= texts.get(file)?.text.length ?? 0;
    texts.delete(file);
  };
  return {
    readText(file) {
      // From before it is read: a change meanwhile shows the next time.
      const stamp = stampOf(path.join(root, file));
      const known = texts.get(file);
      forget(file);
      if (known && stamp && stamp.every((each, index) => each === known.stamp[index])) {
        keep(file, known);
        return { text: known.text };
      }
      const read = diskHost(root).readText(file);
      if ('text' in read && stamp) keep(file, { stamp, text: read.text });
      return read;
    },
    listFolder: (folder) => diskHost(root).listFolder(folder),
  };

  function keep(file: string, kept: Kept): void {
    texts.set(file, kept);
    size += kept.text.length;
    for (const oldest of texts.keys()) {
      if (size <= most) break;
      forget(oldest);
    }
  }
}

import fs from 'node:fs';
import path from 'node:path';

/** What is read of a kernel tree: C, and what says how it is built. */
const wanted = /\.[ch]$|^Makefile|^Kbuild|^Kconfig/;

/**
 * Makes a tree of links to another one's sources (of copies, where links cannot be made). With a share below 1, it has
 * only so many of the folders, spread evenly, each with all of its own files; include/ is always whole.
 */
export function linkTree(from: string, to: string, share: number): string {
  let count = 0;
  const walk = (folder: string): void => {
    const number = count++;
    const isTaken =
      folder === '' || folder.startsWith('include') || Math.floor((number + 1) * share) > Math.floor(number * share);
    fs.mkdirSync(path.join(to, folder), { recursive: true });
    const entries = fs.readdirSync(path.join(from, folder), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const name = path.join(folder, entry.name);
      if (entry.isDirectory() && !entry.name.startsWith('.')) walk(name);
      else if (isTaken && entry.isFile() && wanted.test(entry.name)) link(path.join(from, name), path.join(to, name));
    }
  };
  walk('');
  return to;
}

function link(from: string, to: string): void {
  try {
    fs.linkSync(from, to);
  } catch {
    fs.copyFileSync(from, to);
  }
}

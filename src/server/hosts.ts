import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Host } from '../engine/index.ts';

/** The files below a folder of this machine. */
export function folderHost(root: string): Host {
  return {
    readText: (file) => {
      try {
        return { text: readFileSync(path.join(root, file), 'utf8') };
      } catch (error) {
        return { error: error instanceof Error ? error.message : String(error) };
      }
    },
    listFolder: (folder) => {
      try {
        return readdirSync(path.join(root, folder), { withFileTypes: true })
          .filter((entry) => entry.isFile() && /\.[ch]$/.test(entry.name))
          .map((entry) => path.posix.join(folder, entry.name))
          .sort();
      } catch {
        return []; // A folder that cannot be read gives no context; the file itself is analysed all the same.
      }
    },
  };
}

/** For a document that is in no folder. */
export const noHost: Host = {
  readText: (file) => ({ error: `${file} is not a file` }),
  listFolder: () => [],
};

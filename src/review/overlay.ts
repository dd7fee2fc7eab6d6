import type { Host } from '../engine/index.ts';

/** A tree with some files changed in memory (null: deleted). The tree below is only read. */
export function overlayHost(base: Host, texts: ReadonlyMap<string, string | null>): Host {
  return {
    readText(path) {
      const text = texts.get(path);
      if (text === undefined) return base.readText(path);
      return text === null ? { error: 'it is not there' } : { text };
    },
    listFolder(folder) {
      const files = new Set(base.listFolder(folder));
      for (const [path, text] of texts) {
        const slash = path.lastIndexOf('/');
        if (path.slice(0, Math.max(0, slash)) !== folder) continue;
        if (text === null) files.delete(path);
        else files.add(path);
      }
      return [...files].sort();
    },
  };
}

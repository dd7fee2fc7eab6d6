import { Searches } from './searches.ts';

type Text = string | { readonly error: string };

interface Sources {
  readonly text: (path: string) => Text;
  readonly listFolder: (folder: string) => readonly string[];
}

/** One look for a file's context: what was searched, in which texts and folders. */
interface Look {
  readonly searches: Searches;
  readonly texts: ReadonlyMap<string, Text>;
  readonly folders: ReadonlyMap<string, readonly string[]>;
}

/**
 * What the last look for each file's context has searched: only the texts that are others now are searched again. Each
 * text and each folder is asked for anew, but once a look.
 */
export class LastSearches {
  private readonly looks = new Map<string, Look>();

  /** The sources of a new look for a file's context, with its searches. */
  begin(path: string, sources: Sources): Sources & { readonly searches: Searches } {
    const texts = new Map<string, Text>();
    const folders = new Map<string, readonly string[]>();
    const text = (file: string): Text => {
      let known = texts.get(file);
      if (known === undefined) texts.set(file, (known = sources.text(file)));
      return known;
    };
    const listFolder = (folder: string): readonly string[] => {
      let known = folders.get(folder);
      if (!known) folders.set(folder, (known = sources.listFolder(folder)));
      return known;
    };
    const last = this.looks.get(path);
    const before = last && { searched: last.searches.data(), changed: changedSince(last, { text, listFolder }) };
    const searches = new Searches({ text, listFolder }, before ?? null);
    this.looks.set(path, { searches, texts, folders });
    return { text, listFolder, searches };
  }

  forget(path: string): void {
    this.looks.delete(path);
  }
}

function changedSince({ texts, folders }: Look, { text, listFolder }: Sources): Set<string> {
  const changed = new Set<string>();
  for (const [file, before] of texts) {
    const now = text(file);
    // Why one cannot be read does not matter.
    if (now !== before && (typeof now === 'string' || typeof before === 'string')) changed.add(file);
  }
  for (const [folder, before] of folders) if (listFolder(folder).join('\n') !== before.join('\n')) changed.add(folder);
  return changed;
}

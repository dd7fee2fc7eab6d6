import type { FileFacts } from '../facts/index.ts';
import { isListedCall, isSetUpIn } from '../lifecycle/index.ts';
import { contextOf, type ContextFiles } from './context.ts';
import type { Focus } from './focus.ts';
import { LastSearches } from './last-searches.ts';
import type { Means } from './means.ts';
import { isSameContext, type ResumedFrom } from './resume.ts';
import { Searches } from './searches.ts';
import { sourceOf } from './stock.ts';

/** Finds the files that are looked at together, with what it has searched for that. */
export class Contexts {
  /** The tree's files that mention pernet, when they are known. */
  indexed: readonly string[] | null = null;
  /** What an earlier run found out before it linked anything. */
  resumed: ResumedFrom | null = null;
  /** What was searched for the context of the whole tree. */
  searches: Searches | null = null;
  private readonly last = new LastSearches();

  constructor(private readonly means: Means) {}

  /** A document is closed. */
  forget(path: string): void {
    this.last.forget(path);
  }

  /** The files to look at together. What was asked for to find them, files and folders, is added to `asked`. */
  of(focus: Focus | undefined, asked = new Set<string>()): ContextFiles {
    const { means } = this;
    const texts = this.textsNoting(asked);
    const resumed = focus ? null : this.resumed;
    const from = resumed && { searched: resumed.kept.searched, changed: resumed.changed };
    const [path] = focus?.elsewhere === false ? focus.files : [];
    const sources =
      path === undefined ? { ...texts, searches: new Searches(texts, from) } : this.last.begin(path, texts);
    const { searches } = sources;
    if (!focus) this.searches = searches;
    const known = resumed && this.resumedContext(resumed, searches);
    if (known) return known;
    return contextOf({
      ...sources,
      isLeftOut: (file) => means.options.config !== undefined && means.kernel.moduleInfo(file)?.isLeftOut === true,
      focus: focus?.files,
      indexed: this.indexed,
      facts: (file, callsOf) => {
        means.checkpoint?.();
        return means.files.facts(file, callsOf);
      },
      isListed: (name) => isListedCall(name, means.table),
      isSetUpIn: (folder, name) => isSetUpIn(folder, name, means.table),
      hidden: (facts) => this.hidden(facts),
    });
  }

  /** Searches by themselves; what they ask for, files and folders, is added to `asked`. */
  searchesFor(asked: Set<string>): Searches {
    return new Searches(this.textsNoting(asked));
  }

  private textsNoting(asked: Set<string>): ConstructorParameters<typeof Searches>[0] {
    const { means } = this;
    return {
      text: (file) => {
        asked.add(file);
        return means.files.text(file);
      },
      listFolder: (folder) => {
        asked.add(folder);
        return means.options.host.listFolder(folder);
      },
    };
  }

  /** A file's facts with each option off that leaves pernet code of it out. */
  hidden(facts: FileFacts): readonly FileFacts[] {
    return facts.hiddenBy.flatMap((option) => this.means.files.reread(facts.file, option) ?? []);
  }

  /** The files that an earlier run looked at, as they are now, where these are still the ones to look at. */
  private resumedContext({ kept, hashes }: ResumedFrom, searches: Searches): ContextFiles | null {
    const { means } = this;
    const { stock } = means.options;
    if (!hashes || !stock) return null;
    const facts: FileFacts[] = [];
    for (const { path, names } of kept.loaded) {
      const read = means.files.facts(path, names ?? undefined);
      if (!('facts' in read)) return null;
      facts.push(read.facts);
    }
    const byFile = new Map(facts.map((each) => [each.file, each]));
    const changed = hashes.map(({ path, hash }) => {
      const then = stock.facts.get(sourceOf(path, hash));
      return { before: then && 'facts' in then ? then.facts : null, after: byFile.get(path) ?? null };
    });
    const digest = (text: string): string => means.digest(text);
    if (!isSameContext(kept, changed, { searches, digest, facts })) return null;
    searches.takeOver();
    return { facts, unread: [], loaded: kept.loaded, rounds: [] };
  }
}

import { folderOf } from '../facts/folder.ts';
import type { FileFacts } from '../facts/index.ts';
import { analysedAgain, rewordedAgain } from './again.ts';
import { isSameCompany } from './company.ts';
import { areSameRounds, type ContextFiles } from './context.ts';
import { focusOn } from './focus.ts';
import { isSameFile, type Apart, type Kept } from './kept.ts';
import type { Means } from './means.ts';
import { movePlaces, Places } from './places.ts';
import { settle, type RawResult } from './settle.ts';
import { besidesOf, isSameWhereFollowed, newApart, rewordingOf, rewrittenIn, speaksOfNew } from './unfollowed.ts';

interface Of {
  readonly means: Means;
  /** The file that was analysed; undefined: all that are indexed. */
  readonly path: string | undefined;
  /**
   * Whether it may be asked again what functions come to, and if so, how many states of a function may be followed again
   * for that.
   */
  readonly mayAsk: false | number;
}

/** What has changed since an analysis, by file. */
interface Changes {
  readonly places: Map<string, Places>;
  readonly moved: Map<string, FileFacts>;
  readonly apart: Map<string, Apart>;
  /** Whether other files may be looked at now. */
  isAround: boolean;
}

/**
 * Brings an analysis up to date without another, where all that has changed says the same in other places; and, if
 * `mayAsk`, where all that was followed does, and what was asked of the rest has the same answers.
 */
export function refresh(kept: Kept, of: Of): boolean {
  const { means, path } = of;
  if (kept.dialect !== means.kernel.dialect) return false;
  const changes = changesSince(kept, of);
  if (!changes) return false;
  const { places, moved, apart } = changes;
  if (changes.isAround && !isSameAround(kept, changes, of)) return false;
  const facts = kept.read.facts.map((each) => moved.get(each.file) ?? each);
  const read = { ...kept.read, facts };
  const raw = apart.size === 0 ? movePlaces(kept.analysed.raw, places) : askedAgain(kept, read, { ...changes, of });
  if (!raw) return false;
  kept.result = settle(raw, { ...means.inputFor(path), read });
  kept.places = places;
  kept.moved = moved;
  kept.apart = apart;
  kept.stale.clear();
  return true;
}

/** What has changed in the files that an analysis looked at; null where it has to be made anew. */
function changesSince(kept: Kept, { means, path, mayAsk }: Of): Changes | null {
  const { files, table } = means;
  const before = factsByFile(kept);
  const places = new Map(kept.places);
  const moved = new Map(kept.moved);
  const apart = new Map(kept.apart);
  let isAround = false;
  for (const file of kept.stale) {
    const text = files.text(file);
    const facts = before.get(file);
    if (!facts) {
      isAround ||= kept.asked.has(file) || kept.asked.has(folderOf(file));
      continue;
    }
    if (typeof text !== 'string') return null;
    places.delete(file);
    moved.delete(file);
    apart.delete(file);
    if (text === kept.texts.get(file)) continue;
    // Another file is looked at for what its text mentions, be it in a comment.
    isAround ||= file !== path;
    const now = files.facts(file);
    if (!('facts' in now)) return null;
    const after = now.facts;
    const then = { facts, text: kept.texts.get(file) ?? '' };
    if (!isSameCompany(then, { facts: after, text }, () => means.contexts.searchesFor(kept.asked))) return null;
    let learnt = new Places();
    if (!isSameFile(kept, facts, after, { places: learnt, table })) {
      const found = newApart();
      learnt = new Places();
      if (mayAsk === false || !isSameWhereFollowed(kept, facts, after, { places: learnt, table, apart: found }))
        return null;
      apart.set(file, found);
    }
    places.set(file, learnt);
    moved.set(file, now.facts);
  }
  return { places, moved, apart, isAround };
}

function factsByFile(kept: Kept): Map<string, FileFacts> {
  return new Map(kept.read.facts.map((facts) => [facts.file, facts]));
}

/** Whether the same files are looked at together, and say what they said. */
function isSameAround(kept: Kept, { moved }: Changes, { means, path }: Of): boolean {
  const before = factsByFile(kept);
  const { facts, unread } = means.contexts.of(focusOn(path));
  return (
    facts.length === before.size &&
    unread.length === 0 &&
    facts.every((each) => moved.has(each.file) || before.get(each.file) === each)
  );
}

/** What an analysis comes to with other facts of what it did not follow; null if that may be something else. */
function askedAgain(
  kept: Kept,
  read: ContextFiles,
  { apart, places, of: { means, path, mayAsk } }: Changes & { readonly of: Of },
): RawResult | null {
  if (mayAsk === false) return null;
  const found = [...apart.values()];
  const input = { ...means.inputFor(path), read };
  const move = <T>(value: T): T | null => movePlaces(value, places);
  const rewritten = rewrittenIn(found, places, mayAsk);
  const readings = [...found.flatMap((each) => [...each.facts.values()]), ...read.facts];
  if (!found.some(({ isDeep }) => isDeep) && !speaksOfNew(found, readings)) {
    const again = rewordedAgain(kept.analysed, input, { reworded: rewordingOf(kept, found, rewritten), move });
    // A function that comes to something else does so whatever else is asked.
    if (again || rewritten.unlike.size > 0) return again;
  }
  const facts = new Map(read.facts.map((each) => [each.file, each]));
  const isSame = areSameRounds(
    read.rounds,
    (file) => facts.get(file),
    (each) => means.contexts.hidden(each),
  );
  return isSame ? analysedAgain(kept.analysed, input, { besides: besidesOf(found, rewritten), move }) : null;
}

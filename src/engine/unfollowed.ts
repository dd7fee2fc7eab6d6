import {
  isGetter,
  isStep,
  ofWholeFile,
  movedFrom,
  moveFunction,
  type FileFacts,
  type FunctionFact,
} from '../facts/index.ts';
import {
  digestOf,
  flagsText,
  type Besides,
  type Moves,
  type PairsByCall,
  type Reworded,
  type Rewritten,
} from '../lifecycle/index.ts';
import { namesOf } from '../program/index.ts';
import { isRead, namesKnownIn, weighty, type Apart, type Kept } from './kept.ts';
import { Places, sameButForPlaces } from './places.ts';

/**
 * Whether a file's facts, in all the readings that an analysis asked for, are the same to it but for places and for
 * functions that it did not follow, or may follow to the same. What these come to has to be asked again (`analysedAgain`).
 */
export function isSameWhereFollowed(
  kept: Kept,
  before: FileFacts,
  after: FileFacts,
  { places, table, apart }: { readonly places: Places; readonly table: PairsByCall; readonly apart: Apart },
): boolean {
  const { file } = before;
  const names = kept.consulted.get(file);
  if (!names) return false;
  const known = namesKnownIn(kept);
  const weightyIn = (fact: FunctionFact): Set<string> => new Set(weighty(fact, { isKnown: () => known, table }));
  const compare = new Comparison({ names, weightyIn }, places, apart);
  const variants = [...kept.variants.values()].filter((variant) => variant.file === file);
  return (
    compare.files(before, after) &&
    variants.every(({ facts, again }) => {
      const now = again(after);
      return facts === null || now === null ? facts === now : compare.files(facts, now);
    })
  );
}

interface Of {
  /** What was asked of the file (`Kept.consulted`). */
  readonly names: ReadonlySet<string>;
  /** The names in a body that can make a difference. */
  readonly weightyIn: (fact: FunctionFact) => ReadonlySet<string>;
}

class Comparison {
  constructor(
    private readonly of: Of,
    private readonly places: Places,
    private readonly apart: Apart,
  ) {}

  files(before: FileFacts, after: FileFacts): boolean {
    const rest = (facts: FileFacts): unknown => ({
      ...facts,
      functions: null,
      mentions: null,
      suppressions: null,
      unreadable: null,
    });
    const [then, now] = [byName(before), byName(after)];
    if (!then || !now || !sameButForPlaces(rest(before), rest(after), this.places)) return false;
    for (const [name, fact] of then) {
      const other = now.get(name);
      if (other ? !this.functions(before.file, fact, other) : !this.missing(before.file, fact)) return false;
    }
    for (const [name, fact] of now) if (!then.has(name) && !this.appears(after, fact)) return false;
    this.apart.facts.set(before, after);
    this.mentions(before, after);
    return true;
  }

  private mentions({ file, mentions: then }: FileFacts, { mentions: now }: FileFacts): void {
    for (const name of new Set([...Object.keys(then), ...Object.keys(now)])) {
      const [a, b] = [then, now].map((each) => (Object.hasOwn(each, name) ? each[name]?.join() : undefined));
      if (a === b) continue;
      this.apart.mentioning.add(`${file}#${name}`);
      // That a name is known at all decides where others lead.
      if (a === undefined || b === undefined || name === ofWholeFile) this.apart.isRenamed = true;
      if (a === undefined) this.apart.appearing.add(name);
      if (name === ofWholeFile) this.apart.isDeep = true;
    }
  }

  private functions(file: string, before: FunctionFact, after: FunctionFact): boolean {
    const [then, now] = [movedFrom(before), movedFrom(after)];
    if (then.fact === now.fact)
      return this.places.noteStretch({ from: before.span[0], to: before.span[2], by: now.by - then.by });
    const { names } = this.of;
    const isFollowed = isRead(names, before.name);
    if (isFollowed && sameButForPlaces(before, after, new Places()))
      return sameButForPlaces(before, after, this.places);
    if (isFollowed && !this.isRewritten(before, after)) return false;
    const head = (fact: FunctionFact): unknown => ({ ...fact, blocks: null, unreadable: null });
    const id = `${file}#${before.name}`;
    if (!sameButForPlaces(head(before), head(after), this.places)) this.apart.but.add(id);
    if (isFollowed && this.apart.but.has(id)) return false;
    if (isFollowed) this.apart.rewritten.add(id);
    const [digest, other] = [digestOf(before), digestOf(after)];
    if (JSON.stringify(digest) !== JSON.stringify(other)) this.apart.returning.add(id);
    this.apart.isDeep ||= digest.isPlain !== other.isPlain || standingOf(before) !== standingOf(after);
    this.calls(id, this.of.weightyIn(before), this.of.weightyIn(after));
    return true;
  }

  private calls(id: string, before: ReadonlySet<string>, after: ReadonlySet<string>): void {
    const other = [...before, ...after].filter((name) => !before.has(name) || !after.has(name));
    if (other.length > 0 || this.apart.missing.has(id))
      this.apart.calling.set(id, new Set([...(this.apart.calling.get(id) ?? []), ...other]));
  }

  /** Whether what a function that was followed comes to can be told by following it again. */
  private isRewritten(before: FunctionFact, after: FunctionFact): boolean {
    const { names } = this.of;
    const isWhole = ({ blocks, unreadable }: FunctionFact): boolean => blocks !== null && unreadable === undefined;
    if (isRead(names, before.name, ['other']) || !isWhole(before) || !isWhole(after)) return false;
    if (!isRead(names, before.name, ['asks'])) return true;
    this.apart.isAsked = true;
    return flagsText(before) === flagsText(after);
  }

  /** A function that only one version has; by some names files are chosen. */
  private missing(file: string, fact: FunctionFact): boolean {
    const { name } = fact;
    const id = `${file}#${name}`;
    this.apart.but.add(id);
    this.apart.missing.add(id);
    this.apart.isRenamed = true;
    this.calls(id, new Set(), this.of.weightyIn(fact));
    return !isGetter(name) && !isStep(name);
  }

  /** A new function, which nothing of its file speaks of unless all is looked at again. */
  private appears({ file, functions, initcalls }: FileFacts, fact: FunctionFact): boolean {
    const { name } = fact;
    this.apart.appearing.add(name);
    this.apart.isDeep ||=
      initcalls.some(({ fn }) => fn === name) || functions.some((each) => each !== fact && namesOf(each).has(name));
    return this.missing(file, fact);
  }
}

/** What of a function's head tells who may call it, and when. */
function standingOf({ isStatic, attributes, options, params }: FunctionFact): string {
  return [isStatic, params.length === 0, ...attributes, ...options].join();
}

/** The functions of a file; null where two have one name. */
function byName({ functions }: FileFacts): ReadonlyMap<string, FunctionFact> | null {
  const all = new Map(functions.map((fact) => [fact.name, fact]));
  return all.size === functions.length ? all : null;
}

/** Whether something speaks of a name that functions or variables have now and had not. */
export function speaksOfNew(apart: readonly Apart[], facts: Iterable<FileFacts>): boolean {
  const names = new Set(apart.flatMap(({ appearing }) => [...appearing]));
  if (names.size === 0) return false;
  for (const { mentions } of facts)
    for (const [by, words] of Object.entries(mentions))
      if (words.some((word) => names.has(word.replace('()', '')) && by !== word.replace('()', ''))) return true;
  return false;
}

/** What is not what it was, beside what functions that are not followed say. */
export function besidesOf(apart: readonly Apart[], rewritten: Rewritten): Besides {
  const but = new Set(apart.flatMap((each) => [...each.but]));
  const isRenamed = but.size > 0 || apart.some((each) => each.isRenamed);
  return { but, rewritten, mentioning: isRenamed ? null : new Set(apart.flatMap(({ mentioning }) => [...mentioning])) };
}

export function newApart(): Apart {
  return {
    but: new Set(),
    isDeep: false,
    isRenamed: false,
    facts: new Map(),
    mentioning: new Set(),
    returning: new Set(),
    rewritten: new Set(),
    calling: new Map(),
    missing: new Set(),
    appearing: new Set(),
    isAsked: false,
  };
}

/** No text that is analysed has so many lines (`largestText`). */
const farAway = 2 ** 23;

/** The functions that are followed and are others now; one with more states than `most` is not followed again. */
export function rewrittenIn(apart: readonly Apart[], places: ReadonlyMap<string, Places>, most: number): Rewritten {
  const moves: Moves = {
    far: farAway,
    away: (fact) => moveFunction(fact, farAway),
    note: ({ file, at }, after) => {
      const moved = places.get(file);
      return moved ? moved.note(at, after.at) : at.every((each, index) => each === after.at[index]);
    },
    move: (file, line, column) => {
      const moved = places.get(file);
      return moved ? moved.move(line, column) : { line, column };
    },
  };
  return {
    ids: new Set(apart.flatMap(({ rewritten }) => [...rewritten])),
    areAsked: apart.some(({ isAsked }) => isAsked),
    moves,
    most,
    unlike: new Set(),
  };
}

/** What is said otherwise in all files together, of the facts as the analysis had them. */
export function rewordingOf(kept: Pick<Kept, 'watched'>, apart: readonly Apart[], rewritten: Rewritten): Reworded {
  const now = new Map(apart.flatMap(({ facts }) => [...facts]));
  const facts = new Map<FileFacts, FileFacts>();
  for (const [made, of] of [...kept.watched, ...[...now.keys()].map((each) => [each, each] as const)]) {
    const other = now.get(of);
    if (other) facts.set(made, other);
  }
  return {
    but: new Set(apart.flatMap(({ but }) => [...but])),
    missing: new Set(apart.flatMap(({ missing }) => [...missing])),
    appearing: new Set(apart.flatMap(({ appearing }) => [...appearing])),
    facts,
    mentioning: new Set(apart.flatMap(({ mentioning }) => [...mentioning])),
    returning: new Set(apart.flatMap(({ returning }) => [...returning])),
    calling: new Map(apart.flatMap(({ calling }) => [...calling])),
    rewritten,
  };
}

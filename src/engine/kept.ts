import { movedFrom, type FileFacts, type FunctionFact } from '../facts/index.ts';
import {
  barriers,
  stops,
  digestOf,
  isListedCall,
  isPairWord,
  pernetCalls,
  readerNow,
  shareDigest,
  type PairsByCall,
  type Reader,
} from '../lifecycle/index.ts';
import type { Dialect } from '../netns/index.ts';
import { namesOf, shareNames } from '../program/index.ts';
import type { Analysed } from './analysis.ts';
import type { ContextFiles } from './context.ts';
import { sameButForPlaces, type Places } from './places.ts';
import type { AnalysisResult } from './types.ts';

/** One reading of a file that an analysis asked for beside its context: with an option off. */
export interface Variant {
  readonly file: string;
  readonly facts: FileFacts | null;
  /** Reads it again, from the file's present text. */
  readonly again: (now: FileFacts) => FileFacts | null;
}

/** An analysis with all that it depends on, for as long as what has changed since says the same. */
export interface Kept {
  readonly analysed: Analysed;
  readonly dialect: Dialect;
  readonly read: ContextFiles;
  /** The files and folders that were looked at to find the context. */
  readonly asked: Set<string>;
  /** The text of each file of the context, as it was analysed. */
  readonly texts: ReadonlyMap<string, string>;
  readonly variants: ReadonlyMap<string, Variant>;
  /** By file, the names whose mentions were asked for, and those of the functions whose bodies were, by reader (`bodyFor`). */
  readonly consulted: ReadonlyMap<string, ReadonlySet<string>>;
  /** The facts that noted it, with those that they are of. */
  readonly watched: ReadonlyMap<FileFacts, FileFacts>;
  /** Files that have changed since this was last brought up to date. */
  readonly stale: Set<string>;
  /** Where things are now, by file. */
  places: ReadonlyMap<string, Places>;
  /** The facts of files that have moved, as they are now. */
  moved: ReadonlyMap<string, FileFacts>;
  result: AnalysisResult;
  /**
   * By file, how functions that were not followed are others now: what was analysed is of use for its result only. Facts are
   * compared with those that were analysed, not with those of the last time.
   */
  apart: ReadonlyMap<string, Apart>;
}

/** What two versions of a file differ in, where all that was followed is the same but for places. */
export interface Apart {
  /** Functions that are new, gone, or have another head. */
  readonly but: Set<string>;
  /** Whether it may be other functions that call each other, or others that matter. */
  isDeep: boolean;
  /** Whether it may be that names mean something else. */
  isRenamed: boolean;
  /** The file's facts, in all readings, with what they are now. */
  readonly facts: Map<FileFacts, FileFacts>;
  /** Functions and variables that mention something else. */
  readonly mentioning: Set<string>;
  /** Functions that return something else, or set other globals. */
  readonly returning: Set<string>;
  /** Functions that were followed and have another body; what their paths come to has to be found out again. */
  readonly rewritten: Set<string>;
  /** Functions that name others that may matter, with these names. */
  readonly calling: Map<string, Set<string>>;
  /** Functions that only one version has. */
  readonly missing: Set<string>;
  /** Names that functions or variables have now and that none of the file had. */
  readonly appearing: Set<string>;
  /** Whether rules asked something that is told by one of these bodies. */
  isAsked: boolean;
}

/** Whether a file's facts, in all the readings that an analysis asked for, are the same to it but for places. */
export function isSameFile(
  kept: Pick<Kept, 'analysed' | 'read' | 'variants' | 'consulted'>,
  before: FileFacts,
  after: FileFacts,
  { places, table }: Pick<Asked, 'places'> & Pick<Noted, 'table'>,
): boolean {
  const { file } = before;
  const names = kept.consulted.get(file);
  const asked: Asked = {
    noted: names ? { names, isKnown: () => namesKnownIn(kept), table } : null,
    reached: kept.analysed.reached,
    places,
  };
  if (!sameFacts(before, after, asked)) return false;
  for (const variant of kept.variants.values()) {
    if (variant.file !== file) continue;
    const now = variant.again(after);
    if (variant.facts === null || now === null) {
      if (variant.facts !== now) return false;
    } else if (!sameFacts(variant.facts, now, asked)) return false;
  }
  return true;
}

/** Whether two versions of a file's facts are the same but for places, whatever an analysis may ask of them. */
export function isSameReading(before: FileFacts, after: FileFacts, places: Places): boolean {
  const { file, functions } = before;
  const reached = new Set([...functions, ...after.functions].map(({ name }) => `${file}#${name}`));
  return sameFacts(before, after, { noted: null, reached, places });
}

/** What an analysis asked of a file's facts. */
interface Asked {
  /** What it asked for by name; null: that was not noted, and whatever is there may count. */
  readonly noted: Noted | null;
  readonly reached: ReadonlySet<string>;
  readonly places: Places;
}

interface Noted {
  /** Names whose mentions it asked for, and those of the functions whose bodies it read (`bodyFor`). */
  readonly names: ReadonlySet<string>;
  /** Whether a name is that of a function, an ops or an alias of the program. */
  readonly isKnown: () => ReadonlySet<string>;
  readonly table: PairsByCall;
}

function sameFacts(before: FileFacts, after: FileFacts, asked: Asked): boolean {
  const { file, functions } = before;
  const rest = (facts: FileFacts): unknown => ({
    ...facts,
    functions: null,
    mentions: null,
    suppressions: null,
    unreadable: facts.unreadable.filter(
      (gap) => gap.function === undefined || asked.reached.has(`${file}#${gap.function}`),
    ),
  });
  return (
    sameMentions(before.mentions, after.mentions, asked.noted) &&
    functions.length === after.functions.length &&
    functions.every((fact, index) => sameFunction(fact, after.functions[index]!, asked)) &&
    sameButForPlaces(rest(before), rest(after), asked.places)
  );
}

function sameMentions(before: Mentions, after: Mentions, noted: Noted | null): boolean {
  if (before === after) return true;
  const names = noted?.names ?? new Set([...Object.keys(before), ...Object.keys(after)]);
  // A function may well be called `constructor`, which every object has.
  const said = (mentions: Mentions, name: string): string | undefined =>
    Object.hasOwn(mentions, name) ? mentions[name]?.join() : undefined;
  return [...names].every((name) => said(before, name) === said(after, name));
}

type Mentions = FileFacts['mentions'];

/** Of a function that was not followed only its head counts, its digest, and what it names that matters to somebody. */
function sameFunction(before: FunctionFact, after: FunctionFact, asked: Asked): boolean {
  const { noted, places } = asked;
  const [then, now] = [movedFrom(before), movedFrom(after)];
  if (then.fact === now.fact)
    return places.noteStretch({ from: before.span[0], to: before.span[2], by: now.by - then.by });
  if (!noted || isRead(noted.names, before.name)) return sameButForPlaces(before, after, places);
  const head = (fact: FunctionFact): unknown => ({ ...fact, blocks: fact.blocks === null, unreadable: null });
  const names = (fact: FunctionFact): string => [...weighty(fact, noted)].sort().join();
  const digest = (fact: FunctionFact): string => JSON.stringify(digestOf(fact));
  return (
    sameButForPlaces(head(before), head(after), places) &&
    names(before) === names(after) &&
    digest(before) === digest(after)
  );
}

/** How it is noted that a function's body was read. */
const bodyFor: Readonly<Record<Reader, string>> = { follows: '{=}', asks: '{?}', other: '{}' };

/** Whether a function's body was read, by anyone or by some readers. */
export function isRead(
  names: ReadonlySet<string>,
  name: string,
  by: readonly Reader[] = ['follows', 'asks', 'other'],
): boolean {
  return by.some((reader) => names.has(`${name}${bodyFor[reader]}`));
}

/** The names in a body that can make a difference to who reaches what, and to what has an effect. */
export function* weighty(fact: FunctionFact, { isKnown, table }: Pick<Noted, 'isKnown' | 'table'>): Generator<string> {
  const known = isKnown();
  for (const name of namesOf(fact)) {
    const isCore = pernetCalls.has(name) || barriers.has(name) || stops.has(name);
    const hasEffect = isCore || isListedCall(name, table) || isPairWord(name);
    if (hasEffect || known.has(name)) yield name;
  }
}

/** What an analysis was given does not change: it is asked after each edit, and has many names. */
const namesKnown = new WeakMap<Pick<Kept, 'read' | 'variants'>, ReadonlySet<string>>();

/** The functions, ops and aliases of the files that were looked at together. */
export function namesKnownIn(kept: Pick<Kept, 'read' | 'variants'>): ReadonlySet<string> {
  const known = namesKnown.get(kept);
  if (known) return known;
  const { read, variants } = kept;
  const names = new Set<string>();
  namesKnown.set(kept, names);
  for (const facts of [...read.facts, ...[...variants.values()].flatMap((variant) => variant.facts ?? [])]) {
    for (const { name } of [...facts.functions, ...facts.ops]) names.add(name);
    for (const name of Object.keys(facts.aliases)) names.add(name);
  }
  return names;
}

/** Makes facts that note whose mentions and whose bodies are asked for; the same facts become the same watched ones. */
export class Watch {
  readonly consulted = new Map<string, Set<string>>();
  /** What was made, with what it is of. */
  readonly watched = new Map<FileFacts, FileFacts>();
  private readonly functions = new WeakMap<FunctionFact, FunctionFact>();

  of(facts: FileFacts): FileFacts {
    let names = this.consulted.get(facts.file);
    if (!names) this.consulted.set(facts.file, (names = new Set()));
    const noted = names;
    const mentions = new Proxy(facts.mentions, {
      get(target, name) {
        if (typeof name !== 'string') return undefined;
        noted.add(name);
        return target[name];
      },
    });
    const made = { ...facts, functions: facts.functions.map((fact) => this.ofFunction(fact, noted)), mentions };
    this.watched.set(made, facts);
    return made;
  }

  private ofFunction(fact: FunctionFact, noted: Set<string>): FunctionFact {
    const known = this.functions.get(fact);
    if (known) return known;
    const note = <T>(value: T): T => {
      noted.add(`${fact.name}${bodyFor[readerNow()]}`);
      return value;
    };
    const copy = Object.defineProperties(
      { ...fact },
      {
        blocks: { enumerable: true, get: () => note(fact.blocks) },
        unreadable: { enumerable: true, get: () => note(fact.unreadable) },
      },
    );
    shareNames(copy, fact);
    shareDigest(copy, fact);
    this.functions.set(fact, copy);
    return copy;
  }
}

import { isGetter, isStep, laterRuns, movedFrom, type FileFacts, type FunctionFact } from '../facts/index.ts';
import { digestOf, type Besides, type PairsByCall, type Reworded } from '../lifecycle/index.ts';
import { contextSignature } from './context.ts';
import { namesKnownIn, weighty, type Apart, type Kept } from './kept.ts';
import { sameButForPlaces, type Places } from './places.ts';

/**
 * Whether a file's facts, in all the readings that an analysis asked for, are the same to it but for places and for
 * functions that it did not follow. What these come to has to be asked again (`analysedAgain`).
 */
export function isSameWhereFollowed(
  kept: Kept,
  before: FileFacts,
  after: { readonly facts: FileFacts; readonly text: string },
  { places, table, apart }: { readonly places: Places; readonly table: PairsByCall; readonly apart: Apart },
): boolean {
  const { file } = before;
  if (contextSignature(before, kept.texts.get(file) ?? '') !== contextSignature(after.facts, after.text)) return false;
  const names = kept.consulted.get(file);
  if (!names) return false;
  const known = namesKnownIn(kept);
  const isWeightier = (a: FunctionFact, b: FunctionFact): boolean => {
    const text = (fact: FunctionFact): string => [...weighty(fact, { isKnown: () => known, table })].sort().join();
    return text(a) !== text(b);
  };
  const compare = new Comparison({ isFollowed: (name) => names.has(`${name}{}`), isWeightier }, places, apart);
  const variants = [...kept.variants.values()].filter((variant) => variant.file === file);
  return (
    compare.files(before, after.facts) &&
    variants.every(({ facts, again }) => {
      const now = again(after.facts);
      return facts === null || now === null ? facts === now : compare.files(facts, now);
    })
  );
}

interface Of {
  readonly isFollowed: (name: string) => boolean;
  readonly isWeightier: (before: FunctionFact, after: FunctionFact) => boolean;
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
      if (other ? !this.functions(before.file, fact, other) : !this.missing(before.file, name)) return false;
    }
    for (const name of now.keys()) if (!then.has(name) && !this.missing(before.file, name)) return false;
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
      if (a === undefined || b === undefined || name === laterRuns) this.apart.isDeep = this.apart.isRenamed = true;
    }
  }

  private functions(file: string, before: FunctionFact, after: FunctionFact): boolean {
    const [then, now] = [movedFrom(before), movedFrom(after)];
    if (then.fact === now.fact)
      return this.places.noteStretch({ from: before.span[0], to: before.span[2], by: now.by - then.by });
    if (this.of.isFollowed(before.name)) return sameButForPlaces(before, after, this.places);
    const head = (fact: FunctionFact): unknown => ({ ...fact, blocks: null, unreadable: null });
    const id = `${file}#${before.name}`;
    if (!sameButForPlaces(head(before), head(after), this.places)) this.apart.but.add(id);
    const [digest, other] = [digestOf(before), digestOf(after)];
    if (JSON.stringify(digest) !== JSON.stringify(other)) this.apart.returning.add(id);
    this.apart.isDeep ||=
      this.apart.but.size > 0 || digest.isPlain !== other.isPlain || this.of.isWeightier(before, after);
    return true;
  }

  /** A function that only one version has; by some names files are chosen. */
  private missing(file: string, name: string): boolean {
    this.apart.but.add(`${file}#${name}`);
    this.apart.isDeep = this.apart.isRenamed = true;
    return !isGetter(name) && !isStep(name);
  }
}

/** The functions of a file; null where two have one name. */
function byName({ functions }: FileFacts): ReadonlyMap<string, FunctionFact> | null {
  const all = new Map(functions.map((fact) => [fact.name, fact]));
  return all.size === functions.length ? all : null;
}

/** The same as what is not what it was. */
export function besidesOf(apart: readonly Apart[]): Besides {
  const but = new Set(apart.flatMap((each) => [...each.but]));
  const isRenamed = but.size > 0 || apart.some((each) => each.isRenamed);
  return { but, mentioning: isRenamed ? null : new Set(apart.flatMap(({ mentioning }) => [...mentioning])) };
}

export function newApart(): Apart {
  return {
    but: new Set(),
    isDeep: false,
    isRenamed: false,
    facts: new Map(),
    mentioning: new Set(),
    returning: new Set(),
  };
}

/** What is said otherwise in all files together, of the facts as the analysis had them. */
export function rewordingOf(kept: Pick<Kept, 'watched'>, apart: readonly Apart[]): Reworded {
  const now = new Map(apart.flatMap(({ facts }) => [...facts]));
  const facts = new Map<FileFacts, FileFacts>();
  for (const [made, of] of [...kept.watched, ...[...now.keys()].map((each) => [each, each] as const)]) {
    const other = now.get(of);
    if (other) facts.set(made, other);
  }
  return {
    facts,
    mentioning: new Set(apart.flatMap(({ mentioning }) => [...mentioning])),
    returning: new Set(apart.flatMap(({ returning }) => [...returning])),
  };
}

import type { Failure, Pair } from '../../lifecycle/index.ts';
import { ownRules, ruleById, severities, type Severity } from '../../rules/index.ts';

/** Where in a JSON value something is: `pairs`, 0, `fails`. */
export type JsonPath = readonly (string | number)[];

/** What is wrong with a value, and where in it. */
export interface Flaw {
  readonly path: JsonPath;
  readonly message: string;
}

export interface Checked<T> {
  readonly value: T;
  readonly flaws: readonly Flaw[];
}

export type Severities = Readonly<Record<string, Severity | 'off'>>;

const failures: readonly Failure[] = ['negative', 'null', 'error-pointer', 'error-pointer-or-null', 'nonzero', 'never'];
const traits = ['lasting', 'exposes', 'memory', 'used'] as const;
const members = ['kind', 'acquire', 'release', 'thing', 'thingAtRelease', 'fails', 'takesAlong', ...traits];
const storedAt = 'storedAt';

/** Pairs of calls as a person writes them, in a file of a tree or in the settings. Rows with a flaw are left out. */
export function checkPairs(value: unknown, path: JsonPath = []): Checked<readonly Pair[]> {
  if (!Array.isArray(value))
    return { value: [], flaws: [{ path, message: `it is a list of pairs, not ${kindOf(value)}` }] };
  const flaws: Flaw[] = [];
  const acquired = new Map<string, number>();
  const pairs = value.flatMap((row: unknown, index): Pair[] => {
    const reader = new Row(row, [...path, index]);
    const pair = reader.read();
    for (const name of pair?.acquire ?? []) {
      const known = acquired.get(name);
      if (known !== undefined) reader.flaw(['acquire'], `${name} is in row ${known} already`);
      acquired.set(name, index);
    }
    flaws.push(...reader.flaws);
    return pair && reader.flaws.length === 0 ? [pair] : [];
  });
  return { value: pairs, flaws };
}

/** Severities by rule, named with or without `pernet/`. */
export function checkRules(value: unknown, path: JsonPath = []): Checked<Severities> {
  if (!isObject(value))
    return { value: {}, flaws: [{ path, message: `it is an object of rules, not ${kindOf(value)}` }] };
  const flaws: Flaw[] = [];
  const levels = ['off', ...severities];
  const entries = Object.entries(value).flatMap(([name, level]): [string, Severity | 'off'][] => {
    const id = ruleById(name)?.id ?? ownRules.find((rule) => rule.id === name || rule.id === `pernet/${name}`)?.id;
    if (id === undefined) flaws.push({ path: [...path, name], message: `there is no rule ${name}` });
    else if (typeof level !== 'string' || !levels.includes(level))
      flaws.push({ path: [...path, name], message: `it is one of ${levels.join(', ')}` });
    else return [[id, level as Severity | 'off']];
    return [];
  });
  return { value: Object.fromEntries(entries), flaws };
}

/** One pair as it is read, member by member. */
class Row {
  readonly flaws: Flaw[] = [];

  constructor(
    private readonly row: unknown,
    private readonly path: JsonPath,
  ) {}

  flaw(at: JsonPath, message: string): void {
    this.flaws.push({ path: [...this.path, ...at], message });
  }

  read(): Pair | null {
    const { row } = this;
    if (!isObject(row)) {
      this.flaw([], `a pair is an object, not ${kindOf(row)}`);
      return null;
    }
    for (const name of Object.keys(row))
      if (!members.includes(name)) this.flaw([name], `there is no ${name} in a pair; there are ${members.join(', ')}`);
    const kind = row['kind'];
    if (typeof kind !== 'string' || !/^[A-Za-z0-9][\w ./-]*\w$/.test(kind))
      this.flaw(['kind'], 'it is a noun for messages: "slab cache"');
    const acquire = this.names('acquire');
    const release = this.names('release');
    const fails = row['fails'];
    if (!failures.includes(fails as Failure)) this.flaw(['fails'], `it is one of ${failures.join(', ')}`);
    for (const trait of traits)
      if (row[trait] !== undefined && typeof row[trait] !== 'boolean') this.flaw([trait], 'it is true or false');
    const along = row['takesAlong'];
    if (along !== undefined && !(Array.isArray(along) && along.every((each) => typeof each === 'string')))
      this.flaw(['takesAlong'], 'it is a list of kinds');
    const identity = this.identity();
    if (this.flaws.length > 0 || !identity) return null;
    const has = (trait: (typeof traits)[number]): boolean => row[trait] === true;
    return {
      kind: kind as string,
      acquire,
      release,
      ...identity,
      fails: fails as Failure,
      lasting: has('lasting'),
      ...(has('exposes') && { exposes: true }),
      ...(has('memory') && { memory: true }),
      ...(has('used') && { used: true }),
      ...(along === undefined ? {} : { takesAlong: along as string[] }),
      isStated: true,
      source: 'the pairs of the tree or of the settings',
    };
  }

  /** One name of a function, or several. */
  private names(member: 'acquire' | 'release'): string[] {
    const value = (this.row as Record<string, unknown>)[member];
    const all: unknown[] = Array.isArray(value) ? value : [value];
    if (all.length === 0 || !all.every((each) => typeof each === 'string' && /^[A-Za-z_]\w*$/.test(each))) {
      this.flaw([member], 'it is the name of a function, or a list of names');
      return [];
    }
    return all as string[];
  }

  private identity(): Pick<Pair, 'of' | 'releaseOf' | 'stores'> | null {
    const { thing, thingAtRelease } = this.row as Record<string, unknown>;
    const later = thingAtRelease === undefined ? null : numbersOf(thingAtRelease);
    if (thingAtRelease !== undefined && !later)
      this.flaw(['thingAtRelease'], 'it is an argument (from 0), or a list of them');
    if (thing === 'only-one') {
      if (later) this.flaw(['thingAtRelease'], 'there is but one such thing: nothing names it');
      return { of: 'fixed', releaseOf: [] };
    }
    if (thing === 'result') return this.one(later, { of: 'result' });
    if (isObject(thing) && Object.keys(thing).join() === storedAt) {
      const at = numbersOf(thing[storedAt]);
      if (at?.length === 1) return this.one(later, { of: at, stores: true });
    }
    const of = numbersOf(thing);
    if (!of) {
      this.flaw(
        ['thing'],
        `it is "result", an argument (from 0), a list of them, {"${storedAt}": argument} or "only-one"`,
      );
      return null;
    }
    if (later && later.length !== of.length)
      this.flaw(['thingAtRelease'], `${of.length} arguments name the thing, so as many do here`);
    return { of, releaseOf: later ?? of };
  }

  private one(
    later: readonly number[] | null,
    rest: Pick<Pair, 'of' | 'stores'>,
  ): Pick<Pair, 'of' | 'releaseOf' | 'stores'> {
    if (later && later.length !== 1) this.flaw(['thingAtRelease'], 'it is one argument here');
    return { ...rest, releaseOf: later ?? [0] };
  }
}

function numbersOf(value: unknown): number[] | null {
  const all: unknown[] = Array.isArray(value) ? value : [value];
  const isArgument = (each: unknown): boolean =>
    Number.isInteger(each) && (each as number) >= 0 && (each as number) <= 9;
  return all.length > 0 && all.every(isArgument) ? (all as number[]) : null;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** `pairs[0].fails`; `$` for the whole. */
export function pathText(path: JsonPath): string {
  const text = path.map((each) => (typeof each === 'number' ? `[${each}]` : `.${each}`)).join('');
  return text === '' ? '$' : text.replace(/^\./, '');
}

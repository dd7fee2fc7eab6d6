import { devicesIn } from './devices.ts';
import { entriesGiven, hooksGiven } from './entries.ts';
import { filledIn, freedIn, outsideOfBodies } from './filled.ts';
import { familiesIn, handlerIn, handlersElsewhere, tablesIn } from './genl.ts';
import { gatesIn } from './gates.ts';
import { givenBetween, givenInBody } from './given.ts';
import type { MentionedWord, Stretch, TextMemo } from './memo.ts';
import { dataKept } from './kept-data.ts';
import { droppedIn, laterUsesIn, runsIn, settingUpStatic, withoutDropped } from './later-words.ts';
import { matchesOf } from './matches.ts';
import { locksNeverSetUp } from './never-set-up.ts';
import { outlineOf } from './outline.ts';
import { roundsIn } from './rounds.ts';
import { strayFunctionsIn, type StrayFunction } from './stray.ts';
import { initsUnnamed } from './unnamed-inits.ts';
import { isWithFirst } from './first.ts';
import { headOf, pointersIn, wordsOfBody } from './pointers.ts';
import { askingMacros, unaskedIn } from './unasked.ts';
import {
  afterRcu,
  afterSrcu,
  askedFor,
  foundByRcu,
  frees,
  gateAsked,
  later,
  ofWholeFile,
  memberWord,
  published,
  withFirst,
} from './words.ts';

/** What speaks of names without using them: texts and comments. */
const unspoken = /"(?:\\.|[^"\\\n])*"|\/\*[^]*?\*\/|\/\/[^\n]*/g;

/** `static struct x name[] … = {` at file level, up to its closing brace. */
const variable = /^[^\n#;{}()=]*?\b([A-Za-z_]\w*)\s*(?:\[[^\]\n]*\]\s*)*=\s*\{([^;]*?)\}\s*;/gm;
const attribute = /^\s*DEFINE_(SHOW|SHOW_STORE|PROC_SHOW|SEQ)_ATTRIBUTE\s*\(?\s*(\w+)\s*[);]/gm;
/** `static struct kmem_cache *name;` at file level: what has no initialiser, or belongs to another file. */
const declaration =
  /^(?:static|extern|struct|unsigned|int|bool|const)\b[^\n;{}()=]*?\b([A-Za-z_]\w*)\s*(?:\[[^\]\n]*\]\s*)*;/gm;
/** `static struct foo_conf { … } *name;` at file level: a variable that brings its type along. */
const declarationWithType = /^(?:static\b[^\n()=]*)?\}[ \t]*(?:\*[ \t]*)*([A-Za-z_]\w*)\s*(?:\[[^\]\n]*\]\s*)*;/gm;
/** `static int name = 1;` at file level, and `static LIST_HEAD(name);`, which defines one as well. */
const ownVariable =
  /^static\b(?:[^\n;{}()=]*?\b([A-Za-z_]\w*)\s*(?:\[[^\]\n]*\]\s*)*[=;]|[ \t]+(?:DEFINE_(?!PER_CPU)|DECLARE_(?!PER_CPU)|\w*(?:LIST|NOTIFIER)_)[A-Z\d_]+[ \t]*\([ \t]*([A-Za-z_]\w*)[ \t]*[,)])/gm;
/** `static int foo_users;` at file level: a number that begins at zero. */
const zeroed =
  /^static[ \t]+(?:(?:unsigned|signed|long|short|int|size_t|[us](?:8|16|32|64)|enum[ \t]+\w+)[ \t]+)+(\w+)\s*(?:=\s*0\s*)?;/gm;
/** `static bool foo_running;`, likewise. */
const lowered = /^static[ \t]+bool[ \t]+(\w+)\s*(?:=\s*(?:false|0)\s*)?;/gm;
/** `foo_running = true`, and what else it may be set to. */
const raising = /\b(?<![\w.>]|\*\s*)([A-Za-z_]\w*)\s*=(?!=)\s*(?!(?:false|0)\s*[;,)])/g;
/** `foo_users++`, `--foo_users`. */
const counting = /(?:\+\+|--)\s*([A-Za-z_]\w*)\b(?!\s*(?:->|\.|\[|\())|(?<![\w.>])([A-Za-z_]\w*)\s*(?:\+\+|--)/g;
/** `&foo_users`, `module_param(foo_users, int, 0444)`. */
const sharing =
  /(?<!&)&\s*([A-Za-z_]\w*)\b(?!\s*(?:->|\.|\[|\())|\b(?:module|core)_param\w*\s*\(\s*(\w+)(?:\s*,\s*(\w+))?/g;
/** What follows `net->`, wherever the struct net comes from, and the same of `init_net`, as tables of settings have it. */
const netMember = /(?:(?:\bnet|_net\([^()]*\))->|\binit_net\.)(\w+(?:\.\w+)*)/g;
const anyWord = /[A-Za-z_]\w*/g;
/** Where the id is a member of something, `net_generic(net, foo_ops.net_id)`, it goes by all of that. */
const gettingData = /\bnet_generic\s*\([^;]*?,\s*(\w+(?:\.\w+)*)\s*\)/g;
const member = /\b([A-Za-z_]\w*)->(\w+)\b((?:\.\w+)*)/g;

const byRcu = /\bcall_rcu(?:_hurry)?\s*\([^;]*?,\s*(\w+)\s*\)/g;

const bySrcu = /\bcall_srcu\s*\([^;]*?,\s*(\w+)\s*\)/g;

/** `rcu_dereference(fn->state)`, `rcu_dereference(*slot)`: what a reader gets at; not who changes it (`_protected`). */
const findingByRcu =
  /\brcu_dereference(?:_all|_bh|_raw)?(?:_check)?\s*\(\s*(?:(\w+)(?:->|\.)(?:\w+(?:->|\.))*(\w+)|\*\s*\w+)\s*[,)]/g;

const publishing = /\b(?:rcu_assign_pointer|RCU_INIT_POINTER)\s*\(\s*(\w+)\s*,\s*(&?\w+)\s*\)/g;

/** Uses of a cache or a workqueue, which may be another file's. */
const usingShared =
  /\b(?:(?:kmem_cache_(?:z?alloc|free)|(?:queue|mod)_(?:delayed_)?work)\s*\(\s*(\w+)\s*,|(?:flush|drain)_workqueue\s*\(\s*(\w+)\s*\))/g;

/** `.setup = foo_setup`; the protocol of an entry of the protocol switch comes by its address, `.prot = &foo_prot`. */
const memberValue = /\.(?:\w+\s*=|prot\s*=\s*&)\s*([a-z_]\w*)\s*(?:,|$)/g;

/** `fn = foo_net(net)`: what a function named like a getter of per-net data returns. */
const got = /\b(\w+)\s*=\s*(\w*(?:_|\b)(?:per)?net(?:_\w+)?)\s*\(/g;

interface Part {
  readonly name: string;
  readonly words: readonly MentionedWord[];
}

/** What a file's text says of names, without a parse. */
export interface NamesOfText {
  readonly mentions: Readonly<Record<string, readonly string[]>>;
  /** The static variables of the file, in order. */
  readonly statics: readonly string[];
  /**
   * Those that count: numbers that begin at zero and that only functions count up or down to which no pointer leads, and
   * flags that begin lowered and that only functions raise which register ops.
   */
  readonly counters: readonly string[];
}

/**
 * What each function and each initialised variable of a file mentions, from its text alone: names that the file defines,
 * whatever is called, members of struct net (as `net->ipv4.foo`) and of what other pointers point at (as `>fn->list`, `>fn->table.rht`),
 * and which work items and timers it queues, stops and sets up. It says what can be reached, not on which path. `macros` is
 * the text with the file's macros.
 */
export function mentionsOf(
  prepared: string,
  memo?: TextMemo<Stretch>,
  outline = outlineOf(prepared),
  macros = '',
): NamesOfText {
  const asking = askingMacros(macros);
  const stretchOf = (text: string): Stretch => {
    const stretch = memo ? memo.of(text, () => readStretch(text)) : readStretch(text);
    const asked = asking && text.startsWith('{') ? text.search(asking) : -1;
    return asked < 0 ? stretch : { ...stretch, unasked: readStretch(text.slice(0, asked)).unasked };
  };
  const parts: Part[] = [];
  const stretches: Stretch[] = [];
  const gaps: string[] = [];
  const add = (text: string, name?: string, head = ''): void => {
    const stretch = stretchOf(text);
    stretches.push(stretch);
    if (name === undefined) gaps.push(text);
    parts.push(...(name === undefined ? stretch.variables : [{ name, words: wordsOfBody(stretch, head) }]));
  };
  // What stands between two functions may hold some that the outline does not show.
  const addBetween = (text: string): void => {
    let from = 0;
    for (const { name, open, end } of straysIn(text)) {
      add(text.slice(from, open));
      add(text.slice(open, end - 1), name, headOf(text, name, open));
      from = end;
    }
    add(text.slice(from));
  };
  let from = 0;
  for (const { name, open, close } of outline) {
    addBetween(prepared.slice(from, open));
    add(prepared.slice(open, close), name, headOf(prepared, name, open));
    from = close + 1;
  }
  addBetween(prepared.slice(from));
  const known = new Set(parts.map(({ name }) => name));
  for (const { declared } of stretches) for (const name of declared) known.add(name);
  const statics = new Set(stretches.flatMap((stretch) => stretch.statics));
  const mentions = new Map<string, string[]>();
  // What is freed only tells where something is put that is made.
  const isFilled = parts.some(({ words }) => words.some(({ word }) => word.startsWith(']')));
  for (const { name, words } of parts) {
    const all = new Set(mentions.get(name));
    for (const { word, isPlain, of = word } of words)
      if (!isFilled && word.startsWith(frees(''))) continue;
      else if (!isPlain || known.has(of) || (of !== word && statics.has(of)) || word === 'THIS_MODULE') all.add(word);
    mentions.set(name, [...all]);
  }
  const isDefined = new Set(mentions.keys());
  for (const { family, handlers } of handlersElsewhere(stretches, (name) => isDefined.has(name)))
    mentions.set(family, [...(mentions.get(family) ?? []), ...handlers]);
  const runs = [...new Set(stretches.flatMap((stretch) => stretch.runs))];
  const outside = isFilled
    ? outsideOfBodies(gaps.map(spoken), spoken(macros), {
        variables: variable,
        isFunction: (name) => isDefined.has(name),
      })
    : [];
  const between = [...new Set([...stretches.flatMap((stretch) => stretch.between), ...outside])];
  const hasOps = macros.includes('pernet_operations');
  const whole = hasOps ? spoken(macros) : '';
  const left = hasOps ? [...locksNeverSetUp(whole), ...initsUnnamed(whole)] : [];
  if (runs.length + between.length + left.length > 0)
    mentions.set(ofWholeFile, [...runs, ...pointersNaming(runs, stretches), ...between, ...left]);
  return {
    mentions: Object.fromEntries(mentions),
    statics: [...statics],
    counters: countersOf(stretches, parts),
  };
}

function countersOf(stretches: readonly Stretch[], parts: readonly Part[]): string[] {
  const all = (part: 'zeroes' | 'lowered' | 'counted' | 'raised' | 'raisedElsewhere' | 'shared'): Set<string> =>
    new Set(stretches.flatMap((stretch) => stretch[part]));
  const [zeroes, lowered] = [all('zeroes'), all('lowered')];
  if (zeroes.size === 0 && lowered.size === 0) return [];
  const [counted, raised, shared] = [all('counted'), all('raised'), all('shared')];
  const elsewhere = lowered.size > 0 && raised.size > 0 ? all('raisedElsewhere') : raised;
  const found = [
    ...[...zeroes].filter((name) => counted.has(name)),
    // A flag that only who registers raises says whether that has been done.
    ...[...lowered].filter((name) => raised.has(name) && !elsewhere.has(name)),
  ].filter((name) => !shared.has(name));
  if (found.every((name) => lowered.has(name))) return found;
  const reached = reachedByPointers(parts);
  return found.filter((name) => lowered.has(name) || !reached.has(name));
}

/** All that is mentioned by functions that are named without being called, and by what these come to. */
function reachedByPointers(parts: readonly Part[]): ReadonlySet<string> {
  const wordsOf = new Map<string, string[]>();
  const queue: string[] = [];
  for (const { name, words } of parts) {
    const all = wordsOf.get(name) ?? [];
    if (all.length === 0) wordsOf.set(name, all);
    for (const { word } of words) {
      all.push(word.replace('()', ''));
      if (/^\w+$/.test(word)) queue.push(word);
    }
  }
  const reached = new Set(queue.filter((name) => wordsOf.has(name)));
  const mentioned = new Set<string>();
  for (const name of reached)
    for (const word of wordsOf.get(name)!) {
      mentioned.add(word);
      if (wordsOf.has(word)) reached.add(word);
    }
  return mentioned;
}

/** What the pointers point at by which work items and timers are named: `fn` of `fn->work`. */
function pointersNaming(runs: readonly string[], stretches: readonly Stretch[]): readonly string[] {
  const roots = new Set(runs.flatMap((word) => /(\w+)->/.exec(word)?.[1] ?? []));
  if (roots.size === 0) return [];
  const all = stretches.flatMap(({ pointers }) => pointers.filter(({ name }) => roots.has(name)));
  return [...new Set(all.map(({ name, struct }) => later.pointsAt(name, struct)))];
}

function straysIn(gap: string): readonly StrayFunction[] {
  return gap.includes('{') ? strayFunctionsIn(spoken(gap)) : [];
}

/** A text without what speaks of names and does not use them, at equal length. */
function spoken(text: string): string {
  return text.replace(unspoken, (part) => ' '.repeat(part.length));
}

/** What a function's body (which begins with its brace) mentions, or what stands between two functions. */
function readStretch(raw: string): Stretch {
  const text = spoken(raw);
  const isBody = raw.startsWith('{');
  const initialised = isBody ? [] : variablesIn(text);
  return {
    words: isBody ? [...wordsIn(text), ...gateWordsIn(text)] : [],
    unasked: isBody ? unaskedIn(text) : [],
    variables: initialised.map((each) => ({
      name: each.name,
      words: [...wordsIn(each.text), ...membersIn(each.text)],
    })),
    declared: [declaration, declarationWithType, settingUpStatic].flatMap((one) =>
      matchesOf(text, one).map((match) => match[1]!),
    ),
    statics: isBody ? [] : matchesOf(text, ownVariable).map((match) => (match[1] ?? match[2])!),
    between: isBody ? [] : givenBetween(text),
    zeroes: isBody ? [] : namesOf(matchesOf(text, zeroed)),
    lowered: isBody ? [] : namesOf(matchesOf(text, lowered)),
    raised: isBody && text.includes('register_pernet_') ? namesOf(matchesOf(text, raising)) : [],
    raisedElsewhere: isBody && !text.includes('register_pernet_') ? namesOf(matchesOf(text, raising)) : [],
    counted: isBody && /\+\+|--/.test(text) ? namesOf(matchesOf(text, counting)) : [],
    shared: namesOf(matchesOf(text, sharing)),
    runs: [...runsIn(text)],
    pointers: pointersIn(text),
    families: isBody ? familiesIn(text) : [],
    tables: isBody ? [] : initialised.flatMap(({ name, text: own }) => tableOf(name, own)),
    handler: isBody ? null : handlerIn(text),
  };
}

/** What the groups of matches have caught. */
function namesOf(matches: readonly RegExpExecArray[]): string[] {
  return matches.flatMap((match) => match.slice(1).flatMap((name: string | undefined) => name ?? []));
}

function variablesIn(gap: string): { name: string; text: string }[] {
  const made = gap.includes('_ATTRIBUTE') ? matchesOf(gap, attribute).map(operationsOf) : [];
  if (!gap.includes('{')) return made;
  return [...made, ...matchesOf(gap, variable).map((match) => ({ name: match[1]!, text: match[2]! }))];
}

/** The file operations that `DEFINE_SHOW_ATTRIBUTE(foo)` and its kin define, and the functions in them (include/linux/seq_file.h). */
function operationsOf([, kind, name]: RegExpMatchArray): { name: string; text: string } {
  const members =
    kind === 'SEQ' ? [`${name}_sops`] : [`${name}_show`, ...(kind === 'SHOW_STORE' ? [`${name}_write`] : [])];
  const text = members.map((each) => `.read = ${each},`).join(' ');
  return { name: `${name}_${kind === 'PROC_SHOW' ? 'proc_ops' : 'fops'}`, text };
}

function tableOf(name: string, text: string): { of: string; names: readonly string[] }[] {
  const names = tablesIn(text);
  return names.length === 0 ? [] : [{ of: name, names }];
}

/** What the members of a structure are set to, another file's functions and protocols among them. */
function* membersIn(text: string): Generator<MentionedWord> {
  for (const match of matchesOf(text, memberValue)) yield { word: match[1]!, isPlain: false };
}

function* wordsIn(text: string): Generator<MentionedWord> {
  const seen = new Set<string>();
  for (const match of matchesOf(text, anyWord)) {
    const name = match[0];
    const isCalled = text[match.index + name.length] === '(';
    const word = isCalled ? `${name}()` : name;
    if (seen.has(word)) continue;
    seen.add(word);
    yield { word, isPlain: !isCalled };
  }
  for (const word of usesIn(text)) yield { word, isPlain: false };
}

/** Of the variables that a body asks for those count that the file has. */
function* gateWordsIn(text: string): Generator<MentionedWord> {
  for (const name of gatesIn(text)) yield { word: gateAsked(name), isPlain: true, of: name.replace(/\..*/, '') };
}

/** Whether a text asks if a variable is there: `!fn`, `fn == NULL`, `if (fn)`, `&& fn)`, `return fn ?`. */
function isAskedIn(text: string, name: string): boolean {
  const negated = `!\\s*${name}\\b`;
  const compared = `(?<!->|\\.)\\b${name}\\s*[=!]=\\s*NULL\\b`;
  const truth = `(?:\\b(?:if|likely)\\s*\\(|&&|\\|\\||(?<![=!<>])=|\\breturn\\b)\\s*${name}\\s*(?:&&|\\|\\||\\?)`;
  return new RegExp(
    `${negated}|${compared}|${truth}|\\b(?:if|likely)\\s*\\(\\s*${name}\\s*\\)|&&\\s*${name}\\s*\\)`,
  ).test(text);
}

/** Whether what a call yields is only asked for: `if (rcu_dereference(fn->state) != NULL)`, `entry == rcu_dereference(x)`. */
function isOnlyCompared(text: string, { 0: whole, index }: RegExpExecArray): boolean {
  const before = text.slice(Math.max(0, index - 20), index);
  if (/[!=]=\s*$/.test(before)) return true;
  if (!whole.endsWith(')') || !/(?:\b(?:if|while|likely|unlikely)\s*\(|!|&&|\|\||\breturn\b)\s*$/.test(before))
    return false;
  const end = index + whole.length;
  return (
    /^\s*(?:[!=]=|&&|\|\||\?)/.test(text.slice(end, end + 20)) ||
    (/[!(]\s*$/.test(before) && /^\s*\)/.test(text.slice(end, end + 20)))
  );
}

/** What a text does with what it names. */
function* usesIn(whole: string): Generator<string> {
  const dropped = droppedIn(whole);
  for (const each of dropped) yield later.drops(each);
  const text = withoutDropped(whole, dropped);
  // The id of an ops' own data is a variable without an initialiser.
  for (const match of matchesOf(text, gettingData)) yield match[1]!;
  for (const match of matchesOf(text, usingShared)) yield (match[1] ?? match[2])!;
  for (const match of matchesOf(text, netMember)) yield `net->${match[1]!}`;
  for (const [, pointer = '', name = '', inner = ''] of matchesOf(text, member)) {
    if (pointer === 'net') continue;
    yield memberWord(pointer, name);
    if (inner !== '') yield memberWord(pointer, name + inner);
  }
  for (const match of matchesOf(text, got)) if (isAskedIn(text, match[1]!)) yield askedFor(match[2]!);
  yield* laterUsesIn(text);
  yield* roundsIn(text);
  for (const match of matchesOf(text, byRcu)) yield afterRcu(match[1]!);
  for (const match of matchesOf(text, bySrcu)) yield afterSrcu(match[1]!);
  for (const [, pointer = '', value = ''] of matchesOf(text, publishing))
    yield value === 'NULL' ? published.resets(pointer) : published.sets(pointer, value);
  const finds = matchesOf(text, findingByRcu).filter((match) => !isOnlyCompared(text, match));
  const structs = new Map(finds.length > 0 ? pointersIn(text).map(({ name, struct }) => [name, struct]) : []);
  for (const [, pointer = '', name = '*'] of finds) {
    yield foundByRcu(name);
    const struct = structs.get(pointer);
    if (struct !== undefined) yield foundByRcu(`${struct}->${name}`);
  }
  yield* givenInBody(text);
  yield* devicesIn(text);
  yield* entriesGiven(text);
  yield* hooksGiven(text);
  yield* filledIn(text);
  yield* freedIn(text);
  yield* dataKept(text);
  if (isWithFirst(text)) yield withFirst;
}

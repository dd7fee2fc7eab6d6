import { expressionsOf, walkExpression, type Expr, type FunctionFact } from '../../facts/ir.ts';
import {
  definesStruct,
  filledBy,
  frees,
  givenAnywhere,
  holdsCommands,
  isMemberWord,
  namedOutside,
  ofWholeFile,
  type Put,
} from '../../facts/words.ts';
import type { FunctionEntry, OpsEntry, Program } from '../../program/program.ts';
import type { Reach } from '../../program/reach.ts';
import { callbackOf, exitsOf } from '../bodies/callbacks-of.ts';
import { callsIn } from '../bodies/may-stop.ts';
import type { PairsByCall } from '../resources/index.ts';
import { structBehind, structOfData } from '../bodies/structs.ts';
import { callsOf, nameOf, within } from '../bodies/body.ts';

/** What commands of users put into an ops' data of a namespace, and nothing but such commands takes out. */
export interface LeftFilled {
  /** The member of the data: the head of a list or a hash table, an array of pointers. */
  readonly member: string;
  readonly struct: string;
  /** The function that makes a thing and puts it there. */
  readonly by: string;
}

/** What may take a thing out of where it lies, or go through all, by the name of a call. */
const takesOut =
  /(?:^|_)(?:del|delete|erase|remove|release|move|replace|splice|cut|cmpxchg|xchg|store|extract|pop|free|put|purge|flush|destroy|cleanup|clear|drain|for_each)(?:_|$)/;

/** What only gives back what an array takes for itself (lib/xarray.c, lib/idr.c). */
const onlyForgets = /^(?:xa|idr)_destroy$/;

/**
 * What holds the namespace, or a file or socket of a user's that does: until it is given back the exit does not run. Who asks
 * a message for its namespace holds nothing.
 */
const mayHold =
  /^(?:maybe_)?get_net|(?:^|_)(?:sock|sockfd|socket|file|fget|fdget|netdev|dev|device|module|task|pid|user)(?:_|$)/;
const onlyAsks = /^(?:sock_net|dev_net\w*|genl_info_net|netlink_ns_capable)$/;

/**
 * The lists, hash tables and arrays of an ops' own data that only commands of users fill, with what they allocate, and
 * that nothing empties but such commands: the exits do not speak of them. Both structures are those of the ops' file, so that
 * no other file takes anything out, and all functions that may are static and lead to nothing but tables of commands.
 */
export function leftFilled(
  program: Program,
  { reach, table }: { readonly reach: Reach; readonly table: PairsByCall },
  ops: OpsEntry,
): readonly LeftFilled[] {
  const { file } = ops;
  const facts = program.facts(file);
  const said = facts?.mentions[ofWholeFile] ?? [];
  const own = structOfData(ops.fact);
  if (!facts || file.endsWith('.h') || own === undefined || !said.includes(definesStruct(own))) return [];
  const functions = new Map(facts.functions.map((fact) => [fact.name, fact]));
  const puts = [...functions.values()].flatMap((fact) =>
    wordsOf(facts.mentions, fact.name).flatMap((word) => {
      const put = filledBy(word);
      const of = put?.of.startsWith(':') ? put.of.slice(1) : fact.structs?.[put?.of ?? '']?.replace(/\*$/, '');
      return put && of === own ? [{ fact, put, member: put.member }] : [];
    }),
  );
  if (puts.length === 0) return [];
  const exits = exitsOf(program, ops);
  if (exits.length === 0 || !callbackOf(program, ops, 'init')) return [];
  const users = new Users(facts.mentions, (name) => functions.has(name));
  const isCommand = (name: string): boolean => said.includes(holdsCommands(name));
  /** Whether a function can be called by commands of users only; one that nobody names may be called by a macro. */
  const isByCommands = (name: string): boolean =>
    users.of(name).size > 1 &&
    [...users.of(name)].every((each) =>
      functions.has(each)
        ? functions.get(each)!.isStatic && !said.includes(namedOutside(each)) && !isMacroLike(facts.aliases, each)
        : isCommand(each),
    );
  const isMade = ({ by }: Put): boolean =>
    table.acquires.get(by)?.memory ?? wordsOf(facts.mentions, by).some((word) => isMaking(table, word));
  const found = new Map<string, LeftFilled>();
  for (const member of new Set(puts.map((put) => put.member))) {
    const all = puts.filter((put) => put.member === member);
    const links = new Set(all.map(({ put }) => put.link).filter((link) => link !== ''));
    const structs = new Set(all.map(({ put }) => put.struct));
    const members = [member, ...links];
    const isLocal =
      [...structs].every((struct) => said.includes(definesStruct(struct))) &&
      members.every((each) => !said.includes(givenAnywhere(each)));
    if (!isLocal || !all.every(({ put }) => isMade(put))) continue;
    if (!all.every(({ fact }) => isByCommands(fact.name) && [...users.of(fact.name)].some(isCommand))) continue;
    if (all.some(({ fact }) => [...reach.from(file, fact.name, 'calls').keys()].some(mayHoldNamespace))) continue;
    const removers = [...functions.values()].filter((fact) =>
      mayTakeOut(wordsOf(facts.mentions, fact.name), { fact, members, structs }),
    );
    if (!removers.every((fact) => isByCommands(fact.name))) continue;
    const above = new Set(all.flatMap(({ fact }) => [...users.of(fact.name)].filter((name) => functions.has(name))));
    const takers = removers
      .filter(({ name }) => takesFor(wordsOf(facts.mentions, name), members))
      .map(({ name }) => name);
    // What a command itself takes out again, or waits to be taken out, lies there while it runs.
    const isTakenBack = (name: string): boolean => {
      const words = reach.from(file, name, 'calls');
      return (
        takers.some((taker) => taker === name || words.has(taker)) || [...words.keys()].some((word) => waits.test(word))
      );
    };
    if ([...above].some((name) => isTakenBack(name))) continue;
    if (exits.some((fn) => handsToUnknown(program, fn, own))) continue;
    const isSpokenOf = exits.some((fn) =>
      reach
        .through(fn.file, fn.fact.name, 'calls')
        .some(
          ({ file: home, name, words }) =>
            words.some((word) => isMemberWord(word, member)) &&
            (home !== fn.file || name !== fn.fact.name || !onlyForgetsIt(fn.fact, member)),
        ),
    );
    if (!isSpokenOf) found.set(member, { member, struct: own, by: all[0]!.fact.name });
  }
  return [...found.values()];
}

/** Whether an exit passes the data to what is no function at hand: a macro may empty it. */
function handsToUnknown(program: Program, exit: FunctionEntry, own: string): boolean {
  return within(program, exit, 2).some((each) =>
    callsOf(each).some((call) => {
      const name = nameOf(call);
      if (program.lookUp(each.file, name) || /^(?:net_generic|memset|IS_ERR\w*|list_\w+)$/.test(name)) return false;
      const isData = (e: Expr): boolean => structBehind(each.fact, e)?.replace('*', '') === own;
      return call.args.some(isData) || (/^(?!WARN|BUG|ARRAY_SIZE|READ_ONCE)[A-Z]/.test(name) && call.args.length > 0);
    }),
  );
}

/** Who waits for an answer has what it asked for lie there that long. */
const waits = /^(?:s?wait_|schedule_timeout)/;

/** What takes a thing out for certain. */
const unlists = /(?:^|_)(?:del|delete|erase|remove|splice|cut|xchg|extract|pop)(?:_|$)/;

function takesFor(words: readonly string[], members: readonly string[]): boolean {
  return (
    members.some((member) => words.some((word) => isMemberWord(word, member))) &&
    words.some((word) => word.endsWith('()') && unlists.test(word.slice(0, -2)))
  );
}

function mayHoldNamespace(word: string): boolean {
  return mayHold.test(word) && !onlyAsks.test(word);
}

/** Who mentions a function of a file, and who mentions these, to the end. */
class Users {
  private readonly direct = new Map<string, Set<string>>();

  constructor(
    mentions: Mentions,
    private readonly isFunction: (name: string) => boolean,
  ) {
    for (const name of Object.keys(mentions)) {
      if (name === ofWholeFile) continue;
      for (const word of wordsOf(mentions, name)) {
        const used = word.replace(/\(\)$/, '');
        if (used === name || !Object.hasOwn(mentions, used)) continue;
        const known = this.direct.get(used);
        if (known) known.add(name);
        else this.direct.set(used, new Set([name]));
      }
    }
  }

  /** The function itself among them; a table is the end. */
  of(name: string): ReadonlySet<string> {
    const found = new Set([name]);
    for (const each of found)
      if (this.isFunction(each)) for (const user of this.direct.get(each) ?? []) found.add(user);
    return found;
  }
}

type Mentions = Readonly<Record<string, readonly string[]>>;

function wordsOf(mentions: Mentions, name: string): readonly string[] {
  return Object.hasOwn(mentions, name) ? mentions[name]! : [];
}

function isMacroLike(aliases: Readonly<Record<string, string>>, name: string): boolean {
  return Object.values(aliases).includes(name);
}

function isMaking(table: PairsByCall, word: string): boolean {
  return word.endsWith('()') && table.acquires.get(word.slice(0, -2))?.memory === true;
}

/** Whether a function may take something out of a list or an array, or free what lies there. */
function mayTakeOut(
  words: readonly string[],
  {
    fact,
    members,
    structs,
  }: { readonly fact: FunctionFact; readonly members: readonly string[]; readonly structs: ReadonlySet<string> },
): boolean {
  const isFree = (word: string): boolean => {
    if (!word.startsWith(frees(''))) return false;
    const what = word.slice(frees('').length);
    const struct = what.startsWith(':') ? what.slice(1) : fact.structs?.[what]?.replace(/\*$/, '');
    return struct === undefined || structs.has(struct);
  };
  if (words.some(isFree)) return true;
  const isNamed = members.some(
    (member) => words.some((word) => isMemberWord(word, member)) && !onlyForgetsIt(fact, member),
  );
  return (
    isNamed &&
    words.some((word) => {
      const name = word.replace(/\(\)$/, '');
      return name !== word && takesOut.test(name);
    })
  );
}

/** Whether a function names a member only to have an array forget what it holds. */
function onlyForgetsIt({ blocks, unreadable }: FunctionFact, member: string): boolean {
  if (!blocks || unreadable) return false;
  const timesIn = (all: Iterable<Expr>): number =>
    [...all].flatMap((e) => [...walkExpression(e)]).filter((e) => e.k === 'field' && e.name === member).length;
  const forgetting = blocks
    .flatMap(callsIn)
    .flatMap(({ fn, args }) => (fn.k === 'id' && onlyForgets.test(fn.name) ? args : []));
  return timesIn(expressionsOf(blocks)) === timesIn(forgetting);
}

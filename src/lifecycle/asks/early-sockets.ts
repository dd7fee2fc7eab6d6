import { folderOf } from '../../facts/folder.ts';
import { askedFor, asksMember, gateAsked } from '../../facts/words.ts';
import type { OpsEntry, Program } from '../../program/program.ts';
import type { Reach, Way } from '../../program/reach.ts';
import { plainName } from '../../program/statics.ts';
import { callbackOf } from '../bodies/callbacks-of.ts';
import { idOf } from '../bodies/known.ts';
import { membersSetIn, numbersSetIn } from '../bodies/net-members.ts';
import type { TraceStep } from '../paths/trace.ts';

/** What makes or takes a socket of the kernel's own. */
const opensSocket = /(?:sock(?:et)?_create|create_\w*sock|ctl_?so?ck|sk_alloc$)/;

/** The function of a `struct proto` that socket() calls: `foo_init_sock`, `foo_sk_init`. */
const initOfSocket = /(?:^|_)(?:init_so?c?k|so?c?k_init)(?:_|$)/;

/** In how few steps a socket's init gets at what it cannot do without. */
const mostSteps = 2;

/** Whether an ops' init opens a socket, so that its protocol has to be found before it is registered. */
export function opensSockets(program: Program, reach: Reach, ops: OpsEntry): boolean {
  const init = callbackOf(program, ops, 'init');
  if (!init) return false;
  return [...reach.from(init.file, init.fact.name).keys()].some((word) => opensSocket.test(word));
}

/**
 * What of an ops' per-net state the init of a socket reads, which can be called for every namespace once the protocol
 * switch has the socket's type; null when nothing is known. What one of the ops that are there `before` sets is there as well.
 */
export function usedBySockets(
  program: Program,
  reach: Reach,
  { args, place }: TraceStep & { readonly t: 'acquire' },
  ops: OpsEntry,
  before: readonly OpsEntry[],
): string | null {
  const init = callbackOf(program, ops, 'init');
  if (!init) return null;
  const early = new Set(
    before.flatMap((each) => {
      const fn = callbackOf(program, each, 'init');
      return fn ? [...numbersSetIn(fn), ...membersSetIn(fn).keys()] : [];
    }),
  );
  const set = new Set([
    ...numbersSetIn(init),
    ...[...membersSetIn(init)].flatMap(([name, isPlace]) => (isPlace ? name : [])),
  ]);
  const id = idOf(program, ops);
  for (const arg of args) {
    const entry = /^&?([A-Za-z_]\w*)(?:$|\[)/.exec(plainName(arg))?.[1];
    if (entry === undefined) continue;
    for (const { file, name } of initsOf(program, place.file, entry)) {
      const words = reach.from(file, name, 'calls');
      const near = (word: string): boolean => {
        const way = words.get(word);
        return way !== undefined && way.within && way.steps <= mostSteps;
      };
      if (asks(words)) continue;
      if (id !== undefined && near(id)) return `net_generic(net, ${id})`;
      const member = [...set].find((each) => !early.has(each) && near(each));
      if (member !== undefined) return member;
    }
  }
  return null;
}

/** Calls that read what others set meanwhile: a flag that says whether all is there. */
const readsGate = /^(?:READ_ONCE|smp_load_acquire|static_(?:branch|key)_\w+|(?:test|atomic\w*_read)(?:_bit)?)$/;

/** Whether a socket's init asks whether something is there yet, or may do so by a flag of its module. */
function asks(words: ReadonlyMap<string, Way>): boolean {
  return [...words].some(([word, { steps, within }]) => {
    if (steps > mostSteps) return false;
    if (word.startsWith(askedFor('')) || word.startsWith(asksMember('net'))) return true;
    return within && (word.startsWith(gateAsked('')) || readsGate.test(word.replace('()', '')));
  });
}

/**
 * The init functions of the protocols that an entry of the protocol switch names: the entry in its own file, a protocol
 * there or in another file of its folder (one `struct proto` for the entries of both families).
 */
function* initsOf(program: Program, file: string, entry: string): Generator<{ file: string; name: string }> {
  for (const proto of wordsOf(program, file, entry)) {
    if (program.resolveFunction(file, proto)) continue;
    const home = homeOf(program, file, proto);
    if (home === null) continue;
    for (const word of wordsOf(program, home, proto)) {
      const fn = initOfSocket.test(word) ? program.resolveFunction(home, word) : undefined;
      if (fn) yield { file: fn.file, name: fn.fact.name };
    }
  }
}

/** What an initialised variable of a file mentions. */
function wordsOf(program: Program, file: string, name: string): readonly string[] {
  const { mentions = {} } = program.facts(file) ?? {};
  return Object.hasOwn(mentions, name) ? (mentions[name] ?? []) : [];
}

/** The file that has an initialised variable which another one names: that one, or the only one of its folder. */
function homeOf(program: Program, file: string, name: string): string | null {
  if (wordsOf(program, file, name).length > 0) return file;
  const homes = program.fileNames().filter((each) => {
    if (each === file || folderOf(each) !== folderOf(file)) return false;
    return wordsOf(program, each, name).length > 0 && program.facts(each)?.statics.includes(name) !== true;
  });
  return homes.length === 1 ? homes[0]! : null;
}

import type { FileFacts } from './ir.ts';

/** The words by which `mentionsOf` says more of a use than a name: what is asked for, what runs later, whose member. */

/** The word for a function whose result is asked for before it is used: `fn = foo_net(net); if (!fn) return;`. */
export function askedFor(getter: string): string {
  return `?${getter}`;
}

/**
 * Under this key stands what is said of a file as a whole: what its work items and timers run, which of them its functions
 * queue, stop or wait for, what the pointers point at by which they are named, the structures that it defines, and the
 * members that are given away outside of functions.
 */
export const ofWholeFile = '=';

/** Words of what runs later, as `mentionsOf` writes them: `x` is the expression that names a work item or a timer. */
export const later = {
  queues: (x: string): string => `+${x}`,
  /** Queued on a workqueue once a time is over: until then that does not know of it. */
  queuesLateOn: (queue: string, x: string): string => `@${queue}=${x}`,
  stops: (x: string): string => `-${x}`,
  /** Taken off its queue by a function that does nothing else with it: what runs already goes on (`timer_delete()`). */
  drops: (x: string): string => `/${x}`,
  setsUp: (x: string): string => `=${x}`,
  runs: (x: string, fn: string): string => `${x}=${fn}`,
  /** Left to a queue that is no module's own: the system's workqueue, the timers. */
  leaves: (x: string): string => `>${x}`,
  /** Waited for by `flush_work()`: it can be queued again at once. */
  waits: (x: string): string => `!${x}`,
  /** It is a timer: no wait for a workqueue ends it. */
  isTimer: (x: string): string => `^${x}`,
  /** A pointer by which the file names one of them is declared to point at such a structure. */
  pointsAt: (pointer: string, struct: string): string => `:${pointer}:${struct}`,
};

/** What takes a work item or a timer off its queue and does not wait for it: calls by their names, as a pattern. */
export const droppingCalls = 'cancel_(?:delayed_)?work|del_timer|timer_delete|timer_shutdown';

/** The word for a function that RCU is asked to call: `call_rcu(&foo->rcu, fn)`. */
export function afterRcu(fn: string): string {
  return `~${fn}`;
}

/** The word for a function that SRCU is asked to call: `call_srcu(&foo_srcu, &foo->rcu, fn)`. */
export function afterSrcu(fn: string): string {
  return `%${fn}`;
}

/**
 * The word for a member, or `*` for what a pointer points to, that a function finds by RCU: `rcu_dereference(fn->state)`. There
 * is one with its structure as well, where the function declares the pointer: `foo_net->state`.
 */
export function foundByRcu(member: string): string {
  return `]${member}`;
}

/** The word for a member of a structure in which a function keeps a pointer to the data of an ops with this id. */
export function keepsData(struct: string, member: string, id: string): string {
  return `]${struct}->${member}=${id}`;
}

/** The word for a lock of some kind in an ops' data (the structure of its size) that a file takes and never sets up. */
export function neverSetUp(data: string, kind: string, member: string): string {
  return `]!${data}:${kind}:${member}`;
}

/** The word for a function that sets up for a namespace and that nothing in its file's whole text names. */
export function unnamedInit(fn: string): string {
  return `.${fn}`;
}

/** Words of a global pointer of someone else's that is published by RCU: `RCU_INIT_POINTER(x, &value)`, `(x, NULL)`. */
export const published = {
  sets: (x: string, value: string): string => `*${x}=${value}`,
  resets: (x: string): string => `*${x}`,
};

/** The word for a variable that a function asks for, and does more than say something by what it finds: `if (!foo_ready) return;`. */
export function gateAsked(name: string): string {
  return `(${name}`;
}

/** The word for a function that looks for an entry of a variable's, and gives it back to who asks. */
export function givesEntry(list: string): string {
  return `}${list}`;
}

/** The word for what the hooks get that a pointer leads to: `chain->ops.priv = chain`. */
export function hookGets(pointer: string, value: string): string {
  return `$${pointer}=${value}`;
}

/** The word for what is read or written behind a local or global pointer. */
export function memberWord(pointer: string, name: string): string {
  return `>${pointer}->${name}`;
}

/** Whether a word is that of a member, behind whatever pointer. */
export function isMemberWord(word: string, name: string): boolean {
  return word.startsWith('>') && word.endsWith(`->${name}`);
}

/** The word for a member of which a function may give back what it points at: it passes that on, keeps or returns it. */
export function given(member: string): string {
  return `"${member}`;
}

/** The word for a member that a function asks for before it uses what it points at: `if (fn->table)`. */
export function asksMember(member: string): string {
  return `"?${member}`;
}

/** How something is used: what it points at is looked into, or the address of a part of that; it is handed on, or its address is. */
export type UseForm = 'value' | 'part' | 'handed' | 'address';

/** Words of what a function does before it asks for anything that may say whether a thing is there (`unaskedIn()`). */
export const unasked = {
  /** `place` is `foo_net->table`, by what the pointer points at; `to` is what that is handed to. */
  uses: (form: UseForm, place: string, to = ''): string => `<${form}=${to}:${place}`,
  use: /^<(value|part|handed|address)=(\w*):(\w*)->(.*)$/,
  calls: (name: string): string => `<${name}`,
};

/** The same of what is no function's: of a macro, of a body that was not told from what stands around it. */
export function givenAnywhere(member: string): string {
  return `#${member}`;
}

/** The word for a member that a macro of a file names, or another that it uses: `foo_slot(fn, i)`. */
export function macroNames(macro: string, member: string): string {
  return `#${macro}(=${member}`;
}

/** The word for a structure that a file defines. */
export function definesStruct(name: string): string {
  return `{${name}`;
}

/** The word for such a structure with members that need more room than a pointer. */
export function definesLarge(name: string): string {
  return `{${name}+`;
}

/** The word for an array that a file initialises, of so many structures. */
export function hasElements(name: string, count: number): string {
  return `{${name}[${count}]`;
}

/** How many elements an array has by such a word; null where it is none of that array. */
export function elementsIn(word: string, name: string): number | null {
  const rest = word.startsWith(`{${name}[`) ? word.slice(name.length + 2) : '';
  return /^\d+\]$/.test(rest) ? parseInt(rest, 10) : null;
}

/** The word for a variable that users set: `module_param(foo_buckets, uint, 0444)`. */
export function setByUsers(name: string): string {
  return `{${name}?`;
}

/** The word for a union without a name of its own: its members share a place with one another and are named as their neighbours are. */
export const hasUnion = '|union';

/** The word for the pointers that share a union's place. */
export function sharePlace(members: readonly string[]): string {
  return `|${members.join('|')}|`;
}

/**
 * The word for a member where a function keeps a device's private data, that of a structure (`:foo_net`) or of what a
 * parameter points at (`fn`).
 */
export function keepsDevice(of: string, member: string): string {
  return `%${of}->${member}`;
}

/**
 * The word for a member of a structure (`:foo_net`, or of what a parameter points at) where a function puts what it has made
 * by a call: a list, with the member by which a thing lies in it, or an array.
 */
export function fills(of: string, member: string, put: Put): string {
  return `]${of}->${member}=${put.link}:${put.struct}:${put.by}`;
}

export interface Put {
  readonly link: string;
  readonly struct: string;
  readonly by: string;
}

/** What the word says, if it is one. */
export function filledBy(word: string): (Put & { readonly of: string; readonly member: string }) | null {
  const [, of, member, link = '', struct, by] = /^\](:?\w+)->(\w+)=(\w*):(\w+):(\w+)$/.exec(word) ?? [];
  return of === undefined || member === undefined || struct === undefined || by === undefined
    ? null
    : { of, member, link, struct, by };
}

/** The word for what a function frees: a structure's (`:foo`), by the name of a parameter, or what is not known. */
export function frees(what: string): string {
  return `[${what}`;
}

/** The word for a table of commands that users give by netlink. */
export function holdsCommands(table: string): string {
  return `;${table}`;
}

/** What stands for the names that a macro of the file makes of parts: `foo_##name`. */
export const pasted = '##';

/** The word for a function that is named outside of functions and tables, or by a macro. */
export function namedOutside(fn: string): string {
  return `,${fn}`;
}

/** The member that says of a device that it never leaves its namespace, under the names that it has had. */
export const staysInNamespace = /->(?:netns_local|netns_immutable)$/;

/** A function by its name that gets at an ops' data of a namespace: `foo_net(net)`, `foo_pernet(net)`, `net_foo(net)`. */
const getter = /(?:^|_)(?:per)?net(?:_|$)/;

/** Whether a function of this name is taken for a getter of per-net data: where a header has it, it is read as well. */
export function isGetter(name: string): boolean {
  return getter.test(name) && name !== 'net_generic';
}

/** A function by its name that sets something up or takes it down. */
const step =
  /(?:^|_)(?:init|register|setup|start|create|alloc|add|exit|fini|cleanup|unregister|destroy|free|remove|del|stop|shutdown|release|uninit|deinit|put|teardown|purge|flush|invalidate|detach|attach|enable|disable|open|close)(?:_|$)/;

/** Whether a function of this name may be read with the callbacks that call it, from another file of their folder. */
export function isStep(name: string): boolean {
  return step.test(name);
}

/** Whether a name says no more than that it gets at per-net data: `foo_pernet(net)`, `net_foo(net)`, not `foo_net_alloc(net)`. */
export function isPlainGetter(name: string): boolean {
  return /(?:_|^)(?:per)?net$|^net_/.test(name) && isGetter(name) && !isStep(name);
}

/** All names that something of a file mentions. */
export function namesMentioned({ mentions }: Pick<FileFacts, 'mentions'>): Set<string> {
  return new Set(Object.values(mentions).flatMap((words) => words.map((word) => word.replace('()', ''))));
}

/** What a loop goes through by a counter, and between which bounds. */
export interface Round {
  readonly array: string;
  readonly from: string;
  readonly to: string;
  /** Whether its body takes something down. */
  readonly releases: boolean;
}

/** The word for an array of which a body names an element by a number or a constant. */
export function namesElement(array: string): string {
  return `for ${array}`;
}

/** The word for a loop that goes through an array. */
export function goesRound({ array, from, to, releases }: Round): string {
  return `for ${array} ${from} ${to} ${releases ? 'releases' : ''}`;
}

/** What the word says, if it is one. */
export function roundIn(word: string): Round | null {
  const [key, array = '', from, to, releases] = word.startsWith('for ') ? word.split(' ') : [];
  if (key === undefined || from === undefined || to === undefined) return null;
  return { array, from, to, releases: releases === 'releases' };
}

/** The word for a function that has to do with init_net, beyond comparing others with it. */
export const withFirst = 'with init_net';

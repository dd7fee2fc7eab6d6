import { expressionsOf, walkExpression, type Block, type Expr } from '../../facts/ir.ts';
import type { FunctionEntry, Program } from '../../program/program.ts';

/** What a list of a function's own is for, of which only one half is done. */
export interface HalfUsed {
  readonly list: string;
  /** The call that puts things on it, or that takes down what is on it. */
  readonly call: string;
  readonly isFilled: boolean;
}

/** `LIST_HEAD(list);` in a function's body. */
const declares = /^H?LIST_HEAD$|^LLIST_HEAD$/;
const initialises = /^INIT_H?LIST_HEAD$|^init_llist_head$/;
/** Calls that put what they are passed first on the list that they are passed second (include/linux/list.h, net/core/dev.c). */
const fills = /^list_(?:add|move|splice)(?:_tail)?(?:_init)?(?:_rcu)?$|^unregister_netdevice_queue$/;
/** Calls that take down all that is on a list, and do nothing where there is nothing. */
const takesDown = /^unregister_netdevice_many(?:_notify)?$|^dev_close_many$/;

/**
 * The lists that a function has for itself, and either puts things on that nothing takes from there again, or has things on
 * taken down that nobody has put there. Where an option decides over some of it, its other half may be there.
 */
export function halfUsedLists(program: Program, { file, fact }: FunctionEntry): readonly HalfUsed[] {
  const blocks = fact.blocks ?? [];
  if (fact.options.length > 0 || fact.unreadable) return [];
  const all = allOf(blocks);
  const calls = callsIn(all);
  const lists = calls.flatMap(({ name, args: [arg] }) => (declares.test(name) && arg?.k === 'id' ? [arg.name] : []));
  return lists.flatMap((list) => {
    const passed = calls.flatMap(({ name, args }) =>
      args.flatMap((arg, index) => (isAddress(arg, list) ? [{ name, index }] : [])),
    );
    // Each mention has to be one of these, and one more in the declaration.
    if (mentions(all, list) !== passed.length + 1) return [];
    const uses = passed.filter(({ name }) => !initialises.test(name));
    const isFilled = uses.every((use) => fillsOnly(program, file, use));
    const isTakenDown = uses.every(({ name }) => takesDown.test(name));
    return uses[0] && (isFilled || isTakenDown) ? [{ list, call: uses[0].name, isFilled }] : [];
  });
}

interface Use {
  readonly name: string;
  /** The argument that the list is. */
  readonly index: number;
}

function callsIn(all: readonly Expr[]): { readonly name: string; readonly args: readonly Expr[] }[] {
  return all.flatMap((e) => (e.k === 'call' && e.fn.k === 'id' ? [{ name: e.fn.name, args: e.args }] : []));
}

/** Whether a call puts something on the list that it is passed, itself or in what it calls, and does nothing else with it. */
function fillsOnly(program: Program, file: string, use: Use, known = new Map<string, boolean>()): boolean {
  const key = `${file}#${use.name}#${use.index}`;
  let is = known.get(key);
  if (is === undefined) {
    // One that leads to itself is known to do nothing else but for what is looked at now.
    known.set(key, true);
    known.set(key, (is = fillsOnlyHere(program, file, use, known)));
  }
  return is;
}

function fillsOnlyHere(program: Program, file: string, { name, index }: Use, known: Map<string, boolean>): boolean {
  if (fills.test(name)) return index === 1;
  const helper = program.resolveFunction(file, name);
  const param = helper?.fact.params[index];
  if (!helper || !param || !helper.fact.blocks || helper.fact.unreadable || helper.fact.options.length > 0)
    return false;
  const all = allOf(helper.fact.blocks);
  const isIt = (e: Expr): boolean => e.k === 'id' && e.name === param;
  const passed = callsIn(all).flatMap((call) =>
    call.args.flatMap((arg, at) => (isIt(arg) ? [{ name: call.name, index: at }] : [])),
  );
  if (passed.length === 0 || mentions(all, param) !== passed.length) return false;
  return passed.every((use) => fillsOnly(program, helper.file, use, known));
}

function isAddress(arg: Expr | undefined, name: string): boolean {
  return arg?.k === 'unary' && arg.op === '&' && arg.of.k === 'id' && arg.of.name === name;
}

function mentions(all: readonly Expr[], name: string): number {
  const word = new RegExp(`\\b${name}\\b`);
  return all.filter((e) => (e.k === 'id' && e.name === name) || (e.k === 'other' && word.test(e.text))).length;
}

/** All expressions but the names of members by which loops go through lists. */
function allOf(blocks: readonly Block[]): Expr[] {
  const members = new Set(blocks.flatMap(({ end }) => (end.e === 'each' ? end.args.slice(-1) : [])));
  return [...expressionsOf(blocks)].flatMap((each) =>
    members.has(each) && each.k === 'id' ? [] : [...walkExpression(each)],
  );
}

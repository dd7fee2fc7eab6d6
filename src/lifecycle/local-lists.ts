import { expressionsOf, walkExpression, type Block, type Expr } from '../facts/ir.ts';
import type { FunctionEntry } from '../program/program.ts';

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
/** Calls that put what they are passed first on the list that they are passed second. */
const fills = /^list_(?:add|move|splice)(?:_tail)?(?:_init)?(?:_rcu)?$/;
/** Calls that take down all that is on a list, and do nothing where there is nothing. */
const takesDown = /^unregister_netdevice_many(?:_notify)?$|^dev_close_many$/;

/**
 * The lists that a function has for itself, and either puts things on that nothing takes from there again, or has things on
 * taken down that nobody has put there. Where an option decides over some of it, its other half may be there.
 */
export function halfUsedLists({ fact }: FunctionEntry): readonly HalfUsed[] {
  const blocks = fact.blocks ?? [];
  if (fact.options.length > 0 || fact.unreadable) return [];
  const all = allOf(blocks);
  const calls = all.flatMap((e) => (e.k === 'call' && e.fn.k === 'id' ? [{ name: e.fn.name, args: e.args }] : []));
  const lists = calls.flatMap(({ name, args: [arg] }) => (declares.test(name) && arg?.k === 'id' ? [arg.name] : []));
  return lists.flatMap((list) => {
    const passed = calls.flatMap(({ name, args }) =>
      args.flatMap((arg, index) => (isAddress(arg, list) ? [{ name, index }] : [])),
    );
    // Each mention has to be one of these, and one more in the declaration.
    if (mentions(all, list) !== passed.length + 1) return [];
    const uses = passed.filter(({ name }) => !initialises.test(name));
    const isFilled = uses.every(({ name, index }) => fills.test(name) && index === 1);
    const isTakenDown = uses.every(({ name }) => takesDown.test(name));
    return uses[0] && (isFilled || isTakenDown) ? [{ list, call: uses[0].name, isFilled }] : [];
  });
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

import { childrenOf, walkExpression, type Expr } from '../../facts/ir.ts';
import { isListAdd } from './known.ts';
import type { Call } from './may-stop.ts';

/** A family of calls that put something where all namespaces have theirs, and what takes it away from there. */
interface Family {
  readonly joins: (name: string) => boolean;
  /** Which argument is what they all share. */
  readonly to: number;
  /** Which argument is the namespace's own; null where it is only counted. */
  readonly entry: number | null;
  /** Calls that may take it away again. */
  readonly undoes: RegExp;
  /** The one that a reader would miss. */
  readonly undo: (call: string) => string;
}

/**
 * Lists (include/linux/list.h, rculist.h, hashtable.h), arrays (include/linux/xarray.h, idr.h), counted keys
 * (include/linux/jump_label.h). Calls whose result is the thing itself are pairs (`resources/`).
 */
const families: readonly Family[] = [
  {
    joins: isListAdd,
    to: 1,
    entry: 0,
    undoes: /^(?:__)?(?:h?list_(?:bulk_)?(?:del|move|replace|splice|cut|swap)|hash_del|hlist_bl_del)/,
    undo: (call) => `${call.startsWith('h') ? 'hlist' : 'list'}_del${call.endsWith('_rcu') ? '_rcu' : ''}`,
  },
  {
    joins: (name) => /^hash_add(?:_rcu)?$/.test(name),
    to: 0,
    entry: 1,
    undoes: /^(?:__)?(?:hlist_(?:del|move|replace)|hash_del)/,
    undo: (call) => (call.endsWith('_rcu') ? 'hash_del_rcu' : 'hash_del'),
  },
  {
    joins: (name) => /^xa_(?:alloc|alloc_cyclic|insert|store)(?:_bh|_irq)?$/.test(name),
    to: 0,
    entry: 2,
    undoes: /^(?:__)?xas?_(?:erase|store|cmpxchg|destroy|release)/,
    undo: () => 'xa_erase',
  },
  {
    joins: (name) => name === 'idr_alloc_u32',
    to: 0,
    entry: 1,
    undoes: /^idr_(?:remove|replace|destroy)/,
    undo: () => 'idr_remove',
  },
  {
    joins: (name) => /^static_(?:branch|key_slow)_inc(?:_cpuslocked)?$/.test(name),
    to: 0,
    entry: null,
    undoes: /^_*static_(?:branch|key)_\w*(?:dec|disable)/,
    undo: (call) => call.replace('_inc', '_dec'),
  },
];

/** A call that puts something where all namespaces have theirs. */
export interface Join {
  readonly call: string;
  /** The variable that they share. */
  readonly to: string;
  /** The member of that, where it is one: whoever has a pointer to the variable gets at it by that. */
  readonly part: string | null;
  /** What of the namespace's is there; null where it is only counted. */
  readonly entry: Expr | null;
  /** The member by which it stands there, of a list. */
  readonly member: string | null;
  readonly undo: string;
  readonly undoes: RegExp;
}

/** What a call puts where, as long as that is a variable, by its name. */
export function joinOf(call: Call): Join | null {
  const { fn, args } = call;
  const name = fn.k === 'id' ? fn.name : '';
  const family = families.find(({ joins }) => joins(name));
  const to = family && rootOf(args[family.to]);
  const entry = family && family.entry !== null ? args[family.entry] : null;
  if (!family || !to || entry === undefined) return null;
  const member = memberOf(entry ?? undefined);
  const part = memberOf(args[family.to]);
  return { call: name, to, part, entry, member, undo: family.undo(name), undoes: family.undoes };
}

/** Whether a call may take what a join has put somewhere away again, by all that it says. */
export function mayUndo({ undoes, member, part, to }: Join, { fn, args }: Call): boolean {
  const name = fn.k === 'id' ? fn.name : '';
  if (!undoes.test(name)) return false;
  const [first] = args;
  // Another list's entries by their member, another variable by its name.
  const named = memberOf(first);
  if (member !== null && named !== null && /_(?:del|move)/.test(name)) return named === member;
  if (name.includes('store') && !args.some(isNothing)) return false;
  if (first === undefined || first.k === 'id') return true;
  const isPart = (each: Expr): boolean => each.k === 'field' && (each.name === member || each.name === part);
  return args.some((arg) => mentions(arg, to) || [...walkExpression(arg)].some(isPart));
}

/** `list` of `&fn->list` */
function memberOf(e: Expr | undefined): string | null {
  return e?.k === 'unary' && e.op === '&' && e.of.k === 'field' ? e.of.name : null;
}

function isNothing(e: Expr): boolean {
  return (e.k === 'id' && e.name === 'NULL') || (e.k === 'num' && e.value === 0);
}

export function mentions(e: Expr, name: string): boolean {
  return [...walkExpression(e)].some((each) => each.k === 'id' && each.name === name);
}

/** The variable whose address is passed, or that of a part of it: nothing that lies behind a pointer. */
function rootOf(e: Expr | undefined): string | null {
  if (!e || (e.k === 'field' && e.arrow)) return null;
  if (e.k === 'unary') return e.op === '&' ? rootOf(e.of) : null;
  if (e.k === 'index' || e.k === 'field') return rootOf(childrenOf(e)[0]);
  if (e.k === 'binary') return e.op === '+' ? rootOf(e.l) : null;
  return e.k === 'id' ? e.name : null;
}

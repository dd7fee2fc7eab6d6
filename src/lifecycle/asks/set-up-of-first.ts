import { expressionsOf, walkExpression, type At, type Block, type Expr } from '../../facts/ir.ts';
import type { FunctionEntry, OpsEntry, Program } from '../../program/program.ts';
import { isUnasked } from '../bodies/always-done.ts';
import { allIn, callsOf, nameOf } from '../bodies/body.ts';
import { callbackOf, exitsOf } from '../bodies/callbacks-of.ts';
import { asksWhich } from '../bodies/first-namespace.ts';
import { idOf } from '../bodies/known.ts';
import { callsIn, type Call } from '../bodies/may-stop.ts';
import { localsOf } from '../bodies/locals.ts';
import { decidesOver } from '../bodies/loops.ts';
import { mentions } from '../bodies/joins.ts';
import { valuesOfLocals } from '../bodies/namespace-locals.ts';
import { speaksOfFirst } from './of-init-net.ts';
import { isData } from '../bodies/pointer-size.ts';
import { printExpression } from '../bodies/print.ts';

/** A call by which an init sets up what init_net has. */
export interface SetUpOfFirst {
  readonly call: string;
  readonly at: At;
}

/** Who calls more, or asks more often, is nobody's init. */
const mostCalls = 300;
/** Getters of an ops' data are followed so far, one called by the other. */
const mostDeep = 2;
/** What makes something empty or free, whatever it was before (include/linux/list.h, mutex.h, idr.h, skbuff.h). */
const setsUp =
  /^(?:INIT_(?:H?LIST_HEAD|HLIST_NULLS_HEAD|LIST_HEAD_RCU|RADIX_TREE)|_*mutex_init|(?:raw_)?spin_lock_init|rwlock_init|init_rwsem|seqlock_init|init_waitqueue_head|id[ar]_init\w*|xa_init\w*|skb_queue_head_init|hash_init|rhashtable_init|rhltable_init)$/;
const allocates = /^(?:k[mzc]alloc|kv[mzc]alloc|v[mz]alloc|kmem_cache_z?alloc|alloc_percpu)/;

/**
 * A call by which an ops' init sets up what lies in init_net, or in its data of that ops, whichever namespace it is called for,
 * where neither it nor an exit speaks of init_net in any other way.
 */
export function setUpOfFirst(program: Program, ops: OpsEntry): SetUpOfFirst | null {
  const init = callbackOf(program, ops, 'init');
  if (!init || speaksOfFirst(init) !== 1 || exitsOf(program, ops).some(asksWhich)) return null;
  // Where it gets at its own as well, what it does with the other one's is meant, whatever that is.
  if (localsOf(init.fact).has('init_net') || hasItsOwn(program, ops, init) || mayLeave(init)) return null;
  const held = new Set(
    [...valuesOfLocals(init)].flatMap(([name, values]) =>
      values.length === 1 && isOfFirst(program, ops, init, values[0]!) && !isMoved(init, name) ? [name] : [],
    ),
  );
  const counters = countersOf(init);
  const isIt = (e: Expr): boolean => (e.k === 'id' && held.has(e.name)) || isInside(e);
  const isPartOfIt = (e: Expr | undefined): boolean => {
    if (!e) return false;
    const root = rootOf(e, counters);
    return isInside(e) || (e !== root && isIt(root));
  };
  const calls = callsOf(init);
  if (calls.length > mostCalls) return null;
  const found = calls.find((call) => {
    if (setsUp.test(nameOf(call)))
      return isPartOfIt(call.args[0]) && isPlainlyDone(init, call) && !isSpokenOfBefore(init, call, call.args[0]);
    const at = call.args.findIndex(isIt);
    return at >= 0 && isPlainlyDone(init, call) && setsUpParameter(program, init, call, at);
  });
  return found ? { call: nameOf(found), at: found.at } : null;
}

/** `net_generic(&init_net, foo_net_id)`, a getter of that, `&init_net.foo`. */
function isOfFirst(program: Program, ops: OpsEntry, init: FunctionEntry, e: Expr): boolean {
  if (isInside(e)) return true;
  const id = idOf(program, ops);
  if (e.k !== 'call' || id === undefined || !e.args.some((arg) => mentions(arg, 'init_net'))) return false;
  const [, asked] = e.args;
  return nameOf(e) === 'net_generic' && asked ? printExpression(asked) === id : isData(program, init, e, id, mostDeep);
}

/** `&init_net.foo`, in the memory of init_net itself. */
function isInside(e: Expr): boolean {
  if (e.k !== 'unary' || e.op !== '&' || e.of.k === 'id') return false;
  const root = rootOf(e);
  return root.k === 'id' && root.name === 'init_net';
}

/** What the address of a member is of, in the memory of that: `fn` of `&fn->list`, and of `&fn->table.list[i]`. */
function rootOf(e: Expr, counters: ReadonlySet<string> = new Set()): Expr {
  if (e.k === 'unary' && e.op === '&') return rootOf(e.of, counters);
  // Each namespace may have an element of init_net's.
  if (e.k === 'index')
    return e.index.k === 'num' || (e.index.k === 'id' && counters.has(e.index.name)) ? rootOf(e.of, counters) : e;
  if (e.k !== 'field') return e;
  return e.arrow && e.of.k !== 'id' ? e : rootOf(e.of, counters);
}

/** What loops of a function count by, through all that there is: from a number to a constant. */
function countersOf(fn: FunctionEntry): Set<string> {
  const values = valuesOfLocals(fn);
  const isCounted = (name: string): boolean => values.get(name)?.every(({ k }) => k === 'num') === true;
  return new Set(
    (fn.fact.blocks ?? []).flatMap(({ end }) => {
      if (end.e !== 'branch' || end.loop !== true || end.on.k !== 'binary' || end.on.l.k !== 'id') return [];
      return isConstant(end.on.r) && isCounted(end.on.l.name) ? end.on.l.name : [];
    }),
  );
}

function isConstant(e: Expr): boolean {
  return (
    e.k === 'num' || (e.k === 'id' && /^[A-Z][A-Z\d_]*$/.test(e.name)) || (e.k === 'call' && nameOf(e) === 'ARRAY_SIZE')
  );
}

/** Whether an init gets at its namespace's own data, or at what that has itself. */
function hasItsOwn(program: Program, ops: OpsEntry, init: FunctionEntry): boolean {
  const id = idOf(program, ops);
  const [net] = init.fact.params;
  return [...allIn(init)].some((e) => {
    if (e.k === 'field') return e.of.k === 'id' && e.of.name === net && e.name !== 'proc_net';
    if (e.k !== 'call' || mentions(e, 'init_net')) return false;
    return nameOf(e) === 'net_generic' || (id !== undefined && isData(program, init, e, id, mostDeep));
  });
}

/** Macros of the kernel's that a function goes on behind, whatever they find (include/linux/). */
const goesOn =
  /^(?:INIT_\w+|ARRAY_SIZE|(?:WARN|BUG)_ON\w*|WARN\w*|IS_ERR\w*|PTR_ERR\w*|ERR_(?:PTR|CAST)|READ_ONCE|WRITE_ONCE|RCU_INIT_POINTER|IS_ENABLED|ASSERT_RTNL|BIT\w*)$/;

/** Whether a function calls what may leave it, or may ask for what follows: a macro that is not known. */
function mayLeave(fn: FunctionEntry): boolean {
  return callsOf(fn).some((call) => {
    const name = nameOf(call);
    return /^[A-Z][A-Z\d_]*$/.test(name) && !goesOn.test(name);
  });
}

/** Whether all ways of a function through a call ask for nothing: in no other part of an expression, and in loops that only count. */
function isPlainlyDone(fn: FunctionEntry, call: Call): boolean {
  if (!isUnasked(fn, call.at, null)) return false;
  const blocks = fn.fact.blocks ?? [];
  const counters = countersOf(fn);
  const index = blocks.findIndex((block) => callsIn(block).includes(call));
  const isCounting = ({ end }: Block): boolean =>
    end.e === 'branch' && end.on.k === 'binary' && end.on.l.k === 'id' && counters.has(end.on.l.name);
  const isInLoop = blocks.some(
    (block, asking) =>
      (block.end.e === 'each' || (block.end.e === 'branch' && block.end.loop === true)) &&
      !isCounting(block) &&
      decidesOver(blocks, asking, index),
  );
  if (isInLoop) return false;
  const whole = [...expressionsOf(blocks)].map((each) => [...walkExpression(each)]).find((all) => all.includes(call));
  return (
    whole?.some((e) => e.k === 'cond' || e.k === 'other' || (e.k === 'binary' && /^(?:&&|\|\|)$/.test(e.op))) === false
  );
}

/** Whether a function speaks of a place before it sets that up: it may have emptied it, or taken what was there. */
function isSpokenOfBefore(fn: FunctionEntry, call: Call, place: Expr | undefined): boolean {
  const of = place && printExpression(fieldOf(place));
  const isBefore = ([line, column]: At): boolean => line < call.at[0] || (line === call.at[0] && column < call.at[1]);
  return [...allIn(fn)].some((e) => e.k === 'field' && isBefore(e.at) && printExpression(e) === of);
}

function fieldOf(e: Expr): Expr {
  return e.k === 'unary' || e.k === 'index' ? fieldOf(e.of) : e;
}

/** Whether a local is a loop's cursor, or others are passed its address: it may point at something else then. */
function isMoved(fn: FunctionEntry, name: string): boolean {
  const isName = (e: Expr): boolean => e.k === 'id' && e.name === name;
  return (
    (fn.fact.blocks ?? []).some(({ end }) => end.e === 'each' && end.args.some(isName)) ||
    [...allIn(fn)].some((e) => (e.k === 'unary' && e.op === '&' && isName(e.of)) || (e.k === 'update' && isName(e.of)))
  );
}

/** Whether a function, whichever namespace it is called for, sets up what a parameter points at. */
function setsUpParameter(program: Program, from: FunctionEntry, call: Call, at: number): boolean {
  const callee = program.lookUp(from.file, nameOf(call));
  const param = callee?.fact.params[at];
  if (!callee || param === undefined || asksWhich(callee) || isSetAnew(callee, param) || mayLeave(callee)) return false;
  if (callsOf(callee).length > mostCalls || (callee.fact.blocks ?? []).length > mostCalls) return false;
  const counters = countersOf(callee);
  const isOfParam = (e: Expr | undefined): boolean => {
    const root = e && rootOf(e, counters);
    return root !== undefined && root !== e && root.k === 'id' && root.name === param;
  };
  return callsOf(callee).some((each) => {
    if (!isPlainlyDone(callee, each)) return false;
    return setsUp.test(nameOf(each))
      ? isOfParam(each.args[0]) && !isSpokenOfBefore(callee, each, each.args[0])
      : allocates.test(nameOf(each)) && isKept(callee, each, isOfParam);
  });
}

function isSetAnew(fn: FunctionEntry, param: string): boolean {
  return valuesOfLocals(fn).has(param) || isMoved(fn, param);
}

/** Whether a function puts what a call yields where something is kept, and has not looked there before. */
function isKept(fn: FunctionEntry, call: Call, isPlace: (e: Expr) => boolean): boolean {
  return (fn.fact.blocks ?? []).some(({ steps }) =>
    steps.some((step) => {
      if (step.s !== 'eval' || step.of.k !== 'assign' || step.of.from !== call || !isPlace(step.of.to)) return false;
      const { to } = step.of;
      const is = printExpression(to);
      return (
        [...allIn(fn)].filter((e) => e.k === 'field' && printExpression(e) === is && e.at[0] <= call.at[0]).length === 1
      );
    }),
  );
}

import { childrenOf, type Expr } from '../../facts/ir.ts';
import type { FunctionEntry, Program } from '../../program/program.ts';
import { handsOn, onlyTells } from './known.ts';
import { callsIn } from './may-stop.ts';
import { valuesOfLocals } from './namespace-locals.ts';
import { plainFrees } from './freed-walk.ts';
import { allIn } from './body.ts';

/** Calls that go from a member to what it lies in (include/linux/container_of.h, include/linux/timer.h): the member comes last. */
export const goesOut = /^(?:container_of(?:_const)?|from_timer|timer_container_of|from_work|from_tasklet)$/;

/** What gives memory back is looked for in so many functions, one called by the other. */
const mostDeep = 3;

/**
 * Whether a work item's or a timer's own function gives back what the item lies in: `o = container_of(work, struct foo, work);
 * kfree(o);`. Such an item goes by itself, and nothing that it needs goes before.
 */
export function freesItself(program: Program, fn: FunctionEntry, member: string): boolean {
  const owners = ownersIn(fn, member);
  return givesBack(program, fn, (e) => (e.k === 'id' ? owners.has(e.name) : isOwner(e, member)), mostDeep);
}

/** The locals of a function that it has from a member, as what that lies in. */
export function ownersIn(fn: FunctionEntry, member: string): ReadonlySet<string> {
  const owners = new Set<string>();
  for (const inner of allIn(fn)) {
    const [to, from] = inner.k === 'assign' && inner.to.k === 'id' ? [inner.to.name, inner.from] : [null, inner];
    if (to !== null && isOwner(from, member)) owners.add(to);
  }
  for (const { steps } of fn.fact.blocks ?? [])
    for (const step of steps)
      if (step.s === 'declare' && step.init && isOwner(step.init, member)) owners.add(step.name);
  return owners;
}

/**
 * Whether a function does nothing to what a parameter of its lies in, or is, as a whole: what gets that is read and does
 * nothing to it, either, or only tells of it. Its members may be freed.
 */
export function sparesWhole(program: Program, fn: FunctionEntry, param: number, deep = mostDeep): boolean {
  const isWhole = wholeIn(program, fn, param, deep);
  return (fn.fact.blocks ?? []).flatMap(callsIn).every(({ fn: called, args }) =>
    args.every((arg, at) => {
      const isPart = arg.k === 'unary' && arg.op === '&' && arg.of.k === 'field';
      if (!isWhole(arg)) return true;
      if (called.k !== 'id') return false;
      const { name } = called;
      if (goesOut.test(name) || onlyTells(name) || handsOn.has(name)) return true;
      const callee = program.lookUp(fn.file, name);
      if (callee) return callee.fact.blocks !== null && deep > 0 && sparesWhole(program, callee, at, deep - 1);
      return isPart && !plainFrees.has(name) && !givesUp.test(name);
    }),
  );
}

/** What frees, or lets others free, that of which it gets a part's address. */
const givesUp = /^(?:k(?:v)?free_|call_rcu|kref_put)|_put$/;

/** Which expressions of a function name what one of its parameters lies in, or is. */
function wholeIn(program: Program, fn: FunctionEntry, param: number, deep: number): (e: Expr) => boolean {
  const names = new Set(fn.fact.params.slice(param, param + 1));
  const isWhole = (e: Expr): boolean => {
    if (e.k === 'id') return names.has(e.name);
    if (e.k === 'field' || (e.k === 'unary' && e.op === '*')) return false;
    if (e.k === 'unary' && e.op === '&') return isWhole(rootOf(e.of));
    if (e.k !== 'call' || e.fn.k !== 'id') return childrenOf(e).some(isWhole);
    const at = e.args.findIndex(isWhole);
    const callee = at < 0 || goesOut.test(e.fn.name) ? undefined : program.lookUp(fn.file, e.fn.name);
    return at >= 0 && (!callee?.fact.blocks || deep === 0 || yieldsWhole(program, callee, at, deep - 1));
  };
  const locals = [...valuesOfLocals(fn)];
  for (let before = -1; before < names.size;) {
    before = names.size;
    for (const [name, values] of locals) if (values.some(isWhole)) names.add(name);
  }
  return isWhole;
}

function yieldsWhole(program: Program, fn: FunctionEntry, param: number, deep: number): boolean {
  const isWhole = wholeIn(program, fn, param, deep);
  return (fn.fact.blocks ?? []).some(({ end }) => end.e === 'return' && end.value !== null && isWhole(end.value));
}

/** What members are taken from. */
function rootOf(e: Expr): Expr {
  return e.k === 'field' ? rootOf(e.of) : e;
}

/** Whether an expression is that in which a member lies that the function is passed: `container_of(rcu, struct foo, rcu)`. */
export function isOwner(e: Expr, member: string): boolean {
  if (e.k !== 'call' || e.fn.k !== 'id' || !goesOut.test(e.fn.name)) return false;
  const last = e.args.at(-1);
  // The work item of a delayed one lies in that (include/linux/workqueue.h).
  const inner = last?.k === 'field' && !last.arrow && last.name === 'work' ? last.of : last;
  return inner?.k === 'id' && inner.name === member;
}

/** Whether a function frees, or lets RCU free, what an expression of its points to. */
function givesBack(program: Program, fn: FunctionEntry, isIt: (e: Expr) => boolean, deep: number): boolean {
  for (const call of allIn(fn)) {
    if (call.k !== 'call' || call.fn.k !== 'id') continue;
    if (putsLast(program, fn, call, isIt)) return true;
    const at = call.args.findIndex(isIt);
    if (at < 0) continue;
    const { name } = call.fn;
    if (plainFrees.get(name) === at || (at === 0 && /^k(?:v)?free_rcu(?:_mightsleep)?$/.test(name))) return true;
    const callee = deep > 0 ? program.lookUp(fn.file, name) : undefined;
    const param = callee?.fact.params[at];
    if (callee && param !== undefined && givesBack(program, callee, (e) => e.k === 'id' && e.name === param, deep - 1))
      return true;
  }
  return false;
}

/**
 * Whether a call gives a reference back whose last one frees the owner: `kref_put(&o->ref, foo_free)` (include/linux/kref.h);
 * or has RCU free it: `call_rcu(&o->rcu, foo_free)`.
 */
function putsLast(
  program: Program,
  fn: FunctionEntry,
  { fn: called, args: [ref, frees] }: Expr & { k: 'call' },
  isIt: (e: Expr) => boolean,
): boolean {
  if (called.k !== 'id' || !passesMember.test(called.name) || frees?.k !== 'id') return false;
  if (ref?.k !== 'unary' || ref.op !== '&' || ref.of.k !== 'field') return false;
  const { of, name } = ref.of;
  const last = isIt(of) ? program.lookUp(fn.file, frees.name) : undefined;
  return last !== undefined && freesItself(program, last, name);
}

/** Calls that hand a member on to a function which is passed nothing else. */
const passesMember = /^(?:kref_put(?:_mutex|_lock)?|call_rcu(?:_hurry)?)$/;

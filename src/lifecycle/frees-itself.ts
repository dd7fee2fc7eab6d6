import { expressionsOf, walkExpression, type Expr } from '../facts/ir.ts';
import type { FunctionEntry, Program } from '../program/program.ts';
import { plainFrees } from './used-freed.ts';

/** Calls that go from a member to what it lies in (include/linux/container_of.h, include/linux/timer.h): the member comes last. */
const goesOut = /^(?:container_of(?:_const)?|from_timer|timer_container_of|from_work|from_tasklet)$/;

/** What gives memory back is looked for in so many functions, one called by the other. */
const mostDeep = 3;

/**
 * Whether a work item's or a timer's own function gives back what the item lies in: `o = container_of(work, struct foo, work);
 * kfree(o);`. Such an item goes by itself, and nothing that it needs goes before.
 */
export function freesItself(program: Program, fn: FunctionEntry, member: string): boolean {
  const owners = new Set<string>();
  for (const inner of allIn(fn)) {
    const [to, from] = inner.k === 'assign' && inner.to.k === 'id' ? [inner.to.name, inner.from] : [null, inner];
    if (to !== null && isOwner(from, member)) owners.add(to);
  }
  for (const { steps } of fn.fact.blocks ?? [])
    for (const step of steps)
      if (step.s === 'declare' && step.init && isOwner(step.init, member)) owners.add(step.name);
  return owners.size > 0 && givesBack(program, fn, owners, mostDeep);
}

function isOwner(e: Expr, member: string): boolean {
  if (e.k !== 'call' || e.fn.k !== 'id' || !goesOut.test(e.fn.name)) return false;
  const last = e.args.at(-1);
  return last?.k === 'id' && last.name === member;
}

/** Whether a function frees, or lets RCU free, what one of its variables points to. */
function givesBack(program: Program, fn: FunctionEntry, names: ReadonlySet<string>, deep: number): boolean {
  for (const call of allIn(fn)) {
    if (call.k !== 'call' || call.fn.k !== 'id') continue;
    const at = call.args.findIndex((arg) => arg.k === 'id' && names.has(arg.name));
    if (at < 0) continue;
    const { name } = call.fn;
    if (plainFrees.get(name) === at || (at === 0 && /^k(?:v)?free_rcu(?:_mightsleep)?$/.test(name))) return true;
    const callee = deep > 0 ? program.lookUp(fn.file, name) : undefined;
    const param = callee?.fact.params[at];
    if (callee && param !== undefined && givesBack(program, callee, new Set([param]), deep - 1)) return true;
  }
  return false;
}

function* allIn({ fact }: FunctionEntry): Generator<Expr> {
  for (const expression of expressionsOf(fact.blocks ?? [])) yield* walkExpression(expression);
}

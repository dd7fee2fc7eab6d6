import { expressionsOf, walkExpression, type Expr } from '../../facts/ir.ts';
import type { FunctionEntry, Program } from '../../program/program.ts';

/** Getters are followed so far, one called by the other. */
const mostDeep = 2;

/** The values that each local of a function is given, where it comes to life and behind that. */
export function valuesOfLocals({ fact }: FunctionEntry): ReadonlyMap<string, readonly Expr[]> {
  const found = new Map<string, Expr[]>();
  const note = (name: string, value: Expr): void => {
    const known = found.get(name);
    if (known) known.push(value);
    else found.set(name, [value]);
  };
  for (const { steps } of fact.blocks ?? [])
    for (const step of steps) if (step.s === 'declare' && step.init) note(step.name, step.init);
  for (const whole of expressionsOf(fact.blocks ?? []))
    for (const e of walkExpression(whole)) if (e.k === 'assign' && e.to.k === 'id') note(e.to.name, e.from);
  return found;
}

/**
 * The parameters and locals of a function that hold the namespace or its data and nothing else: some of the parameters, and
 * what is got from `net_generic()`, by a getter that returns it, or as a part of such memory (`&net->foo`).
 */
export function namespaceLocals(
  program: Program,
  fn: FunctionEntry,
  params: Iterable<string>,
  deep = mostDeep,
): ReadonlySet<string> {
  const held = new Set(params);
  const values = [...valuesOfLocals(fn)].filter(([name]) => !fn.fact.params.includes(name));
  for (let before = -1; before < held.size;) {
    before = held.size;
    for (const [name, all] of values) if (all.every((value) => isHeld(program, fn, value, held, deep))) held.add(name);
  }
  return held;
}

function isHeld(program: Program, fn: FunctionEntry, e: Expr, held: ReadonlySet<string>, deep: number): boolean {
  if (e.k === 'id') return held.has(e.name);
  if (e.k === 'unary' && e.op === '&') return held.has(rootInMemory(e.of) ?? '');
  if (e.k !== 'call' || e.fn.k !== 'id') return false;
  if (e.fn.name === 'net_generic') return true;
  const getter = deep > 0 ? program.lookUp(fn.file, e.fn.name) : undefined;
  if (!getter) return false;
  const given = getter.fact.params.filter((_, at) => {
    const arg = e.args[at];
    return arg?.k === 'id' && held.has(arg.name);
  });
  if (given.length === 0) return false;
  const inside = namespaceLocals(program, getter, given, deep - 1);
  // Where a body just ends there is a return of nothing as well.
  const returned = (getter.fact.blocks ?? []).flatMap(({ end }) => (end.e === 'return' ? (end.value ?? []) : []));
  return returned.length > 0 && returned.every((value) => isHeld(program, getter, value, inside, deep - 1));
}

/** The pointer by which a member is named that lies in what that points at: `fn` of `fn->a.b`, none of `fn->a->b`. */
export function rootInMemory(e: Expr): string | null {
  if (e.k !== 'field') return null;
  if (e.of.k === 'id') return e.arrow ? e.of.name : null;
  return e.arrow ? null : rootInMemory(e.of);
}

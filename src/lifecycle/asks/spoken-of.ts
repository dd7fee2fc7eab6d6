import { walkExpression, type At, type Expr } from '../../facts/ir.ts';
import type { FunctionEntry, Program } from '../../program/program.ts';
import { isUnasked } from '../bodies/always-done.ts';
import { allIn, callsOf, nameOf } from '../bodies/body.ts';
import { exitsOf } from '../bodies/callbacks-of.ts';
import { localsOf } from '../bodies/locals.ts';
import type { Call } from '../bodies/may-stop.ts';
import type { PairsByCall } from '../resources/index.ts';

/** So many functions that one leads to are looked through. */
const mostFunctions = 40;

/**
 * Whether functions that a function calls name a member, or may: their bodies are not at hand, and they get what that lies in
 * or the member itself. What is known to set up something else, or to give that back, asks for nothing; nor does what is not
 * at hand for a member of struct net itself.
 */
export function isSpokenOf(
  program: Program,
  table: PairsByCall,
  fn: FunctionEntry,
  member: string,
  { isOfNet = false }: { readonly isOfNet?: boolean } = {},
): boolean {
  const seen = new Set<FunctionEntry>([fn]);
  for (const each of seen) {
    if (each.fact.blocks === null || seen.size > mostFunctions) return true;
    if (each !== fn && [...allIn(each)].some((e) => e.k === 'field' && e.name === member)) return true;
    const locals = new Set([...localsOf(each.fact), ...each.fact.params]);
    for (const call of callsOf(each)) {
      const callee = nameOf(call) === '' ? undefined : program.lookUp(each.file, nameOf(call));
      if (callee) seen.add(callee);
      else if (!isOfNet && !isKnown(table, nameOf(call)) && mayLook(call, locals, member)) return true;
    }
  }
  return false;
}

function isKnown(table: PairsByCall, name: string): boolean {
  return name === 'net_generic' || table.acquires.has(name) || table.releases.has(name);
}

/** Whether a call is passed a variable of its function, or a member by some name of anything. */
function mayLook({ args }: Call, locals: ReadonlySet<string>, member: string): boolean {
  const isIt = (e: Expr): boolean =>
    (e.k === 'id' && locals.has(e.name)) ||
    (e.k === 'call' && nameOf(e) === 'net_generic') ||
    [...walkExpression(e)].some((each) => each.k === 'field' && each.name === member);
  return args.some(isIt);
}

/** Whether an exit callback makes a call itself, whatever it asks. */
export function isPlainInExit(program: Program, { file, name, at }: { file: string; name: string; at: At }): boolean {
  const fn = program.functionById(`${file}#${name}`);
  const isExit = program.allOps().some((ops) => exitsOf(program, ops).some((each) => each.id === fn?.id));
  return fn !== undefined && isExit && isUnasked(fn, at, null);
}

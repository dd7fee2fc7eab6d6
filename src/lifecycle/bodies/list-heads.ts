import { expressionsOf, walkExpression, type Expr, type FunctionFact } from '../../facts/ir.ts';
import type { Program } from '../../program/program.ts';
import { isListAdd, isListMove, reachedFrom } from './known.ts';

/** Whether a function of a file puts something on a list whose head a variable is, or an element of one: `list_add(&p->list, &foo_list)`. */
export function isListHead(program: Program, file: string, name: string): boolean {
  return membersOn(program, file, name).length > 0;
}

/** Calls that take what they are passed off its list, and those that take all that is there off at once. */
const takingOff = /^(?:h?list_del(?:_init)?(?:_rcu)?|list_move(?:_tail)?)$/;
const takingAll = /^(?:list_splice(?:_tail)?_init(?:_rcu)?|hlist_move_list)$/;

/**
 * Whether a function takes what stands on a list off that, itself or by what it calls: by the member by which it stands
 * there, where that is told. What is taken off another list stands on this one still.
 */
export function takesOff(
  program: Program,
  { file, name }: { readonly file: string; readonly name: string },
  off: { readonly file: string; readonly fn: string },
): boolean {
  const members = membersOn(program, file, name);
  const fn = program.resolveFunction(off.file, off.fn);
  const all = fn ? [...reachedFrom(program, [fn.id])] : [];
  return all.some((id) =>
    [...callsIn(program.functionById(id)!.fact)].some((e) => {
      if (takingAll.test(e.fn.name)) return true;
      if (!takingOff.test(e.fn.name)) return false;
      const member = memberOf(e.args[0]);
      return member === null || members.includes(member) || members.includes(null);
    }),
  );
}

/** The members by which things stand on a list; null for one that is not told. */
function membersOn(program: Program, file: string, name: string): readonly (string | null)[] {
  return (program.facts(file)?.functions ?? []).flatMap((fact) =>
    [...callsIn(fact)].flatMap((e) =>
      (isListAdd(e.fn.name) || isListMove(e.fn.name)) && rootOf(e.args[1]) === name ? [memberOf(e.args[0])] : [],
    ),
  );
}

function* callsIn({ blocks }: FunctionFact): Generator<Expr & { k: 'call'; fn: { k: 'id' } }> {
  for (const whole of expressionsOf(blocks ?? [])) for (const e of walkExpression(whole)) if (isCall(e)) yield e;
}

function isCall(e: Expr): e is Expr & { k: 'call'; fn: { k: 'id' } } {
  return e.k === 'call' && e.fn.k === 'id';
}

function memberOf(e: Expr | undefined): string | null {
  return e?.k === 'unary' && e.op === '&' && e.of.k === 'field' ? e.of.name : null;
}

/** The variable whose address is passed, or that of an element of it. */
function rootOf(e: Expr | undefined): string | null {
  if (e?.k === 'unary' && e.op === '&') return rootOf(e.of);
  if (e?.k === 'index') return rootOf(e.of);
  if (e?.k === 'binary') return rootOf(e.l);
  return e?.k === 'id' ? e.name : null;
}

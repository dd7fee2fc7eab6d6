import { expressionsOf, walkExpression, type Expr } from '../facts/ir.ts';
import type { Program } from '../program/program.ts';
import { isListAdd, isListMove } from './known.ts';

/** Whether a function of a file puts something on a list whose head a variable is, or an element of one: `list_add(&p->list, &foo_list)`. */
export function isListHead(program: Program, file: string, name: string): boolean {
  return (program.facts(file)?.functions ?? []).some(({ blocks }) =>
    [...expressionsOf(blocks ?? [])].some((whole) =>
      [...walkExpression(whole)].some(
        (e) =>
          e.k === 'call' &&
          e.fn.k === 'id' &&
          (isListAdd(e.fn.name) || isListMove(e.fn.name)) &&
          rootOf(e.args[1]) === name,
      ),
    ),
  );
}

/** The variable whose address is passed, or that of an element of it. */
function rootOf(e: Expr | undefined): string | null {
  if (e?.k === 'unary' && e.op === '&') return rootOf(e.of);
  if (e?.k === 'index') return rootOf(e.of);
  if (e?.k === 'binary') return rootOf(e.l);
  return e?.k === 'id' ? e.name : null;
}

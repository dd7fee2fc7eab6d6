import type { SyntaxNode } from '../syntax/node.ts';
import { parts, textOf, type Context } from './context.ts';
import type { At, Expr } from './ir.ts';

/** A local variable that is given to a function when it goes out of scope (include/linux/cleanup.h). */
export interface Cleanup {
  readonly variable: string;
  readonly fn: string;
  readonly at: At;
}

/** `struct foo *foo __free(kfree) = …`: the name of what is called with the variable. */
export function cleanupIn(context: Context, declaration: SyntaxNode): string | null {
  return /\b__free\s*\(\s*(\w+)\s*\)/.exec(textOf(context, declaration))?.[1] ?? null;
}

/** What is called with a variable that goes out of scope: `kfree(foo)`. */
export function cleanupCall({ variable, fn, at }: Cleanup): Expr {
  return { k: 'call', fn: { k: 'id', name: fn, at }, args: [{ k: 'id', name: variable, at }], at };
}

/** DEFINE_FREE() asks for a pointer first: `if (!IS_ERR_OR_NULL(foo))`. */
export function isThere({ variable, at }: Cleanup): Expr {
  const of: Expr = {
    k: 'call',
    fn: { k: 'id', name: 'IS_ERR_OR_NULL', at },
    args: [{ k: 'id', name: variable, at }],
    at,
  };
  return { k: 'unary', op: '!', of, at };
}

/** `return_ptr(p);` returns what it takes out of the scope's hands. */
export function returnedPointer(context: Context, statement: SyntaxNode): SyntaxNode | null {
  const [call] = parts(statement);
  if (statement.type !== 'expression_statement' || call?.type !== 'call_expression') return null;
  const fn = call.childForFieldName('function');
  return fn && textOf(context, fn) === 'return_ptr' ? call : null;
}

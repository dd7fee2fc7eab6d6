import type { SyntaxNode } from '../syntax/node.ts';
import { parts, textOf, type Context } from './context.ts';
import type { At, Expr } from './ir.ts';
import { expandCall } from './macro-calls.ts';
import { ofScope, type CallMacros } from './macros.ts';

/** A local variable that is given to a function when it goes out of scope (include/linux/cleanup.h). */
export interface Cleanup {
  readonly variable: string;
  readonly fn: string;
  /** How many braces it stands in, the function's own among them. */
  readonly depth: number;
  readonly at: At;
}

/** `struct foo *foo __free(kfree) = …`: the name of what is called with the variable. */
export function cleanupIn(context: Context, declaration: SyntaxNode): string | null {
  return /\b__free\s*\(\s*(\w+)\s*\)/.exec(textOf(context, declaration))?.[1] ?? null;
}

/** What is called with a variable that goes out of scope: `kfree(foo)`. */
export function cleanupCall(macros: CallMacros, { variable, fn, at }: Cleanup): Expr {
  const name = macros.has(ofScope(fn)) ? ofScope(fn) : fn;
  return expandCall(macros, { k: 'call', fn: { k: 'id', name, at }, args: [{ k: 'id', name: variable, at }], at });
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

/** The variables that are in scope where a function is read and that are cleaned up when that ends, the oldest first. */
export class Scopes {
  private readonly cleanups: Cleanup[] = [];
  private depth = 0;

  get size(): number {
    return this.cleanups.length;
  }

  /** How many of them the function's own braces hold, which labels are taken to stand in. */
  get outer(): number {
    const nested = this.cleanups.findIndex(({ depth }) => depth > 1);
    return nested < 0 ? this.cleanups.length : nested;
  }

  add(cleanup: Omit<Cleanup, 'depth'>): void {
    this.cleanups.push({ ...cleanup, depth: this.depth });
  }

  /** Reads what stands in braces; `end` cleans up what has come into scope since. */
  within(read: () => void, end: (from: number) => void): void {
    const before = this.cleanups.length;
    this.depth++;
    read();
    this.depth--;
    end(before);
    this.cleanups.length = before;
  }

  /** What has come into scope since, the last first. */
  since(from: number): readonly Cleanup[] {
    return this.cleanups.slice(from).reverse();
  }
}

/** Whether a block stands after a macro that runs it once, which the prepared text leaves out (include/linux/cleanup.h). */
export function isRunOnce({ original, prepared }: Context, { startIndex }: SyntaxNode): boolean {
  let from = startIndex;
  while (from > 0 && prepared.charCodeAt(from - 1) <= 32) from--;
  return from < startIndex - 8 && /(?:^|\W)(?:scoped_\w+|with_creds)\s*\(/.test(original.slice(from, startIndex));
}

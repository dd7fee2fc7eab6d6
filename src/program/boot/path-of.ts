import type { Expr } from '../../facts/ir.ts';

/** A name for what an expression reads that is the same wherever the expression is. */
export function pathOf(e: Expr): string | null {
  if (e.k === 'id') return e.name;
  if (e.k === 'field') {
    const of = pathOf(e.of);
    return of === null ? null : `${of}.${e.name}`;
  }
  if (e.k === 'unary' && e.op === '*') {
    const of = pathOf(e.of);
    return of === null ? null : `${of}[]`;
  }
  if (e.k === 'index') {
    const of = pathOf(e.of);
    const at = e.index.k === 'num' ? String(e.index.value) : pathOf(e.index);
    return of === null || at === null ? null : `${of}[${at}]`;
  }
  return null;
}

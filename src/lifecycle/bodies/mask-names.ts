import { expressionsOf, walkExpression, type Block, type Expr } from '../../facts/ir.ts';

/** `foo_done &= ~FOO_OPS` */
export function isClearing(e: Expr & { k: 'assign' }): e is Expr & { k: 'assign'; from: Expr & { k: 'unary' } } {
  return e.op === '&=' && e.from.k === 'unary' && e.from.op === '~';
}

/** The names of what a function sets, clears or asks for in something: `*done |= bit`. */
export function masksIn(blocks: readonly Block[]): string[] {
  return [...expressionsOf(blocks)].flatMap((whole) => [...walkExpression(whole)].flatMap(maskNames));
}

function maskNames(e: Expr): string[] {
  if (e.k === 'assign') {
    if (e.op === '|=') return namesIn(e.from);
    return isClearing(e) ? namesIn(e.from.of) : [];
  }
  if (e.k !== 'binary' || e.op !== '&') return [];
  return [e.l, e.r].some(isConstant) ? [] : [...namesIn(e.l), ...namesIn(e.r)];
}

function namesIn(e: Expr): string[] {
  if (e.k === 'id') return [e.name];
  const [bit] = e.k === 'call' && e.fn.k === 'id' && e.fn.name.startsWith('BIT') ? e.args : [];
  return bit ? namesIn(bit) : e.k === 'binary' && e.op === '<<' ? namesIn(e.r) : [];
}

/** Whether it is a mask that is written down: what it is asked of is then a function's options. */
function isConstant(e: Expr): boolean {
  if (e.k === 'binary') return isConstant(e.l) && isConstant(e.r);
  return e.k === 'num' || (e.k === 'id' && /^[A-Z][A-Z\d_]*$/.test(e.name));
}

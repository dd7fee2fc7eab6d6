import { expressionsOf, walkExpression, type Block, type Expr } from '../facts/ir.ts';

/** `foo_done &= ~FOO_OPS` */
export function isClearing(
  e: Expr & { k: 'assign' },
): e is Expr & { k: 'assign'; from: Expr & { k: 'unary' } } {
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
  return e.l.k === 'num' || e.r.k === 'num' ? [] : [...namesIn(e.l), ...namesIn(e.r)];
}

function namesIn(e: Expr): string[] {
  if (e.k === 'id') return [e.name];
  const [bit] = e.k === 'call' && e.fn.k === 'id' && e.fn.name.startsWith('BIT') ? e.args : [];
  return bit ? namesIn(bit) : e.k === 'binary' && e.op === '<<' ? namesIn(e.r) : [];
}

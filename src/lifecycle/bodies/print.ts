import type { Expr } from '../../facts/ir.ts';

/** An expression as a reader would write it, casts and line breaks left out. */
export function printExpression(e: Expr): string {
  switch (e.k) {
    case 'id':
      return e.name;
    case 'num':
      return e.name ?? (e.value === null ? '?' : String(e.value));
    case 'str':
      return e.text.length > 40 ? '"…"' : e.text;
    case 'call':
      return `${printExpression(e.fn)}(${e.args.map(printExpression).join(', ')})`;
    case 'unary':
      return `${e.op}${wrap(e.of)}`;
    case 'binary':
      return `${wrap(e.l)} ${e.op} ${wrap(e.r)}`;
    case 'assign':
      return `${printExpression(e.to)} ${e.op} ${printExpression(e.from)}`;
    case 'update':
      return isPostfix(e) ? `${wrap(e.of)}${e.op}` : `${e.op}${wrap(e.of)}`;
    case 'cond':
      return `${wrap(e.test)} ? ${e.then ? wrap(e.then) : ''}: ${wrap(e.else)}`;
    case 'field':
      return `${wrap(e.of)}${e.arrow ? '->' : '.'}${e.name}`;
    case 'index':
      return `${wrap(e.of)}[${printExpression(e.index)}]`;
    case 'comma':
      return e.of.map(printExpression).join(', ');
    case 'init':
      return '{ … }';
    case 'other':
      return e.text.replace(/\s+/g, ' ');
  }
}

function wrap(e: Expr): string {
  const text = printExpression(e);
  return e.k === 'binary' || e.k === 'cond' || e.k === 'assign' ? `(${text})` : text;
}

/** Whether it is `i--`, whose value is what it was before, not `--i`. */
export function isPostfix({ of, at }: Expr & { k: 'update' }): boolean {
  return of.at[0] === at[0] && of.at[1] === at[1];
}

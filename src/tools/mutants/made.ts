import { walkExpression, type Expr } from '../../facts/index.ts';
import type { FunctionEntry } from '../../program/index.ts';

/** A call as set-up code makes it: `foo->table = kmemdup(…)` is `kmemdup` into `table`. */
export interface Made {
  readonly call: string;
  /** The last name of what its result goes to, and those of its arguments. */
  readonly names: readonly string[];
}

/** What a function makes. */
export function madeIn(entry: FunctionEntry | undefined): Made[] {
  const made: Made[] = [];
  for (const { steps } of entry?.fact.blocks ?? []) {
    for (const step of steps) {
      if (step.s === 'declare' && step.init) collect(step.init, step.name, made);
      else if (step.s === 'eval') collect(step.of, null, made);
    }
  }
  for (const { end } of entry?.fact.blocks ?? []) {
    if (end.e === 'branch' || end.e === 'switch') collect(end.on, null, made);
    if (end.e === 'return' && end.value) collect(end.value, null, made);
  }
  return made;
}

function collect(expression: Expr, into: string | null, made: Made[]): void {
  for (const inner of walkExpression(expression)) {
    if (inner.k === 'assign') {
      const name = lastOf(inner.to);
      if (inner.from.k === 'call' && inner.from.fn.k === 'id')
        made.push({ call: inner.from.fn.name, names: name === null ? [] : [name] });
      // What a local holds goes on under the name of where it is put.
      else if (inner.from.k === 'id') made.push({ call: '=', names: name === null ? [] : [name, inner.from.name] });
    }
    if (inner.k !== 'call' || inner.fn.k !== 'id') continue;
    const names = inner.args.flatMap((arg) => lastOf(arg) ?? []);
    made.push({ call: inner.fn.name, names: into === null || inner !== expression ? names : [into, ...names] });
  }
}

function lastOf(expression: Expr): string | null {
  switch (expression.k) {
    case 'id':
      return expression.name;
    case 'str':
      return expression.text.replace(/^"|"$/g, '');
    case 'field':
      return expression.name;
    case 'unary':
      return lastOf(expression.of);
    case 'index':
      return lastOf(expression.of);
    default:
      return null;
  }
}

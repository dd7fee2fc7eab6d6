import { expressionsOf, walkExpression } from '../facts/ir.ts';
import type { FunctionEntry } from '../program/program.ts';

/** The globals that a function sets to a constant. */
export function flagsIn(fact: FunctionEntry['fact']): ReadonlySet<string> {
  const flags = new Set<string>();
  for (const expression of expressionsOf(fact.blocks ?? [])) {
    for (const e of walkExpression(expression)) {
      const [to, from] =
        e.k === 'assign' && e.op === '='
          ? [e.to, e.from]
          : e.k === 'call' && e.fn.k === 'id' && e.fn.name === 'WRITE_ONCE'
            ? [e.args[0], e.args[1]]
            : [undefined, undefined];
      if (to?.k === 'id' && from?.k === 'num') flags.add(to.name);
    }
  }
  return flags;
}

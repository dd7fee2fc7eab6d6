import { expressionsOf, walkExpression, type Expr } from '../facts/ir.ts';
import type { FunctionEntry } from '../program/program.ts';

/** Calls that open a gate which others ask for by what they pass (include/linux/jump_label.h, arch's barrier.h, rcupdate.h). */
const opening = /^(?:rcu_assign_pointer|smp_store_(?:release|mb)|static_branch_(?:enable|inc)|static_key_enable)$/;

/** The globals that a function sets to a constant, or publishes for others to find: `rcu_assign_pointer(foo_conf, conf)`. */
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
      const gate = e.k === 'call' && e.fn.k === 'id' && opening.test(e.fn.name) ? addressed(e.args[0]) : undefined;
      if (gate?.k === 'id') flags.add(gate.name);
    }
  }
  return flags;
}

function addressed(e: Expr | undefined): Expr | undefined {
  return e?.k === 'unary' && e.op === '&' ? e.of : e;
}

import { expressionsOf, walkExpression, type Block, type Expr } from '../../facts/ir.ts';
import type { FunctionEntry } from '../../program/program.ts';

const initialises = /^(INIT_\w+|\w*_init|\w*lock_init|\w*_setup)$/;

/**
 * The members of struct net that an ops' init sets up, as `net->foo.bar`: true where it is that place itself, false where
 * it is what the place is made to point at, which others may do without.
 */
export function membersSetIn({ fact }: FunctionEntry): Map<string, boolean> {
  const net = fact.params[0] ?? '';
  const members = new Map<string, boolean>();
  const made = localsMadeIn(fact.blocks ?? []);
  const aliases = new Map<string, string>();
  const note = (e: Expr, isPlace = true): void => {
    const path = memberOf(e, net, aliases);
    if (path !== null) members.set(path, isPlace || members.get(path) === true);
  };
  for (const { steps } of fact.blocks ?? []) {
    for (const step of steps) {
      const init = step.s === 'declare' ? step.init : null;
      const path = init?.k === 'unary' && init.op === '&' ? memberOf(init.of, net, aliases) : null;
      if (step.s === 'declare' && path !== null) aliases.set(step.name, path);
    }
  }
  for (const expression of expressionsOf(fact.blocks ?? [])) {
    for (const e of walkExpression(expression)) {
      if (e.k === 'assign' && e.op === '=' && e.from.k === 'call') note(e.to);
      if (e.k === 'assign' && e.op === '=' && e.from.k === 'id' && made.has(e.from.name)) note(e.to, false);
      if (e.k !== 'call' || e.fn.k !== 'id') continue;
      const first = e.args[0];
      if (first?.k === 'unary' && first.op === '&' && initialises.test(e.fn.name)) note(first.of);
      if (first && e.fn.name === 'rcu_assign_pointer') note(first);
    }
  }
  return members;
}

/** The members of struct net that an ops' init sets to a number other than zero, as `net->foo.bar`. */
export function numbersSetIn({ fact }: FunctionEntry): Set<string> {
  const members = new Set<string>();
  for (const expression of expressionsOf(fact.blocks ?? []))
    for (const e of walkExpression(expression)) {
      if (e.k !== 'assign' || e.op !== '=' || e.from.k !== 'num' || !e.from.value) continue;
      const path = memberOf(e.to, fact.params[0] ?? '', new Map());
      if (path !== null) members.add(path);
    }
  return members;
}

/** The locals that a function sets to what a call returns: `data = kzalloc(…); … net->foo.data = data;`. */
function localsMadeIn(blocks: readonly Block[]): Set<string> {
  const made = new Set<string>();
  for (const { steps } of blocks) {
    for (const step of steps) {
      if (step.s === 'declare') {
        if (step.init?.k === 'call') made.add(step.name);
      } else if (step.of.k === 'assign' && step.of.to.k === 'id' && step.of.from.k === 'call') {
        made.add(step.of.to.name);
      }
    }
  }
  return made;
}

/** `net->foo.bar` as text, where an expression is one; `aliases` are locals that point at such a member. */
export function memberOf(e: Expr, net: string, aliases: ReadonlyMap<string, string>): string | null {
  if (e.k === 'index') return memberOf(e.of, net, aliases);
  if (e.k !== 'field') return null;
  if (e.arrow) {
    if (e.of.k !== 'id') return null;
    const alias = aliases.get(e.of.name);
    return alias !== undefined ? `${alias}.${e.name}` : e.of.name === net ? `net->${e.name}` : null;
  }
  const base = memberOf(e.of, net, aliases);
  return base === null ? null : `${base}.${e.name}`;
}

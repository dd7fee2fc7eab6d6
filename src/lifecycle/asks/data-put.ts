import { expressionsOf, walkExpression, type Expr } from '../../facts/ir.ts';
import { askedFor, asksMember, isGetter } from '../../facts/words.ts';
import type { FunctionEntry, OpsEntry, Program } from '../../program/program.ts';
import type { Way } from '../../program/reach.ts';
import { callbackOf } from '../bodies/callbacks-of.ts';
import { memberOf } from '../bodies/net-members.ts';

/**
 * Members of struct net belong to many: only where a handler gets to one by few calls of its own file is it taken for
 * something that it cannot do without.
 */
export const mostStepsToMember = 4;

/** In how few steps who is called gets at the data. */
const mostSteps = 4;

/**
 * The member of struct net by which an ops' init makes its own data found, where the words that functions lead to use it
 * and none of them asks first whether it is there. Who is called reads the member itself, or by a getter: what becomes of
 * it elsewhere is not known.
 */
export function dataUnasked(
  program: Program,
  words: ReadonlyMap<string, Way>,
  ops: OpsEntry,
  id: string,
): string | null {
  const init = callbackOf(program, ops, 'init');
  for (const member of init ? dataPutIn(init, id) : []) {
    const way = words.get(member);
    if (way?.beside !== true || way.steps > mostSteps) continue;
    const readers = Object.entries(program.facts(way.file)?.mentions ?? {}).flatMap(([name, mentioned]) =>
      words.has(name) && mentioned.includes(member) ? [{ name, mentioned }] : [],
    );
    const isUnasked = readers.every(({ name, mentioned }) =>
      isGetter(name)
        ? !words.has(askedFor(name))
        : words.get(name)!.steps === 1 && !mentioned.includes(asksMember(/\w+$/.exec(member)![0])),
    );
    if (readers.length > 0 && isUnasked) return member;
  }
  return null;
}

/** The members of struct net by which an ops' init makes the data of its own id found: `net->foo = net_generic(net, foo_net_id)`. */
function dataPutIn({ fact }: FunctionEntry, id: string): Set<string> {
  const members = new Set<string>();
  const data = new Set<string>();
  const isData = (e: Expr | null): boolean =>
    e?.k === 'call' && e.fn.k === 'id' && e.fn.name === 'net_generic' && e.args[1]?.k === 'id' && e.args[1].name === id;
  for (const { steps } of fact.blocks ?? [])
    for (const step of steps) if (step.s === 'declare' && isData(step.init)) data.add(step.name);
  for (const expression of expressionsOf(fact.blocks ?? []))
    for (const e of walkExpression(expression)) {
      if (e.k !== 'assign' || e.op !== '=') continue;
      if (e.to.k === 'id' && isData(e.from)) data.add(e.to.name);
      const path =
        isData(e.from) || (e.from.k === 'id' && data.has(e.from.name))
          ? memberOf(e.to, fact.params[0] ?? '', new Map())
          : null;
      if (path !== null) members.add(path);
    }
  return members;
}

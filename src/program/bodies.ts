import { expressionsOf, walkExpression, type Block, type FunctionFact } from '../facts/ir.ts';

/** A function's names do not change while its fact does not, and many programs share one fact. */
const namesMemo = new WeakMap<FunctionFact, ReadonlySet<string>>();

/** The names in a function's body. */
export function namesOf(fact: FunctionFact): ReadonlySet<string> {
  let names = namesMemo.get(fact);
  if (!names) namesMemo.set(fact, (names = new Set(namesIn(fact.blocks ?? []))));
  return names;
}

/** Says that two facts are of the same body, so that the names of one are known without a look at its blocks. */
export function shareNames(copy: FunctionFact, fact: FunctionFact): void {
  namesMemo.set(copy, namesOf(fact));
}

/** Says what the names in a body are, so that they are known without a look at its blocks. */
export function knowNames(fact: FunctionFact, names: ReadonlySet<string>): void {
  namesMemo.set(fact, names);
}

function* namesIn(blocks: readonly Block[]): Generator<string> {
  for (const expression of expressionsOf(blocks)) {
    for (const inner of walkExpression(expression)) if (inner.k === 'id') yield inner.name;
  }
}

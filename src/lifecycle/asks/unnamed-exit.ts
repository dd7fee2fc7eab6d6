import type { FunctionFact } from '../../facts/ir.ts';
import type { OpsEntry, Program } from '../../program/program.ts';
import { counterparts } from '../../facts/opposites.ts';
import { namesMentioned } from '../../facts/words.ts';

/** The fields that a function can be for, by what it takes (include/net/net_namespace.h). */
const fieldsFor: Readonly<Record<string, readonly string[]>> = {
  'net*': ['exit', 'pre_exit'],
  'list_head*': ['exit_batch'],
  'net*, list_head*': ['exit_rtnl'],
  'list_head*, list_head*': ['exit_batch_rtnl'],
};

/**
 * The name of a function that tears down for a namespace, that nothing in its file mentions, and for which an ops there
 * has no field: the ops was meant to name it. Of several ops it is the one whose callbacks are called most alike.
 */
export function unnamedExit(program: Program, ops: OpsEntry): string | null {
  const facts = program.facts(ops.file);
  if (!facts) return null;
  const mentioned = namesMentioned(facts);
  for (const each of facts.ops) for (const { text } of each.fields) mentioned.add(text.replace(/^&/, ''));
  for (const { fn } of facts.initcalls) mentioned.add(fn);
  const unnamed = facts.functions.filter((fact) => fact.isStatic && fact.returnsVoid && !mentioned.has(fact.name));
  const inits = new Set(facts.ops.flatMap(({ fields }) => fields.map(({ text }) => text.replace(/^&/, ''))));
  for (const fact of unnamed) {
    // What undoes a helper's work is for who calls the helper to call.
    if (facts.functions.some(({ name }) => !inits.has(name) && counterparts(name).includes(fact.name))) continue;
    const missing = fieldsOf(fact).filter((field) => facts.ops.some((each) => !has(each, field)));
    if (missing.length === 0) continue;
    const candidates = facts.ops.filter((each) => missing.some((field) => !has(each, field)));
    const likeness = (each: OpsEntry['fact']): number =>
      Math.max(...[each.name, ...each.fields.map(({ text }) => text)].map((name) => alike(name, fact.name)));
    const best = Math.max(...candidates.map(likeness));
    if (candidates.filter((each) => likeness(each) === best)[0]?.name !== ops.fact.name) continue;
    return fact.name;
  }
  return null;
}

function fieldsOf({ attributes, params, structs, name }: FunctionFact): readonly string[] {
  if (!attributes.includes('__net_exit') && !/(?:^|_)(?:exit|fini|cleanup|free|stop|destroy|uninit)(?:_|$)/.test(name))
    return [];
  return fieldsFor[params.map((param) => structs?.[param] ?? '').join(', ')] ?? [];
}

function has({ fields }: OpsEntry['fact'], name: string): boolean {
  return fields.some((field) => field.name === name && field.text !== 'NULL');
}

/** How many letters two names begin with in common. */
export function alike(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

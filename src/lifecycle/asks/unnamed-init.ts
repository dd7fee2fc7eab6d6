import { counterparts } from '../../facts/opposites.ts';
import { namesMentioned, ofWholeFile, unnamedInit as wordFor } from '../../facts/words.ts';
import type { OpsEntry, Program } from '../../program/program.ts';
import { alike } from './unnamed-exit.ts';

type Fact = OpsEntry['fact'];

/**
 * The name of a function that sets up for a namespace, that nothing in its file mentions, of an ops there that has no init:
 * the ops was meant to name it. Of several ops it is the one whose callbacks are called most alike, and that has no init.
 */
export function unnamedInit(program: Program, ops: OpsEntry): string | null {
  const facts = program.facts(ops.file);
  if (!facts || !mayLack(ops.fact)) return null;
  const words = facts.mentions[ofWholeFile] ?? [];
  const all = facts.ops.filter(({ isStandIn, isPassed }) => isStandIn !== true && isPassed !== true);
  for (const { name, isStatic } of facts.functions) {
    if (!isStatic || !words.includes(wordFor(name)) || isNamedAbroad(program, ops.file, name)) continue;
    const likeness = all.map((each) => ({ each, by: likenessOf(each, name) }));
    const best = Math.max(...likeness.map(({ by }) => by));
    const meant = likeness.find(({ each, by }) => by === best && mayLack(each))?.each;
    if (meant?.name === ops.fact.name) return name;
  }
  return null;
}

/** Whether an ops has no init, whatever is configured. */
function mayLack({ fields, elements, options, isStandIn, isPassed }: Fact): boolean {
  const hasInit = fields.some((field) => field.name === 'init' && field.text !== 'NULL');
  return !hasInit && elements === null && options.length === 0 && isStandIn !== true && isPassed !== true;
}

/** How much the names of an ops and of what it names are like that of a function; most where one undoes it by its name. */
function likenessOf({ name: ops, fields }: Fact, name: string): number {
  const undoing = counterparts(name);
  const named = fields.map(({ text }) => text.replace(/^&/, ''));
  if (named.some((each) => undoing.includes(each))) return Infinity;
  return Math.max(...[ops, ...named].map((each) => alike(each, name)));
}

/** Whether what a file may include names a function of its: by a macro, or in a function. */
function isNamedAbroad(program: Program, file: string, name: string): boolean {
  return program.fileNames().some((other) => {
    const facts = other === file || other.endsWith('.c') ? undefined : program.facts(other);
    if (!facts) return false;
    return Object.values(facts.aliases).some((text) => text.includes(name)) || namesMentioned(facts).has(name);
  });
}

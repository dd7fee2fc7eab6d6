import { expressionsOf, walkExpression, type FileFacts } from '../../facts/index.ts';
import { isListedCall, type PairsByCall } from '../../lifecycle/index.ts';
import { isHarmless, pernetCalls } from '../../lifecycle/bodies/known.ts';
import type { FunctionEntry, Id, Program } from '../../program/index.ts';
import { partnersOf } from './partners.ts';

/** A call that nothing is known of. */
export interface UnknownCall {
  readonly name: string;
  /** How many places call it. */
  readonly count: number;
  /** The call that by its name goes with it, where the tree's files call that as well. */
  readonly partner: string | null;
  /** The first of the places, by file and line. */
  readonly file: string;
  readonly line: number;
  readonly caller: string;
}

const callback = /^(?:init|pre_exit|exit\w*)$/;

/** The calls of a program's lifecycle functions that are not known, most used first, then by name. */
export function unknownCalls(
  program: Program,
  { facts, table }: { readonly facts: readonly FileFacts[]; readonly table: PairsByCall },
): UnknownCall[] {
  const mentioned = new Set(facts.flatMap((each) => Object.values(each.mentions).flat()));
  const found = new Map<string, { count: number; file: string; line: number; caller: string }>();
  const reached = [...reachedBy(program)].flatMap((id) => program.functionById(id) ?? []);
  reached.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.fact.at[0] - b.fact.at[0]));
  for (const entry of reached) {
    for (const { name, line } of callsOf(entry)) {
      if (isKnown(program, entry, name, table)) continue;
      const known = found.get(name);
      if (known) known.count++;
      else found.set(name, { count: 1, file: entry.file, line, caller: entry.fact.name });
    }
  }
  return [...found]
    .map(([name, rest]): UnknownCall => {
      const isCalled = (each: string): boolean => found.has(each) || mentioned.has(`${each}()`);
      return { name, ...rest, partner: partnersOf(name).find(isCalled) ?? null };
    })
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
}

/** The functions that initcalls, module exits and callbacks run through, as far as the program has them. */
function reachedBy(program: Program): Set<Id> {
  const queue = program.modules.flatMap(({ init, exits }) =>
    [init, ...exits].flatMap((root) => (root ? [root.fn.id] : [])),
  );
  for (const { file, fact } of program.allOps()) {
    for (const { name, value } of fact.fields) {
      if (!callback.test(name)) continue;
      for (const inner of walkExpression(value)) {
        const entry = inner.k === 'id' ? program.resolveFunction(file, inner.name) : undefined;
        if (entry) queue.push(entry.id);
      }
    }
  }
  const reached = new Set<Id>();
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    queue.push(...program.callees(id).map((callee) => callee.id));
  }
  return reached;
}

function isKnown(program: Program, { file, fact }: FunctionEntry, name: string, table: PairsByCall): boolean {
  return (
    isListedCall(name, table) ||
    pernetCalls.has(name) ||
    isHarmless(name) ||
    // Macros that are not functions: BUILD_BUG_ON(), WARN_ON().
    /^[A-Z0-9_]+$/.test(name) ||
    fact.params.includes(name) ||
    program.resolveFunction(file, name) !== undefined
  );
}

function callsOf({ fact }: FunctionEntry): { readonly name: string; readonly line: number }[] {
  return [...expressionsOf(fact.blocks ?? [])].flatMap((expression) =>
    [...walkExpression(expression)].flatMap((e) =>
      e.k === 'call' && e.fn.k === 'id' ? [{ name: e.fn.name, line: e.at[0] }] : [],
    ),
  );
}

import type { Expr } from '../../facts/ir.ts';
import { later } from '../../facts/words.ts';
import type { FunctionEntry, Program } from '../../program/program.ts';
import type { Named } from './member-gates.ts';
import { callsIn, memberOf, StopSearch, type Call } from './may-stop.ts';
import { namespaceLocals, valuesOfLocals } from './namespace-locals.ts';
import { printExpression } from './print.ts';
import type { PairsByCall } from '../resources/index.ts';
import { allIn } from './body.ts';

/** Where memory is freed, and the callbacks by which a teardown comes to that. */
export interface FreeSite extends Named {
  readonly at: readonly [line: number, column: number, ...rest: number[]];
  readonly through: readonly Named[];
}

/** What is found by RCU alone is found no more when its readers have been waited for (include/linux/rcupdate.h). */
export const waitsForReaders = /^(?:synchronize_(?:s?rcu(?:_\w+)?|net|sched)|rcu_barrier(?:_\w+)?)$/;

/** Stands for the thing in which both lie where it is passed by an expression. */
const theThing = '%thing';

/**
 * Whether a teardown may have ended a work item or a timer by the time that it frees what is kept beside that: something
 * gets its address before, or what was not read, a macro of several statements among that, gets what both lie in; or
 * readers are waited for.
 */
export function mayEndBefore(
  { program, table }: { readonly program: Program; readonly table: PairsByCall },
  free: FreeSite,
  { item, memory }: { readonly item: string; readonly memory: string },
): boolean {
  const frees = program.resolveFunction(free.file, free.name);
  if (!frees) return true;
  const mayEnd = (fn: FunctionEntry, isBefore: (call: Call) => boolean): boolean => {
    const { names, texts } = ownersOf(fn, [item, memory]);
    const calls = callsOf(fn).filter(isBefore);
    if (calls.some(({ fn: called }) => called.k === 'id' && waitsForReaders.test(called.name))) return true;
    const named = calls.map((call) => ({
      ...call,
      args: call.args.map((arg): Expr =>
        texts.has(printExpression(arg)) ? { k: 'id', name: theThing, at: arg.at } : arg,
      ),
    }));
    const held = namespaceLocals(program, fn, [...fn.fact.params, ...names, theThing]);
    return new StopSearch(program, table, item).mayStop(fn, named, held);
  };
  if (mayEnd(frees, ({ at }) => isAhead(at, free.at))) return true;
  for (const { file, name } of free.through) {
    const fn = program.resolveFunction(file, name);
    if (!fn) return true;
    if (fn.id === frees.id) return false;
    const through = callsOf(fn).find(({ fn: called }) => called.k === 'id' && called.name === free.name);
    if (mayEnd(fn, ({ at }) => !through || isAhead(at, through.at))) return true;
    if (through) return false;
  }
  // It is come to by another function yet, of which it is not known what it calls before.
  return true;
}

/** Whether something in a file leaves a work item or a timer to run by the name of its member, or by a variable. */
export function isArmedIn(program: Program, file: string, item: string): boolean {
  const queues = later.queues('');
  return Object.values(program.facts(file)?.mentions ?? {}).some((words) =>
    words.some((word) => {
      if (!word.startsWith(queues)) return false;
      const text = word.slice(queues.length);
      return (memberOf(text) ?? item) === item;
    }),
  );
}

/** What a function takes some members of: the variables, and the expressions that are none. */
function ownersOf(fn: FunctionEntry, members: readonly string[]): { names: Set<string>; texts: Set<string> } {
  const names = new Set<string>();
  const texts = new Set<string>();
  for (const e of allIn(fn)) {
    if (e.k !== 'field' || !members.includes(e.name)) continue;
    if (e.of.k === 'id') names.add(e.of.name);
    else texts.add(printExpression(e.of));
  }
  for (const [name, values] of valuesOfLocals(fn))
    if (names.has(name)) for (const value of values) if (value.k !== 'call') texts.add(printExpression(value));
  return { names, texts };
}

function callsOf({ fact }: FunctionEntry): Call[] {
  return (fact.blocks ?? []).flatMap(callsIn);
}

function isAhead(at: readonly number[], of: readonly number[]): boolean {
  return at[0]! < of[0]! || (at[0] === of[0] && at[1]! < of[1]!);
}

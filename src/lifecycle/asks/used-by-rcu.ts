import type { At, Expr } from '../../facts/ir.ts';
import { keepsData } from '../../facts/words.ts';
import type { FunctionEntry, Program } from '../../program/program.ts';
import { exitsOf } from '../bodies/callbacks-of.ts';
import { waitsForOthers } from './freed-found.ts';
import { valuesOfLocals } from '../bodies/namespace-locals.ts';
import { onlyTells } from '../bodies/known.ts';
import { printExpression } from '../bodies/print.ts';
import { structBehind } from '../bodies/structs.ts';
import { mayWaitInside } from './unwaited.ts';
import { allIn, callsOf, nameOf, targetsOf, within } from '../bodies/body.ts';

/** A callback of RCU that an exit queues and that uses the data of the namespace, which is gone by then. */
export interface UsedByRcu {
  readonly callback: string;
  /** The call that queues it. */
  readonly by: string;
  /** What it uses. */
  readonly use: string;
  readonly place: { readonly file: string; readonly fn: string; readonly at: At };
}

/** An exit is followed into so many calls. */
const mostDeep = 2;

/**
 * A callback that one of the exits of an ops asks RCU to call, where none of them waits for anything, and that uses the ops'
 * data by a pointer to it: the core frees that right after the exits, and has its rcu_barrier() only behind that
 * (net/core/net_namespace.c, ops_undo_list(), ops_free_list(), cleanup_net()).
 */
export function usedByRcu(program: Program, exits: readonly FunctionEntry[], id: string): UsedByRcu | null {
  if (exits.some((exit) => mayWaitInside(program, exit))) return null;
  // The exits of all run before the core frees the data of any.
  if (exits.some((exit) => othersWait(program, exit))) return null;
  for (const fn of exits.flatMap((exit) => within(program, exit, mostDeep)))
    for (const call of callsOf(fn)) {
      const [, to] = call.args;
      if (!/^call_rcu(?:_hurry)?$/.test(nameOf(call)) || to?.k !== 'id') continue;
      const callback = program.lookUp(fn.file, to.name);
      const use = callback && useOf(program, callback, id);
      if (use && !isToldOf(program, exits, use.member))
        return {
          callback: to.name,
          by: nameOf(call),
          use: use.text,
          place: { file: fn.file, fn: fn.fact.name, at: call.at },
        };
    }
  return null;
}

/** Whether an exit of another ops of an exit's file waits for others. */
function othersWait(program: Program, { file }: FunctionEntry): boolean {
  const others = program.allOps().filter((each) => each.file === file);
  return others.some((ops) => exitsOf(program, ops).some((each) => waitsForOthers(program, each)));
}

/** Whether the exits name a member as such, or set it: it need not lead to the data any more. */
function isToldOf(program: Program, exits: readonly FunctionEntry[], member: string): boolean {
  return exits
    .flatMap((exit) => within(program, exit, mostDeep))
    .some((fn) => [...allIn(fn)].some((e) => targetsOf(e).some((to) => to.k === 'field' && to.name === member)));
}

interface Use {
  readonly text: string;
  /** Where the pointer to the data is kept. */
  readonly member: string;
}

/**
 * What a function uses of an ops' data whatever it finds, by a member in which the file keeps a pointer to that:
 * `entry->owner->count`.
 */
function useOf(program: Program, fn: FunctionEntry, id: string): Use | null {
  if ((fn.fact.blocks ?? []).some(({ end }) => end.e === 'branch' || end.e === 'switch')) return null;
  const isAsking = (e: Expr): boolean => e.k === 'cond' || (e.k === 'binary' && (e.op === '&&' || e.op === '||'));
  if ([...allIn(fn)].some(isAsking)) return null;
  const words = new Set(Object.values(program.facts(fn.file)?.mentions ?? {}).flat());
  const isKept = (e: Expr): boolean => {
    const struct = e.k === 'field' && e.arrow ? structBehind(fn.fact, e.of) : undefined;
    return e.k === 'field' && struct !== undefined && words.has(keepsData(struct.replace('*', ''), e.name, id));
  };
  const locals = new Map(
    [...valuesOfLocals(fn)].flatMap(([name, [value, ...others]]) =>
      value && others.length === 0 && isKept(value) ? [[name, value] as const] : [],
    ),
  );
  // Who prints an address reads nothing there.
  const printed = new Set(
    callsOf(fn).flatMap((call) =>
      onlyTells(nameOf(call)) ? call.args.flatMap((arg) => (arg.k === 'unary' && arg.op === '&' ? arg.of : [])) : [],
    ),
  );
  for (const e of allIn(fn)) {
    if (e.k !== 'field' || !e.arrow || printed.has(e)) continue;
    const kept = isKept(e.of) ? e.of : e.of.k === 'id' ? locals.get(e.of.name) : undefined;
    if (kept?.k === 'field') return { text: printExpression(e), member: kept.name };
  }
  return null;
}

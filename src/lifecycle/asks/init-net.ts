import { expressionsOf, walkExpression } from '../../facts/ir.ts';
import type { FunctionEntry, OpsEntry, Program } from '../../program/program.ts';
import type { AskedState } from './asked-state.ts';
import { callbackOf, exitOrder } from '../bodies/callbacks-of.ts';
import type { Held } from '../paths/held.ts';
import { releasesOf } from '../resources/index.ts';
import type { TraceStep } from '../paths/trace.ts';

/**
 * What a module's path leaves behind, without what it made for init_net by name (`foo_table_init(&init_net)`) and an ops'
 * exit callbacks give back for any namespace: unregistering the ops calls them for init_net as well (net/core/net_namespace.c,
 * __unregister_pernet_operations()).
 */
export function notOfInitNet(
  held: readonly Held[],
  steps: readonly TraceStep[],
  { program, state }: { readonly program: Program; readonly state: AskedState },
): readonly Held[] {
  if (!held.some(isOfInitNet)) return held;
  const gone = steps.flatMap((step) =>
    step.t === 'pernet' && step.call.startsWith('unregister') ? (program.opsEntry(step.ops) ?? []) : [],
  );
  const isGivenBack = (each: Held): boolean =>
    releasesOf(each.pair).some((name) =>
      gone.some((ops) =>
        exitOrder.some(
          (callback) => state.leadsTo(ops, callback, name) && state.mayRelease(ops, callback, name, literalOf(each)),
        ),
      ),
    );
  return held.filter((each) => !isOfInitNet(each) || !isGivenBack(each));
}

/** What is named by a text (`"foo"` of a proc entry) has that as its name for whoever gives it back as well. */
function literalOf({ of }: Held): string | null {
  return of.flatMap((each) => /^&?(".*")$/.exec(each)?.[1] ?? [])[0] ?? null;
}

/** Whether a callback of an ops, or what it calls, makes a call of this name that is not known to name another text. */
export function mayRelease(
  program: Program,
  { ops, callback }: { readonly ops: OpsEntry; readonly callback: string },
  name: string,
  literal: string | null,
): boolean {
  const root = callbackOf(program, ops, callback);
  if (literal === null || !root) return true;
  const seen = new Set<FunctionEntry>([root]);
  for (const entry of seen) {
    if (callsWith(entry, name, literal)) return true;
    for (const callee of program.callees(entry.id)) seen.add(callee);
  }
  return false;
}

function callsWith({ fact }: FunctionEntry, name: string, literal: string): boolean {
  for (const expression of expressionsOf(fact.blocks ?? []))
    for (const e of walkExpression(expression)) {
      if (e.k !== 'call' || e.fn.k !== 'id' || e.fn.name !== name) continue;
      const texts = e.args.flatMap((arg) => (arg.k === 'str' ? arg.text : []));
      if (texts.length === 0 || texts.includes(literal)) return true;
    }
  return false;
}

function isOfInitNet({ of, at }: Held): boolean {
  return [...of, at ?? ''].some((each) => /^&?init_net\b/.test(each));
}

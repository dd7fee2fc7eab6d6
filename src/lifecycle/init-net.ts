import type { Program } from '../program/program.ts';
import type { AskedState } from './asked-state.ts';
import { exitOrder } from './callbacks.ts';
import type { Held } from './held.ts';
import { releasesOf } from './resources/index.ts';
import type { TraceStep } from './trace.ts';

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
  const isCalled = (name: string): boolean =>
    gone.some((ops) => exitOrder.some((callback) => state.leadsTo(ops, callback, name)));
  return held.filter((each) => !isOfInitNet(each) || !releasesOf(each.pair).some(isCalled));
}

function isOfInitNet({ of, at }: Held): boolean {
  return [...of, at ?? ''].some((each) => /^&?init_net\b/.test(each));
}

import type { Program } from '../program/program.ts';
import type { Reach } from '../program/reach.ts';
import { callbackOf } from './callbacks-of.ts';
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
  { program, reach }: { readonly program: Program; readonly reach: Reach },
): readonly Held[] {
  if (!held.some(isOfInitNet)) return held;
  const called = new Set<string>();
  for (const step of steps) {
    const ops = step.t === 'pernet' && step.call.startsWith('unregister') ? program.opsEntry(step.ops) : undefined;
    for (const callback of ops ? exitOrder : []) {
      const fn = callbackOf(program, ops!, callback);
      if (!fn) continue;
      for (const word of reach.from(fn.file, fn.fact.name, 'calls').keys()) called.add(word);
    }
  }
  return held.filter((each) => !isOfInitNet(each) || !releasesOf(each.pair).some((name) => called.has(name)));
}

function isOfInitNet({ of, at }: Held): boolean {
  return [...of, at ?? ''].some((each) => /^&?init_net\b/.test(each));
}

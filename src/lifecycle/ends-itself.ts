import { expressionsOf, walkExpression } from '../facts/ir.ts';
import type { Program } from '../program/program.ts';
import type { Held } from './held.ts';

/** What a thread does last that says so to who waits for it, or gives back what it has held (kernel/kthread.c). */
const saysItsEnd =
  /^(?:(?:module_put_and_)?kthread_exit|(?:kthread_)?complete_and_exit|complete(?:_all)?|put_net)\(\)$/;
/** By what it would learn that kthread_stop() has been called. */
const asksForStop = /^kthread_(?:should_stop|should_park|freezable_should_stop)\w*\(\)$/;

/**
 * Whether a kernel thread ends by itself: its function never asks whether it should stop, and says when it is done, or gives
 * back the namespace that it held. Nobody has to call kthread_stop() then.
 */
export function endsItself(program: Program, { pair, place: { file, fn, at } }: Held): boolean {
  if (pair.kind !== 'kernel thread') return false;
  const blocks = program.resolveFunction(file, fn)?.fact.blocks ?? [];
  for (const whole of expressionsOf(blocks))
    for (const e of walkExpression(whole)) {
      if (e.k !== 'call' || e.at[0] !== at[0] || e.at[1] !== at[1] || e.args[0]?.k !== 'id') continue;
      const body = program.lookUp(file, e.args[0].name);
      const words = body ? program.facts(body.file)?.mentions[body.fact.name] : undefined;
      return words?.some((word) => saysItsEnd.test(word)) === true && !words.some((word) => asksForStop.test(word));
    }
  return false;
}

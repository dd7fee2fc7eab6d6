import type { Expr } from '../../facts/ir.ts';
import type { Called } from './calls.ts';
import { place, type Frame, type Result } from './frame.ts';
import type { State } from './state.ts';
import { one, POS, ZERO, zero } from './values.ts';

/** The place of the flag that says whether the module holds itself. */
const pinned = 'THIS_MODULE.bit_pinned';

/**
 * `__module_get(THIS_MODULE)`, `try_module_get(THIS_MODULE)`, `module_put(THIS_MODULE)`: the module holds itself from then
 * on, or no longer (kernel/module/main.c). Null for any other call.
 */
export function pin(frame: Frame, e: Expr & { k: 'call' }, { name, state }: Called): Result[] | null {
  const isGet = name === '__module_get' || name === 'try_module_get';
  if (!isGet && name !== 'module_put') return null;
  const [of] = e.args;
  if (of?.k !== 'id' || of.name !== 'THIS_MODULE') return null;
  const done = state.copy();
  done.write(pinned, isGet ? one : zero);
  if (name !== 'try_module_get') return [{ state: done, value: done.fresh() }];
  const call = { name, place: place(frame, e.at) };
  const held = { state: done, value: done.fresh({ mask: POS, call }) };
  if (frame.discarded === e) return [held];
  const failed = state.copy();
  return [held, { state: failed, value: failed.fresh({ mask: ZERO, call }) }];
}

/** Whether a module that is loaded holds itself. */
export function isPinned({ env }: State): boolean {
  const value = env.get(pinned);
  return value?.v === 'num' && value.num !== 0;
}

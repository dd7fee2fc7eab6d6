import type { Expr } from '../facts/ir.ts';
import type { Result } from './frame.ts';
import { printExpression } from './print.ts';
import type { State } from './state.ts';
import { one, zero, type Value } from './values.ts';

const operation = /^(?:__)?(?:(set|clear|change)|(test)(?:_and_(set|clear|change))?)_bit(?:_(?:lock|unlock|acquire))?$/;

/** Whether a call is one of include/linux/bitops.h on one bit of a bitmap. */
export function isOnBit(name: string): boolean {
  return name.endsWith('_bit') || name.includes('_bit_') ? operation.test(name) : false;
}

/** `set_bit(FOO_DONE, &foo_state)`: each bit that has a name, or a number, is a flag of its own. */
export function onBit(
  e: Expr & { k: 'call' },
  { name, state, values }: { readonly name: string; readonly state: State; readonly values: readonly Value[] },
): Result[] {
  const [, first, test, then] = operation.exec(name) ?? [];
  const [bit, map] = [e.args[0], values[1]];
  const input = map?.v === 'sym' ? state.symbols.get(map.id)?.input : undefined;
  const of = map?.v === 'addr' ? map.path : input === undefined ? undefined : `${input}[0]`;
  const isNamed = bit !== undefined && (bit.k === 'num' || (bit.k === 'id' && /^[A-Z][A-Z\d_]*$/.test(bit.name)));
  const next = state.copy();
  if (of === undefined) return [{ state: next, value: next.fresh() }];
  if (!isNamed) {
    if (first ?? then) next.forget(of);
    return [{ state: next, value: next.fresh() }];
  }
  const place = `${of}.bit_${printExpression(bit)}`;
  const before = test === undefined ? zero : next.read(place);
  const change = first ?? then;
  if (change === 'change') next.forget(place);
  else if (change !== undefined) next.write(place, change === 'set' ? one : zero);
  return [{ state: next, value: before }];
}

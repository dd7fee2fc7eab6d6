import { constantOf } from '../bodies/chosen-steps.ts';
import type { Result } from './frame.ts';
import { sum } from './operators.ts';
import type { State } from './state.ts';
import { one, POS, zero, type Value } from './values.ts';

const operation = /^(?:__)?(?:(set|clear|change)|(test)(?:_and_(set|clear|change))?)_bit(?:_(?:lock|unlock|acquire))?$/;

const number = /^(?:BIT|BIT_ULL|_BITUL|_BITULL)$/;

/** Whether a call is one of include/linux/bitops.h on one bit of a bitmap, or a number of one bit (include/linux/bits.h). */
export function isOnBit(name: string): boolean {
  return name.endsWith('_bit') || name.includes('_bit_') ? operation.test(name) : number.test(name);
}

/** `set_bit(FOO_DONE, &foo_state)`: each bit that has a name, or a number, is a flag of its own. */
export function onBit({
  name,
  state,
  values,
}: {
  readonly name: string;
  readonly state: State;
  readonly values: readonly Value[];
}): Result[] {
  const [given, map] = values;
  if (number.test(name)) return [{ state, value: (given && sum('<<', one, given)) ?? state.fresh({ mask: POS }) }];
  const [, first, test, then] = operation.exec(name) ?? [];
  const input = map?.v === 'sym' ? state.symbols.get(map.id)?.input : undefined;
  const of = map?.v === 'addr' ? map.path : input === undefined ? undefined : `${input}[0]`;
  const known = given?.v === 'num' ? String(given.num) : given ? constantOf(state, given) : null;
  const next = state.copy();
  if (of === undefined) return [{ state: next, value: next.fresh() }];
  if (known === null) {
    if (first ?? then) next.forget(of);
    return [{ state: next, value: next.fresh() }];
  }
  const place = `${of}.bit_${known}`;
  const before = test === undefined ? zero : next.read(place);
  const change = first ?? then;
  if (change === 'change') next.forget(place);
  else if (change !== undefined) next.write(place, change === 'set' ? one : zero);
  return [{ state: next, value: before }];
}

import { holds } from '../paths/operators.ts';

/**
 * What an expression comes to: a number, something that is not 0, what depends on something else, or what is made of a gate
 * in a way that is not followed.
 */
export type Value =
  | { readonly v: 'num'; readonly num: number | null; readonly name?: string | undefined }
  | { readonly v: 'something' }
  | { readonly v: 'open' }
  | { readonly v: 'unclear' };

/** What a condition is answered. */
export type Truth = 'yes' | 'no' | 'open' | 'unclear';

export const open: Value = { v: 'open' };
export const unclear: Value = { v: 'unclear' };
export const something: Value = { v: 'something' };

export function isZero(value: Value): boolean {
  return value.v === 'num' && value.num === 0;
}

export function truthOf(value: Value): Truth {
  if (value.v === 'num') return value.num === null ? 'open' : value.num === 0 ? 'no' : 'yes';
  return value.v === 'something' ? 'yes' : value.v;
}

export function ofTruth(truth: Truth): Value {
  if (truth === 'yes') return something;
  return truth === 'no' ? { v: 'num', num: 0 } : truth === 'open' ? open : unclear;
}

export function not(truth: Truth): Value {
  return ofTruth(truth === 'yes' ? 'no' : truth === 'no' ? 'yes' : truth);
}

export function either(all: readonly Value[]): Value {
  return all.some(({ v }) => v === 'unclear') ? unclear : open;
}

export function compare(op: string, l: Value, r: Value): Value {
  const isEqual = op === '==' ? 'yes' : 'no';
  if (l.v === 'num' && r.v === 'num') {
    if (l.num !== null && r.num !== null) return ofTruth(holds(op, l.num, r.num) ? 'yes' : 'no');
    const isByName = (op === '==' || op === '!=') && l.name !== undefined && l.name === r.name;
    return isByName ? ofTruth(isEqual) : unclear;
  }
  if ([l, r].some(({ v }) => v === 'something') && [l, r].some(isZero) && (op === '==' || op === '!='))
    return not(isEqual);
  const isOfGate = [l, r].some(({ v }) => v === 'unclear' || v === 'something');
  return isOfGate ? unclear : open;
}

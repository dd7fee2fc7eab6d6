import type { Expr } from '../../facts/ir.ts';
import { constantOf } from '../bodies/chosen-steps.ts';
import type { Frame } from './frame.ts';
import { isClearing } from '../bodies/mask-names.ts';
import { isPlainMask } from './operators.ts';
import { lvalue } from './paths.ts';
import { isFlag, isLocal } from './place-names.ts';
import type { State } from './state.ts';
import { NEG, one, POS, zero, ZERO, type Value } from './values.ts';

/** One with more bits than this says what may be, not what was done. */
const mostBits = 8;

/** The bits of a mask, by their numbers, or by the mask's name where what it stands for is not known. */
interface Mask {
  readonly bits: readonly string[];
  /** The number that it is; null where it is known by its name. */
  readonly num: number | null;
}

function maskIn(state: State, value: Value): Mask | null {
  if (value.v === 'num') {
    if (value.text !== undefined || value.num === 0 || !isPlainMask(value.num)) return null;
    const bits = bitsOf(value.num);
    return bits.length > mostBits ? null : { bits, num: value.num };
  }
  const name = constantOf(state, value);
  return name === null ? null : { bits: [name], num: null };
}

function bitsOf(num: number): string[] {
  return Array.from({ length: 31 }, (_, bit) => bit).flatMap((bit) => ((num >> bit) & 1 ? String(bit) : []));
}

/** `foo_done & FOO_OPS`: what is known of the bits; null where nothing that has a name is asked. */
export function masked(
  frame: Frame,
  e: Expr & { k: 'binary' },
  state: State,
  values: readonly [Value, Value],
): Value | null {
  if (e.op !== '&') return null;
  const isSecond = maskIn(state, values[0]) === null;
  const mask = maskIn(state, values[isSecond ? 1 : 0]);
  const path = mask && values[isSecond ? 0 : 1].v === 'sym' ? lvalue(frame, isSecond ? e.l : e.r, state) : null;
  if (!mask || path === null || !isNoted(state, path)) return null;
  const bits = mask.bits.map((bit) => state.read(`${path}.bit_${bit}`));
  const [only] = bits;
  const isSet = (bit: Value): boolean => (state.maskOf(bit) & ZERO) === 0;
  if (bits.every((bit) => state.maskOf(bit) === ZERO)) return zero;
  if (bits.every(isSet)) return mask.num === null ? state.fresh({ mask: POS }) : { v: 'num', num: mask.num };
  if (bits.length === 1) return only!;
  return bits.some(isSet) ? state.fresh({ mask: POS }) : null;
}

/** Whether a place is one in which callers note what they have done, or the path itself has; elsewhere a mask says how to go on. */
function isNoted(state: State, path: string): boolean {
  if (!isLocal(path)) return isFlag(path) && !path.includes('[*]');
  const bits = `${path}.bit_`;
  return [...state.env.keys()].some((key) => key.startsWith(bits));
}

/**
 * `foo_done |= FOO_OPS` and `foo_done &= ~FOO_OPS`: each bit is a flag of its own, and the others stay as they are. False
 * where a statement is none of these.
 */
export function setBits(
  e: Expr & { k: 'assign' },
  { state, path, value }: { readonly state: State; readonly path: string; readonly value: Value },
): boolean {
  const isSet = e.op === '|=';
  const mask = maskIn(state, value);
  if (!mask || !(isSet || isClearing(e))) return false;
  const before = state.read(path);
  if (before.v === 'num' && before.text === undefined && isPlainMask(before.num) && mask.num !== null) {
    state.write(path, { v: 'num', num: isSet ? before.num | mask.num : before.num & ~mask.num });
    return true;
  }
  const others = othersAt(state, path, { isSet, mask });
  const sign = (state.maskOf(before) & NEG) | POS;
  state.written.add(path);
  state.write(path, isSet ? state.fresh({ mask: sign }) : state.fresh());
  for (const [place, bit] of others) state.write(place, bit);
  for (const bit of mask.bits) state.write(`${path}.bit_${bit}`, isSet ? one : zero);
  return true;
}

/** What a statement leaves of the other bits: of a mask whose bits are not known, one that is set already stays set. */
function othersAt(
  state: State,
  path: string,
  { isSet, mask }: { readonly isSet: boolean; readonly mask: Mask },
): [string, Value][] {
  const stays = ([place, bit]: [string, Value]): boolean => {
    if (!place.startsWith(`${path}.bit_`)) return false;
    const isKnown = mask.num !== null && /^\d+$/.test(place.slice(path.length + '.bit_'.length));
    return isKnown || state.maskOf(bit) === (isSet ? POS : ZERO);
  };
  return [...state.env].filter(stays);
}

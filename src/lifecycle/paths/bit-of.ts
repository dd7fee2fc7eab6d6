import { one, zero, type Value } from './values.ts';

const ofBit = /^(.*)\.bit_(\w+)$/;

/** What the place of a bit holds (bits.ts, masks.ts) where the number that it is a bit of is known; else null. */
export function bitOf(path: string, env: { get: (path: string) => Value | undefined }): Value | null {
  if (!path.includes('.bit_')) return null;
  const [, whole, bit] = ofBit.exec(path) ?? [];
  const value = whole === undefined ? undefined : env.get(whole);
  if (value?.v !== 'num' || value.text !== undefined) return null;
  if (value.num === 0) return zero;
  const isTold = /^\d+$/.test(bit!) && Number(bit) < 31 && value.num > 0 && value.num <= 0x7fffffff;
  if (!isTold) return null;
  return (value.num >> Number(bit)) & 1 ? one : zero;
}

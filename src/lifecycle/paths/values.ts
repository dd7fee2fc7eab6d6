/**
 * What the analysis knows of a value. One domain serves integers and pointers, as the kernel's own conventions do: an
 * error pointer is negative, NULL is zero, a valid pointer is positive (include/linux/err.h).
 */
export const NEG = 1;
export const ZERO = 2;
export const POS = 4;
export const ANY = NEG | ZERO | POS;

export type Value =
  /** A constant; `text` is an errno's name (`-ENOMEM`), whose number does not matter but its sign. */
  | { readonly v: 'num'; readonly num: number; readonly text?: string }
  /** The address of something: never NULL. */
  | { readonly v: 'addr'; readonly path: string }
  /** Not known, but the same wherever it is: what is learnt of it in one place holds in all. */
  | { readonly v: 'sym'; readonly id: number };

export const zero: Value = { v: 'num', num: 0 };
export const one: Value = { v: 'num', num: 1 };

export function signOf(num: number): number {
  return num < 0 ? NEG : num > 0 ? POS : ZERO;
}

export function negate(mask: number): number {
  return (mask & ZERO) | (mask & NEG ? POS : 0) | (mask & POS ? NEG : 0);
}

/** The masks under which a comparison with zero holds; what is not in them is where it does not. */
export function maskWhere(operator: string): number | null {
  switch (operator) {
    case '==':
      return ZERO;
    case '!=':
      return NEG | POS;
    case '<':
      return NEG;
    case '<=':
      return NEG | ZERO;
    case '>':
      return POS;
    case '>=':
      return POS | ZERO;
    default:
      return null;
  }
}

export function isErrno(name: string): boolean {
  return /^E[A-Z][A-Z0-9]+$/.test(name);
}

/** What is known of a value at boot. */
export type Value =
  /** A number; 0 is also NULL. */
  | { readonly v: 'int'; readonly n: number }
  /** A negative errno, or a pointer that holds one; `name` when it is known which. */
  | { readonly v: 'err'; readonly name: string | null }
  /** The address of a global variable or a function. */
  | { readonly v: 'addr'; readonly file: string; readonly name: string }
  /** A valid pointer. */
  | { readonly v: 'pointer' }
  /** The result of something that is taken to succeed: 0 or a valid pointer, where it is known which. */
  | { readonly v: 'ok'; readonly as?: 'int' | 'pointer' }
  | { readonly v: 'unknown'; readonly why: string };

export const ok: Value = { v: 'ok' };
export const pointer: Value = { v: 'pointer' };
export const zero: Value = { v: 'int', n: 0 };

export function int(n: number): Value {
  return { v: 'int', n };
}

/** A truth that rests on something having succeeded. */
export function assumed(holds: boolean): Value {
  return { v: 'ok', as: holds ? 'pointer' : 'int' };
}

export function unknown(why: string): Value {
  return { v: 'unknown', why };
}

export function isError(value: Value): boolean {
  return value.v === 'err' || (value.v === 'int' && value.n < 0);
}

/** Whether it is known for sure, and not merely taken to be well. */
export function isDefinite(value: Value): boolean {
  return value.v !== 'ok' && value.v !== 'unknown';
}

export function equal(a: Value, b: Value): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Whether a condition on a value holds; undefined where nothing says so. What succeeded is 0 in `if (err)`, and true in `if (!p)`. */
export function truth(value: Value, isNegated = false): boolean | undefined {
  switch (value.v) {
    case 'int':
      return value.n !== 0;
    case 'ok':
      return value.as === undefined ? isNegated : value.as === 'pointer';
    case 'unknown':
      return undefined;
    default:
      return true;
  }
}

/** What two paths that meet again leave of a value. */
export function join(a: Value, b: Value): Value {
  if (equal(a, b)) return a;
  const isFine = (value: Value): boolean =>
    value.v === 'ok' || (value.v === 'int' && value.n === 0) || value.v === 'pointer' || value.v === 'addr';
  if (isFine(a) && isFine(b) && (a.v === 'ok' || b.v === 'ok')) return ok;
  if (a.v === 'unknown') return a;
  return b.v === 'unknown' ? b : unknown('it differs from path to path');
}

/** `l op r` for comparisons and arithmetic; `&&` and `||` are control flow and not decided here. */
export function binary(op: string, l: Value, r: Value): Value {
  const decided = compare(op, l, r);
  if (decided !== undefined) return l.v === 'ok' || r.v === 'ok' ? assumed(decided) : int(decided ? 1 : 0);
  if (l.v === 'int' && r.v === 'int') {
    const n = arithmetic(op, l.n, r.n);
    if (n !== undefined) return int(n);
  }
  if (l.v === 'ok' || r.v === 'ok') return ok;
  return l.v === 'unknown' ? l : r.v === 'unknown' ? r : unknown(`of ${op}`);
}

function compare(op: string, l: Value, r: Value): boolean | undefined {
  if (!['==', '!=', '<', '>', '<=', '>='].includes(op)) return undefined;
  if (l.v === 'int' && r.v === 'int') {
    return { '==': l.n === r.n, '!=': l.n !== r.n, '<': l.n < r.n, '>': l.n > r.n, '<=': l.n <= r.n, '>=': l.n >= r.n }[
      op
    ];
  }
  if (r.v === 'int' || r.v === 'err') return compareWith(op, l, r);
  if (l.v === 'int' || l.v === 'err') {
    const turned: Record<string, string> = { '<': '>', '>': '<', '<=': '>=', '>=': '<=' };
    return compareWith(turned[op] ?? op, r, l);
  }
  if (l.v === 'addr' && r.v === 'addr') {
    const same = l.file === r.file && l.name === r.name;
    return op === '==' ? same : op === '!=' ? !same : undefined;
  }
  return undefined;
}

/** A value against a number or an errno. */
function compareWith(op: string, l: Value, r: Value & { v: 'int' | 'err' }): boolean | undefined {
  if (r.v === 'err') {
    const same =
      l.v === 'err'
        ? l.name !== null && r.name !== null
          ? l.name === r.name
          : undefined
        : l.v === 'unknown'
          ? undefined
          : false;
    return same === undefined ? undefined : op === '==' ? same : op === '!=' ? !same : undefined;
  }
  switch (l.v) {
    case 'err':
      return r.n < 0 ? undefined : op === '==' || op === '>' || op === '>=' ? false : true;
    case 'pointer':
    case 'addr':
      return r.n !== 0 ? undefined : op === '==' ? false : op === '!=' ? true : undefined;
    case 'ok':
      if (l.as === 'pointer') return r.n === 0 ? { '==': false, '!=': true }[op] : undefined;
      // A result that is compared with 0, not with NULL, is a number, and that is 0.
      return r.n === 0
        ? { '==': true, '!=': false, '<': false, '>': undefined, '<=': true, '>=': true }[op]
        : undefined;
    default:
      return undefined;
  }
}

function arithmetic(op: string, l: number, r: number): number | undefined {
  switch (op) {
    case '+':
      return l + r;
    case '-':
      return l - r;
    case '*':
      return l * r;
    case '&':
      return l & r;
    case '|':
      return l | r;
    case '^':
      return l ^ r;
    case '<<':
      return r >= 0 && r < 31 ? l << r : undefined;
    case '>>':
      return r >= 0 && r < 31 ? l >> r : undefined;
    case '/':
      return r === 0 ? undefined : Math.trunc(l / r);
    case '%':
      return r === 0 ? undefined : l % r;
    default:
      return undefined;
  }
}

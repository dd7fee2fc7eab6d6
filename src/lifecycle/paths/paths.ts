import { elementOf, type Expr } from '../../facts/ir.ts';
import type { Frame } from './frame.ts';
import type { State } from './state.ts';
import { isErrno, POS, zero, type Value } from './values.ts';

/** What a header says that all is well by; one that the file itself gives a number is no name here (constants.ts). */
const saysWell = /^[A-Z][A-Z\d_]*_(?:OK|SUCCESS)$/;

/** What a name stands for; `asked` is one that is a condition by itself, which is a setting and no result. */
export function identifier(frame: Frame, name: string, state: State, asked = false): Value {
  if (frame.locals.has(name)) return state.read(`%${name}`);
  if (isErrno(name)) return { v: 'num', num: 1, text: name };
  if (!asked && saysWell.test(name) && name !== 'NOTIFY_OK') return zero;
  const fn = frame.program.lookUp(frame.file, name);
  if (fn) return { v: 'addr', path: `fn:${fn.id}` };
  const ops = frame.program.resolveOps(frame.file, name);
  if (ops && ops.fact.elements !== null) return { v: 'addr', path: `${ops.id}[*]` };
  // An array is the address of its first element.
  if (ops && ops.fact.name !== name) return { v: 'addr', path: ops.id };
  return state.read(ops ? ops.id : frame.program.statics.nameIn(frame.file, name));
}

/** The canonical path of what an expression names, or null when it names nothing that can be followed. */
export function lvalue(frame: Frame, e: Expr, state: State): string | null {
  switch (e.k) {
    case 'id':
      if (frame.locals.has(e.name)) return `%${e.name}`;
      return opsNamed(frame, e.name) ?? frame.program.statics.nameIn(frame.file, e.name);
    case 'field': {
      if (!e.arrow) {
        const base = lvalue(frame, e.of, state);
        return base === null ? null : `${base}.${e.name}`;
      }
      const target = pointee(frame, e.of, state);
      return target === null ? null : target.direct ? `${target.path}.${e.name}` : `${target.path}->${e.name}`;
    }
    case 'unary': {
      if (e.op !== '*') return null;
      const target = pointee(frame, e.of, state);
      return target === null ? null : target.direct ? target.path : `${target.path}->*`;
    }
    case 'index': {
      const ops = e.index.k === 'num' ? opsAt(frame, e.of, e.index.value) : null;
      if (ops !== null) return ops;
      const base = lvalue(frame, e.of, state);
      return base === null ? null : `${base}[${e.index.k === 'num' ? String(e.index.value) : '*'}]`;
    }
    default:
      return null;
  }
}

function opsNamed({ program, file }: Frame, name: string): string | null {
  const ops = program.resolveOps(file, name);
  return ops?.fact.name === name ? ops.id : null;
}

/** The ops that is an element of an array of them; null where it is none. */
export function opsAt(frame: Frame, array: Expr, index: number | null): string | null {
  if (array.k !== 'id' || index === null || frame.locals.has(array.name)) return null;
  return opsNamed(frame, elementOf(array.name, index));
}

/** What a pointer expression points at: a thing with a path of its own, or whatever lies behind an unknown pointer. */
function pointee(frame: Frame, e: Expr, state: State): { path: string; direct: boolean } | null {
  const path = lvalue(frame, e, state);
  const value = path !== null ? state.read(path) : e.k === 'unary' && e.op === '&' ? address(frame, e, state) : null;
  if (value?.v === 'addr') return { path: value.path, direct: true };
  if (value?.v === 'sym') return { path: state.symbols.get(value.id)?.input ?? `#${value.id}`, direct: false };
  return path === null ? null : { path, direct: false };
}

export function address(frame: Frame, e: Expr & { k: 'unary' }, state: State): Value {
  const path = lvalue(frame, e.of, state);
  if (path === null) return state.fresh({ mask: POS });
  if (e.of.k === 'id') {
    const fn = frame.locals.has(e.of.name) ? undefined : frame.program.lookUp(frame.file, e.of.name);
    if (fn) return { v: 'addr', path: `fn:${fn.id}` };
  }
  return { v: 'addr', path: path.endsWith('->*') ? path.slice(0, -3) : path };
}

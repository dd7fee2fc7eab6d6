import { constantAt } from './constants.ts';
import type { Context } from './context.ts';
import { walkExpression, type At, type Expr } from './ir.ts';
import { expandCall, expandName } from './macro-calls.ts';
import { readSmallBody, type SmallBody, type SmallStatement } from './small-c.ts';

/**
 * A macro that can leave where it is used, `#define FOO_CHECK(p, label) if (!(p)) goto label`, or that is an expression with
 * members of what it is passed: `#define foo_is_dead(p) ((p)->flags & FOO_DEAD)`.
 */
export interface BodyMacro {
  /** Null for one that stands alone, without parentheses. */
  readonly params: readonly string[] | null;
  readonly body: SmallBody;
  /** How it was written, so that what was read with it can be told from what was read with another. */
  readonly text: string;
}

export type BodyMacros = ReadonlyMap<string, BodyMacro>;

const definition = /^[ \t]*#[ \t]*define[ \t]+(\w+)(\([\w, \t.]*\))?(?=[ \t\\])((?:\\\r?\n|[^\n])*)$/gm;

/** These macros in the text of a file, arms that are not taken left out; one that is defined twice is none that is known. */
export function bodyMacrosOf(live: string): BodyMacros {
  const macros = new Map<string, BodyMacro>();
  if (!/^[ \t]*#[ \t]*define\b/m.test(live)) return macros;
  const seen = new Set<string>();
  for (const [, name, list, body] of live.matchAll(definition)) {
    const macro = seen.has(name!) ? null : readMacro(list, body!);
    if (macro) macros.set(name!, macro);
    else macros.delete(name!);
    seen.add(name!);
  }
  return macros;
}

/** As a text, far more than the tokens of a small body are. */
const mostText = 20_000;

function readMacro(list: string | undefined, written: string): BodyMacro | null {
  if (
    written.length > mostText ||
    (!/\b(?:goto|return)\b/.test(written) && !(list !== undefined && /->|\)\s*\.|\bif\b|=\s*NULL\b/.test(written)))
  )
    return null;
  const text = written
    .replace(/\\\r?\n/g, ' ')
    .replace(/\/\*.*?(?:\*\/|$)|\/\/.*$/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const params =
    list === undefined
      ? null
      : list
          .slice(1, -1)
          .split(',')
          .map((each) => each.trim());
  if (params?.some((name) => name.includes('.'))) return null;
  const body = readSmallBody(withoutSpelling(text, params ?? []));
  return body &&
    (jumps(body) || (params && (isOfMembers(body) || doesGivenWhere(body, new Set(params)) || clears(body))))
    ? { params: params?.filter((name) => name !== '') ?? null, body, text }
    : null;
}

/**
 * A body with some string for each `#param`, how an argument is spelt: that is printed, and does nothing. Nor does a name
 * that stands before a string, and is one: `KERN_ERR "foo: " #expr`.
 */
function withoutSpelling(text: string, params: readonly string[]): string {
  return text.replace(
    /"(?:[^"\\]|\\[^])*(?:"|\\?$)|(?<!#)# ?(\w+)(?! ?##)|\b[A-Z][A-Z\d_]* (?="|#(?!#))/g,
    (all, name?: string) =>
      all.startsWith('"')
        ? all
        : name === undefined
          ? all.startsWith('#')
            ? all
            : ''
          : params.includes(name)
            ? '""'
            : all,
  );
}

/** Whether a member goes by the name of a parameter, `((p)->which)`: which one it is says what is passed, a name. */
function isMemberIn(text: string, name: string): boolean {
  return name !== '' && new RegExp(`(?:->|\\.) ?${name}\\b`).test(text);
}

function jumps(body: SmallBody): boolean {
  return body.some(
    (each) => each.s === 'goto' || each.s === 'return' || (each.s === 'if' && (jumps(each.then) || jumps(each.else))),
  );
}

/** Whether what is passed, a statement or what is called, is done on a condition: `if (up) { expr; }`, `if (p) free(p);`. */
function doesGivenWhere(body: SmallBody, params: ReadonlySet<string>, isIn = false): boolean {
  const isGiven = (e: Expr): boolean => e.k === 'id' && params.has(e.name);
  return body.some(
    (each) =>
      (each.s === 'do' && isIn && (isGiven(each.of) || (each.of.k === 'call' && isGiven(each.of.fn)))) ||
      (each.s === 'if' && (doesGivenWhere(each.then, params, true) || doesGivenWhere(each.else, params, true))),
  );
}

/** Whether it sets something that goes by a name to NULL: `do { free(p); (p) = NULL; } while (0)`. */
function clears(body: SmallBody): boolean {
  return body.some((each) => {
    if (each.s === 'if') return clears(each.then) || clears(each.else);
    return each.s === 'do' && each.of.k === 'assign' && each.of.to.k === 'id' && isZero(each.of.from);
  });
}

function isZero(e: Expr): boolean {
  return e.k === 'num' && e.value === 0;
}

/** Whether a body is one expression that calls nothing: what it calls is followed by a macro that is one call alone. */
function isOfMembers(body: SmallBody): boolean {
  const [only, ...others] = body;
  if (only?.s !== 'do' || others.length > 0) return false;
  const all = [...walkExpression(only.of)];
  return all.some(({ k }) => k === 'field') && !all.some(({ k }) => k === 'call' || k === 'comma' || k === 'str');
}

/** The expression that a macro is where it is used as a call; the call itself where it is none. */
export function expressionAt(context: Context, call: Expr): Expr {
  const body = (context.bodies.size > 0 && jumpsAt(context, call)) || [];
  const only = body.length === 1 ? body[0] : undefined;
  return only?.s === 'do' ? only.of : call;
}

/** What a macro does where an expression is the whole of a statement; null where none that jumps is used there. */
export function jumpsAt(context: Context, e: Expr): SmallBody | null {
  const name = e.k === 'id' ? e : e.k === 'call' ? e.fn : null;
  const macro = name?.k === 'id' ? context.bodies.get(name.name) : undefined;
  const args = e.k === 'call' ? e.args : null;
  if (!macro || (macro.params?.length ?? null) !== (args?.length ?? null)) return null;
  const given = new Map<string, Expr>(macro.params?.map((param, index) => [param, args![index]!]));
  for (const [param, arg] of given) if (arg.k !== 'id' && isMemberIn(macro.text, param)) return null;
  if ([...given.values()].some((arg) => isLarge(arg))) return null;
  return substituted(macro.body, { context, given, at: e.at });
}

/** Macros that are used within each other's uses may come to any size. */
const mostExpressions = 200;

function isLarge(e: Expr): boolean {
  let all = 0;
  for (const each of walkExpression(e)) if (each.k !== 'str' && ++all > mostExpressions) return true;
  return false;
}

interface Use {
  readonly context: Context;
  /** What stands for a name: an argument, or a variable of the macro's own by the name that it has here. */
  readonly given: Map<string, Expr>;
  readonly at: At;
}

function substituted(body: SmallBody, { context, given, at }: Use): SmallBody {
  const use = { context, given: new Map(given), at };
  return body.map((each): SmallStatement => {
    switch (each.s) {
      case 'do':
        return { s: 'do', of: put(each.of, use) };
      case 'declare': {
        const init = each.init && put(each.init, use);
        // The function may have one of the same name, which is another one.
        const name = each.name.startsWith('_') ? each.name : `_${each.name}`;
        use.given.set(each.name, { k: 'id', name, at });
        return { ...each, name, init };
      }
      case 'if':
        return { s: 'if', on: put(each.on, use), then: substituted(each.then, use), else: substituted(each.else, use) };
      case 'goto': {
        const to = use.given.get(each.label);
        return { s: 'goto', label: to?.k === 'id' ? to.name : each.label };
      }
      case 'return':
        return { s: 'return', value: each.value && put(each.value, use) };
    }
  });
}

/** An expression of a macro's body, as it is where the macro is used. */
function put(e: Expr, use: Use): Expr {
  const { at } = use;
  const inner = (of: Expr): Expr => put(of, use);
  switch (e.k) {
    case 'id':
      return use.given.get(e.name) ?? named(use, e.name);
    case 'num':
    case 'str':
      return { ...e, at };
    case 'call':
      return expandCall(use.context.macros, { ...e, fn: functionIn(use, e.fn), args: e.args.map(inner), at });
    case 'unary':
    case 'update':
      return { ...e, of: inner(e.of), at };
    case 'field': {
      const name = use.given.get(e.name);
      return { ...e, name: name?.k === 'id' ? name.name : e.name, of: inner(e.of), at };
    }
    case 'binary':
      return { ...e, l: inner(e.l), r: inner(e.r), at };
    case 'assign':
      return { ...e, to: inner(e.to), from: inner(e.from), at };
    case 'cond':
      return { ...e, test: inner(e.test), then: e.then && inner(e.then), else: inner(e.else), at };
    case 'index':
      return { ...e, of: inner(e.of), index: inner(e.index), at };
    case 'comma':
    case 'other':
      return { ...e, of: e.of.map(inner), at };
    case 'init':
      return e;
  }
}

/** A name of the macro's own, or the number that the file gives it to. */
function named({ context, at }: Use, name: string): Expr {
  return constantAt(context.constants, name, at) ?? expandName(context.macros, { k: 'id', name, at });
}

/** What is called: a macro of that name is expanded with its arguments. */
function functionIn(use: Use, fn: Expr): Expr {
  return fn.k === 'id' && !use.given.has(fn.name) ? { ...fn, at: use.at } : put(fn, use);
}

/** What the macros that a text names do, as a text that changes when that does. */
export function bodiesIn(macros: BodyMacros, text: string): string {
  let found = '';
  for (const [name, { params, text: body }] of macros)
    if (text.includes(name)) found += `${name}(${params?.join() ?? '-'}) ${body}\n`;
  return found;
}

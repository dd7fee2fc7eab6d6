import type { Expr } from './ir.ts';

/**
 * An argument of the call that a macro stands for: a parameter of the macro, what lies in it or behind it, the address of
 * one of these, or what the macro writes.
 */
type Argument =
  | { readonly param: number }
  | { readonly word: string }
  | { readonly value: number }
  | { readonly addressOf: Argument }
  | { readonly within: Argument; readonly member: string; readonly isArrow: boolean }
  | { readonly within: Argument; readonly index: Argument }
  /** `params` are those that it evaluates. */
  | { readonly text: string; readonly params: readonly number[] };

/** A function-like macro whose body is one call, or one of its parameters. */
interface CallMacro {
  readonly params: number;
  /** What it calls; null where it only hands a parameter on. */
  readonly to: string | null;
  readonly args: readonly Argument[];
  /** How it was written, so that what was read with it can be told from what was read with another. */
  readonly text: string;
  /** What it calls after that: only where a scope ends. */
  readonly then?: CallMacro;
}

/**
 * The macros of a file that stand for one call with its arguments in another order, or beside others:
 * `#define foo_deref(p) rcu_dereference_protected((p), true)`. Other macros are not told from functions.
 */
export type CallMacros = ReadonlyMap<string, CallMacro>;

const definition = /^[ \t]*#[ \t]*define[ \t]+(\w+)\(([\w, \t.]*)\)[ \t]*((?:\\\r?\n|[^\n])*)$/gm;
/** Words that are followed by a parenthesis and call nothing. */
const noCall =
  /^(?:if|for|while|switch|do|return|sizeof|typeof|__typeof__|offsetof|__builtin_\w+|__attribute__|\w*for_each\w*)$/;

/** What `__free(name)` calls where a scope ends, among the macros of a file that defines it: `DEFINE_FREE(name, type, call)`. */
export function ofScope(name: string): string {
  return `__free(${name})`;
}

const scopeDefinition = /^DEFINE_FREE\(\s*(\w+)\s*,([^,]*),([^;{}]*?|[^;{}]*\{[^{}]*\}\s*)\)[ \t]*;?[ \t]*$/gm;

/** The macros in the text of a file, arms that are not taken left out; one that is defined twice is none that is known. */
export function callMacrosOf(live: string): CallMacros {
  const macros = new Map<string, CallMacro>();
  const seen = new Set<string>();
  if (live.includes('DEFINE_FREE')) addScopes(macros, live);
  if (!live.includes('define')) return macros;
  for (const match of live.matchAll(definition)) {
    const [, name, params, body] = match as unknown as [string, string, string, string];
    const macro = readMacro(params, body);
    if (macro && macro.to !== name && !seen.has(name)) macros.set(name, macro);
    else macros.delete(name);
    seen.add(name);
  }
  return macros;
}

/** Scopes ask for a pointer before they call anything: `if (_T)` says no more. */
function addScopes(macros: Map<string, CallMacro>, live: string): void {
  for (const [, name, , body] of live.matchAll(scopeDefinition)) {
    const inner = body!.replace(/\s+/g, ' ').trim();
    const asked = /^if ?(?=\()/.exec(inner)?.[0].length;
    const macro = readCalls(asked === undefined ? inner : inner.slice(endOfList(inner, asked)).trim());
    if (macro) macros.set(ofScope(name!), { ...macro, text: inner });
  }
}

/** `{ kfree(_T->table); kfree(_T); }`: calls one after the other; null where not all of it is that. */
function readCalls(text: string): CallMacro | null {
  if (!text.startsWith('{')) return readMacro('_T', text);
  const statements = text.slice(1, -1).split(';');
  if (statements.pop()?.trim() !== '') return null;
  return (
    statements.reduceRight<CallMacro | null | undefined>((then, statement) => {
      const macro = then === null ? null : readMacro('_T', statement);
      return macro && then ? { ...macro, then } : macro;
    }, undefined) ?? null
  );
}

/** Where the pair of parentheses that begins at a place of a text ends. */
function endOfList(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '(') depth++;
    else if (text[at] === ')' && --depth === 0) return at + 1;
  }
  return text.length;
}

function readMacro(params: string, body: string): CallMacro | null {
  const names = params.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));
  const text = body
    .replace(/\\\r?\n/g, ' ')
    .replace(/\/\*.*?\*\/|\/\/.*$/g, ' ')
    .trim();
  if (text === '' || text.includes('#')) return null;
  const inner = unwrapped(text);
  const handed = names.indexOf(inner);
  if (handed >= 0) return { params: names.length, to: null, args: [{ param: handed }], text };
  const call = /^([A-Za-z_]\w*)\s*(\(.*\))$/.exec(inner);
  const to = call?.[1];
  const list = call ? listIn(call[2]!) : null;
  if (to === undefined || list === null || noCall.test(to) || names.includes(to)) return null;
  return { params: names.length, to, args: list.map((each) => readArgument(each, names)), text };
}

function readArgument(text: string, params: readonly string[]): Argument {
  const inner = unwrapped(text);
  if (/^(?:0x[\da-f]+|\d+)[ul]*$/i.test(inner)) return { value: Number(inner.replace(/[ul]+$/i, '')) };
  if (inner === 'true' || inner === 'false') return { value: inner === 'true' ? 1 : 0 };
  if (inner === 'NULL') return { value: 0 };
  const isAddress = inner.startsWith('&') && !inner.startsWith('&&');
  const path = readPath(isAddress ? unwrapped(inner.slice(1)) : inner, params);
  if (path) return isAddress ? { addressOf: path } : path;
  const words = new Set(/^(?:sizeof|offsetof|typeof)\b/.test(inner) ? [] : inner.match(/\b[A-Za-z_]\w*/g));
  return { text: inner, params: params.flatMap((name, index) => (words.has(name) ? index : [])) };
}

/** `p`, `(p)->member`, `p.member[i]`; null for what is more than that. */
function readPath(text: string, params: readonly string[]): Argument | null {
  const inner = unwrapped(text);
  const member = /^(.*\S)\s*(->|\.)\s*([A-Za-z_]\w*)$/s.exec(inner);
  if (member) {
    const within = readPath(member[1]!, params);
    return within && { within, member: member[3]!, isArrow: member[2] === '->' };
  }
  if (inner.endsWith(']')) {
    const open = openingOf(inner);
    const within = open > 0 ? readPath(inner.slice(0, open), params) : null;
    return within && { within, index: readArgument(inner.slice(open + 1, -1), params) };
  }
  const param = params.indexOf(inner);
  if (param >= 0) return { param };
  return /^[A-Za-z_]\w*$/.test(inner) ? { word: inner } : null;
}

/** Where the bracket is that the last one of a text closes. */
function openingOf(text: string): number {
  let depth = 0;
  for (let at = text.length - 1; at >= 0; at--) {
    if (text[at] === ']') depth++;
    else if (text[at] === '[' && --depth === 0) return at;
  }
  return -1;
}

/** A text without the parentheses around the whole of it. */
function unwrapped(text: string): string {
  const inner = text.trim();
  const list = inner.startsWith('(') ? listIn(inner) : null;
  return list?.length === 1 ? unwrapped(list[0]!) : inner;
}

/** What stands between the commas of a text that is one pair of parentheses; null where it is none. */
function listIn(text: string): string[] | null {
  const list: string[] = [];
  let depth = 0;
  let from = 1;
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === '"' || char === "'" || char === '{') return null;
    if (char === '(' || char === '[') depth++;
    else if (char === ']') depth--;
    else if (char === ')') {
      if (--depth > 0) continue;
      if (at < text.length - 1) return null;
      const last = text.slice(from, at);
      return list.length === 0 && last.trim() === '' ? [] : [...list, last];
    } else if (char === ',' && depth === 1) {
      list.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return null;
}

/** More macros than this that stand for one another are not followed. */
const mostDeep = 4;

/** A call as it is, or what the macro that it names stands for. */
export function expandCall(macros: CallMacros, call: Expr & { readonly k: 'call' }, depth = 0): Expr {
  const macro = call.fn.k === 'id' && depth < mostDeep ? macros.get(call.fn.name) : undefined;
  if (macro?.params !== call.args.length) return call;
  const { at } = call;
  const given = (arg: Argument): Expr => {
    if ('param' in arg) return call.args[arg.param]!;
    if ('word' in arg) return { k: 'id', name: arg.word, at };
    if ('value' in arg) return { k: 'num', value: arg.value, at };
    if ('addressOf' in arg) return { k: 'unary', op: '&', of: given(arg.addressOf), at };
    if ('member' in arg) return { k: 'field', of: given(arg.within), name: arg.member, arrow: arg.isArrow, at };
    if ('index' in arg) return { k: 'index', of: given(arg.within), index: given(arg.index), at };
    return { k: 'other', text: arg.text, of: arg.params.map((param) => call.args[param]!), at };
  };
  const args = macro.args.map(given);
  if (macro.to === null) return args[0]!;
  return expandCall(macros, { k: 'call', fn: { k: 'id', name: macro.to, at: call.fn.at }, args, at }, depth + 1);
}

/** All that is called where a scope ends, in order. */
export function expandScope(macros: CallMacros, call: Expr & { readonly k: 'call' }): Expr {
  const of: Expr[] = [];
  const name = call.fn.k === 'id' ? call.fn.name : '';
  for (let macro = macros.get(name); macro; macro = macro.then)
    of.push(expandCall(new Map([...macros, [name, macro]]), call));
  return of.length > 1 ? { k: 'comma', of, at: call.at } : (of[0] ?? call);
}

/** By name, what each macro that stands for a call calls: `#define foo_exit() bar_exit()`. */
export function aliasesIn(macros: CallMacros): Record<string, string> {
  return Object.fromEntries(
    [...macros].flatMap(([name, { to }]) => (to === null || name.includes('(') ? [] : [[name, to]])),
  );
}

/** What the macros that a text names stand for, as a text that changes when that does. */
export function macrosIn(macros: CallMacros, text: string): string {
  let found = '';
  for (const [name, { params, text: body }] of macros) if (text.includes(name)) found += `${name}/${params} ${body}\n`;
  return found;
}

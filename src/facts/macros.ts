/**
 * An argument of the call that a macro stands for: a parameter of the macro, what lies in it or behind it, the address of
 * one of these, or what the macro writes.
 */
export type Argument =
  | { readonly param: number }
  | { readonly word: string }
  /** Words and parameters that `##` makes one word of: `name##_net_ops`. */
  | { readonly pasted: Pasted }
  | { readonly value: number }
  | { readonly addressOf: Argument }
  | { readonly within: Argument; readonly member: string | Pasted; readonly isArrow: boolean }
  | { readonly within: Argument; readonly index: Argument }
  /** `params` are those that it evaluates. */
  | { readonly text: string; readonly params: readonly number[] };

export type Pasted = readonly (string | { readonly param: number })[];

/** A macro whose body is one call, or one of its parameters. */
export interface CallMacro {
  /** How many it has; -1 for one that stands alone, without parentheses. */
  readonly params: number;
  /** What it calls; null where it only hands a parameter on. */
  readonly to: string | Pasted | null;
  readonly args: readonly Argument[];
  /** How it was written, so that what was read with it can be told from what was read with another. */
  readonly text: string;
  /** What it calls after that: only where a scope ends, or ops are registered. */
  readonly then?: CallMacro;
  /** What it puts the result of the call into: `err = register_pernet_subsys(ops)`. */
  readonly into?: Argument;
  /** Whether it is what lies where the call points: `(*(struct foo **)net_generic(net, foo_net_id))`. */
  readonly isBehind?: true;
  /** Whether it is but another name for what it calls: `#define foo_exit bar_exit`. */
  readonly isWord?: true;
}

/**
 * The macros of a file that stand for one call with its arguments in another order, or beside others:
 * `#define foo_deref(p) rcu_dereference_protected((p), true)`. Other macros are not told from functions.
 */
export type CallMacros = ReadonlyMap<string, CallMacro>;

const definition = /^[ \t]*#[ \t]*define[ \t]+(\w+)\(([\w, \t.]*)\)[ \t]*((?:\\\r?\n|[^\n])*)$/gm;
/** `#define FOO_EXIT bar_exit(&foo)`, `#define foo_exit bar_exit`, `#define foo_id (bar_id)` */
const alone =
  /^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]+(?:([A-Za-z_]\w*(?:\([^\n{}"'\\]*\))?)|\([ \t]*([A-Za-z_]\w*)[ \t]*\))[ \t]*$/gm;
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
    const macro = readMacro(paramsIn(params), body);
    if (macro && macro.to !== name && !seen.has(name)) macros.set(name, macro);
    else macros.delete(name);
    seen.add(name);
  }
  for (const [, name, plain, inner] of live.matchAll(alone)) {
    const body = plain ?? inner;
    const macro = readMacro([], body!);
    const to = macro?.to ?? (/^[A-Za-z_]\w*$/.test(body!) ? body! : null);
    if (to !== null && to !== name && !seen.has(name!))
      macros.set(name!, macro ? { ...macro, params: -1 } : { params: -1, to, args: [], text: body!, isWord: true });
    else macros.delete(name!);
    seen.add(name!);
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
  return text.startsWith('{') ? readStatements(['_T'], text.slice(1, -1)) : readMacro(['_T'], text);
}

function readStatements(params: readonly string[], text: string): CallMacro | null {
  const statements = text.split(';');
  if (statements.pop()?.trim() !== '') return null;
  return (
    statements.reduceRight<CallMacro | null | undefined>((then, statement) => {
      const macro = then === null ? null : readMacro(params, statement);
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

function paramsIn(params: string): readonly string[] {
  return params.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));
}

/** What stands for `##` in a word, while a macro is read. */
const joint = '__PASTED__';

/** `do { … } while (0)`, `({ … })`: what is done in it. */
const wrapping = /^(?:do\s*\{(.*)\}\s*while\s*\(\s*0\s*\)|\(\s*\{(.*)\}\s*\))$/s;

/** `int err = foo(p); err;`: the value of the call. */
const yielded = /^\w[\w\s*]*?\b(\w+)\s*=\s*([^;=]+);\s*\1\s*;$/;
const assigning = /^([\w.>()[\]-]+)\s*=(?!=)\s*([A-Za-z_][^;=]*);?$/;
/** What a call's result is taken for, `(struct foo *)`, and that it is what lies there, `*(struct foo **)`. */
const prefix = /^(?:\*\s*)?(?:\(\s*(?:const\s+)?(?:(?:struct|union)\s+)?[A-Za-z_]\w*(?:\s+__rcu)?[\s*]*\*\s*\)\s*)?/;
/** What only says something and does no more. */
const saying = /^\s*(?:pr_\w+|printk\w*|net_\w+_ratelimited)\s*\(/;

/** One statement; several where they register ops, what only says something left out. */
function readBlock(names: readonly string[], text: string): CallMacro | null {
  if (!/;[^]*;/.test(text)) return readStatements(names, text);
  if (!text.includes('register_pernet_')) return null;
  return readStatements(
    names,
    text
      .split(';')
      .filter((each) => !saying.test(each))
      .join(';'),
  );
}

function readMacro(names: readonly string[], body: string): CallMacro | null {
  const text = body
    .replace(/\\\r?\n/g, ' ')
    .replace(/\/\*.*?(?:\*\/|$)|\/\/.*$/g, ' ')
    // Patterns look through what is blank again from each blank.
    .replace(/\s+/g, ' ')
    .trim();
  if (text === '' || text.replaceAll('##', '').includes('#')) return null;
  const [, statements = '', expression = ''] = wrapping.exec(text.replace(/\s*;$/, '')) ?? [];
  const within = (statements || expression).trim();
  if (within !== '') {
    const macro = readMacro(names, yielded.exec(within)?.[2] ?? '') ?? readBlock(names, within);
    return macro && { ...macro, text };
  }
  const assigned = assigning.exec(text);
  if (assigned) {
    const macro = readMacro(names, assigned[2]!);
    const into = readPath(assigned[1]!, names);
    return macro && into && typeof macro.to === 'string' ? { ...macro, into, text } : null;
  }
  const inner = unwrapped(text.replace(/\s*;$/, '').replace(/^\(\s*void\s*\)/, '')).replace(/\s*##\s*/g, joint);
  const [casts] = prefix.exec(inner)!;
  const isBehind = casts.startsWith('*');
  const called = unwrapped(inner.slice(casts.length));
  const handed = isBehind ? -1 : names.indexOf(called);
  if (handed >= 0) return { params: names.length, to: null, args: [{ param: handed }], text };
  const call = /^([A-Za-z_]\w*)\s*(\(.*\))$/.exec(called);
  const to = call?.[1];
  const list = call ? listIn(call[2]!) : null;
  if (to === undefined || list === null || noCall.test(to)) return null;
  const isMade = to.includes(joint) || names.includes(to);
  return {
    params: names.length,
    to: isMade ? pastedIn(to, names) : to,
    args: list.map((each) => readArgument(each, names)),
    text,
    ...(isBehind && { isBehind: true }),
  };
}

function pastedIn(word: string, params: readonly string[]): Pasted {
  return word.split(joint).map((part) => {
    const param = params.indexOf(part);
    return param >= 0 ? { param } : part;
  });
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
    const name = member[3]!;
    const isMade = name.includes(joint) || params.includes(name);
    return within && { within, member: isMade ? pastedIn(name, params) : name, isArrow: member[2] === '->' };
  }
  if (inner.endsWith(']')) {
    const open = openingOf(inner);
    const within = open > 0 ? readPath(inner.slice(0, open), params) : null;
    return within && { within, index: readArgument(inner.slice(open + 1, -1), params) };
  }
  const param = params.indexOf(inner);
  if (param >= 0) return { param };
  if (/^\w+$/.test(inner) && inner.includes(joint)) return { pasted: pastedIn(inner, params) };
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

/** By name, what each macro that stands for a call calls: `#define foo_exit() bar_exit()`. */
export function aliasesIn(macros: CallMacros): Record<string, string> {
  return Object.fromEntries(
    [...macros].flatMap(([name, { to }]) => (typeof to !== 'string' || name.includes('(') ? [] : [[name, to]])),
  );
}

/** What the macros that a text names stand for, as a text that changes when that does. */
export function macrosIn(macros: CallMacros, text: string): string {
  let found = '';
  for (const [name, { params, text: body }] of macros) if (text.includes(name)) found += `${name}/${params} ${body}\n`;
  return found;
}

import type { Expr } from './ir.ts';
import type { Argument, CallMacro, CallMacros, Pasted } from './macros.ts';

/** More macros than this that stand for one another are not followed. */
const mostDeep = 4;

/** The core's calls, which are known by their names alone. */
const ofCore = /^(?:un)?register_pernet_(?:subsys|device)$/;

/** A call as it is, or what the macro that it names stands for. */
export function expandCall(macros: CallMacros, call: Expr & { readonly k: 'call' }, depth = 0): Expr {
  const macro = call.fn.k === 'id' && depth < mostDeep ? macros.get(call.fn.name) : undefined;
  if (macro?.isWord && typeof macro.to === 'string')
    return expandCall(macros, { ...call, fn: { k: 'id', name: macro.to, at: call.fn.at } }, depth + 1);
  return macro?.params === call.args.length ? (expanded(macros, macro, { call, depth }) ?? call) : call;
}

/** A name as it is, or what the macro stands for that it is: a call, or another name. */
export function expandName(macros: CallMacros, name: Expr & { readonly k: 'id' }, depth = 0): Expr {
  const macro = macros.get(name.name);
  if (macro?.params !== -1) return name;
  if (macro.isWord)
    return typeof macro.to === 'string' && depth < mostDeep
      ? expandName(macros, { ...name, name: macro.to }, depth + 1)
      : name;
  const { at } = name;
  return expanded(macros, macro, { call: { k: 'call', fn: name, args: [], at }, depth: 0 }) ?? name;
}

/** What a macro stands for; null where that cannot be written down. */
function expanded(
  macros: CallMacros,
  macro: CallMacro,
  { call, depth }: { readonly call: Expr & { readonly k: 'call' }; readonly depth: number },
): Expr | null {
  const { at } = call;
  const unknown: Pasted[] = [];
  const word = (parts: Pasted): string => {
    const words = parts.map((part) => (typeof part === 'string' ? part : nameOf(call.args[part.param])));
    if (words.includes(null)) unknown.push(parts);
    return words.join('');
  };
  const given = (arg: Argument): Expr => {
    if ('param' in arg) return call.args[arg.param]!;
    if ('word' in arg) return { k: 'id', name: arg.word, at };
    if ('pasted' in arg) return { k: 'id', name: word(arg.pasted), at };
    if ('value' in arg) return { k: 'num', value: arg.value, at };
    if ('addressOf' in arg) return { k: 'unary', op: '&', of: given(arg.addressOf), at };
    if ('member' in arg) {
      const name = typeof arg.member === 'string' ? arg.member : word(arg.member);
      return { k: 'field', of: given(arg.within), name, arrow: arg.isArrow, at };
    }
    if ('index' in arg) return { k: 'index', of: given(arg.within), index: given(arg.index), at };
    return { k: 'other', text: arg.text, of: arg.params.map((param) => call.args[param]!), at };
  };
  const args = macro.args.map(given);
  if (macro.to === null) return args[0]!;
  const name = typeof macro.to === 'string' ? macro.to : word(macro.to);
  // What the text does not name is not among what a function mentions (mentions.ts), so that it is not followed either.
  if (unknown.length > 0 || (typeof macro.to !== 'string' && macro.to.length > 1 && !ofCore.test(name))) return null;
  const plain = expandCall(macros, { k: 'call', fn: { k: 'id', name, at: call.fn.at }, args, at }, depth + 1);
  const called: Expr = macro.isBehind ? { k: 'unary', op: '*', of: plain, at } : plain;
  const first: Expr = macro.into ? { k: 'assign', op: '=', to: given(macro.into), from: called, at } : called;
  const rest = macro.then ? expanded(macros, macro.then, { call, depth }) : undefined;
  if (rest === null) return null;
  return rest ? { k: 'comma', of: [first, ...(rest.k === 'comma' ? rest.of : [rest])], at } : first;
}

function nameOf(arg: Expr | undefined): string | null {
  return arg?.k === 'id' ? arg.name : arg?.k === 'num' && arg.name === undefined ? String(arg.value) : null;
}

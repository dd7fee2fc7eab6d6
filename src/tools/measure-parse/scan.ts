// What a kernel file holds by its layout alone, with no parser: the yardstick that the parser is measured with.

/** A function by its layout: from the line of its opening brace to the `}` in the first column. Offsets in UTF-16 units. */
export interface ScannedFunction {
  name: string;
  /** The line of the opening brace, from 1. */
  line: number;
  start: number;
  end: number;
}

const callback = /\.(?:init|pre_exit|exit|exit_batch|exit_batch_rtnl|exit_rtnl)\s*=\s*&?(\w+)/g;
const initcall =
  /\b(?:module_init|module_exit|(?:early|pure|core|postcore|arch|subsys|fs|rootfs|device|late)_initcall(?:_sync)?)\s*[(=]\s*(\w+)/g;
const registration = /\b(?:un)?register_pernet_(?:subsys|device)\b/;

/** The functions of a text, so that one which the parser loses is still counted. */
export function scanFunctions(text: string): ScannedFunction[] {
  const found: ScannedFunction[] = [];
  let line = 1;
  let counted = 0;
  for (const match of text.matchAll(/^(?:\w[^\n;=]*\)[ \t]*)?\{[ \t]*\r?$/gm)) {
    const start = match.index + match[0].indexOf('{');
    const name = nameBefore(text, start);
    const end = text.indexOf('\n}', start);
    if (name === undefined || end < 0) continue;
    line += text.slice(counted, start).split('\n').length - 1;
    counted = start;
    found.push({ name, line, start, end: end + 2 });
  }
  return found;
}

/** The name that is declared before a function's opening brace: what stands before its last outermost parentheses. */
function nameBefore(text: string, brace: number): string | undefined {
  let at = text.lastIndexOf(')', brace);
  if (at < 0 || /[;{}=]/.test(text.slice(at, brace))) return undefined;
  for (let depth = 0; at >= 0; at--) {
    if (text[at] === ')') depth++;
    if (text[at] === '(' && --depth === 0) break;
  }
  return /(\w+)\s*$/.exec(text.slice(Math.max(0, at - 200), at))?.[1];
}

/** The names of the ops definitions in the user's own text, under whatever `#if`. */
export function scanOps(text: string): string[] {
  const definitions = /\bstruct\s+pernet_operations\s+((?:\w+\s+)*?\w+(?:\s+__\w+)*)\s*=\s*\{/g;
  return [...withoutComments(text).matchAll(definitions)].map((match) => {
    const words = match[1]!.split(/\s+/).filter((word) => !word.startsWith('__'));
    return words.at(-1) ?? match[1]!;
  });
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (comment) => comment.replaceAll(/[^\n]/g, ' '));
}

/**
 * The names of the functions that a lifecycle reaches: ops callbacks, initcalls, functions that register or unregister,
 * and everything that those call within the file.
 */
export function reach(text: string, functions: readonly ScannedFunction[]): Set<string> {
  const byName = new Map(functions.map((one) => [one.name, one]));
  const reached = new Set<string>();
  const work = [...seeds(text, functions)].filter((name) => byName.has(name));
  for (let name = work.pop(); name !== undefined; name = work.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    const { start, end } = byName.get(name)!;
    for (const call of text.slice(start, end).matchAll(/\b([A-Za-z_]\w*)\s*\(/g))
      if (byName.has(call[1]!)) work.push(call[1]!);
  }
  return reached;
}

function seeds(text: string, functions: readonly ScannedFunction[]): Set<string> {
  const found = new Set<string>();
  for (const match of text.matchAll(callback)) found.add(match[1]!);
  for (const match of text.matchAll(initcall)) found.add(match[1]!);
  for (const one of functions) if (registration.test(text.slice(one.start, one.end))) found.add(one.name);
  return found;
}

import type { Context } from './context.ts';
import type { InitcallFact } from './ir.ts';

/** `module_init(f)`, `subsys_initcall(f)`, `module_exit(f)` … at the start of a line (include/linux/init.h, module.h). */
export const initcallPattern =
  /^[ \t]*((?:\w+_)?initcall(?:_sync)?|__initcall|module_init|module_exit|__exitcall)\s*\(\s*(\w+)\s*\)/gm;

/** A security module is started from its DEFINE_LSM record (include/linux/lsm_hooks.h). */
const lsmPattern = /^DEFINE_LSM\s*\(\s*\w+\s*\)\s*=\s*\{[^}]*?\.init\s*=\s*(\w+)/gm;

/** Whether a place lies in a comment; a `/*` inside a string does not start one. */
export function isCommented(text: string, at: number): boolean {
  const start = text.lastIndexOf('/*', at);
  if (start < 0 || text.lastIndexOf('*/', at) > start) return false;
  const line = text.slice(text.lastIndexOf('\n', start) + 1, start);
  return (line.match(/(?<!\\)"/g) ?? []).length % 2 === 0;
}

function uncommented(text: string, pattern: RegExp): RegExpExecArray[] {
  return [...text.matchAll(pattern)].filter((match) => !isCommented(text, match.index));
}

/** The initcalls and module exits in the live part of a file's text (same offsets as the original). */
export function readInitcalls(context: Context, live: string): InitcallFact[] {
  const calls = uncommented(live, initcallPattern).map((match): InitcallFact => {
    const start = match.index + match[0].indexOf(match[1]!);
    return { macro: match[1]!, fn: match[2]!, at: context.at(start, match.index + match[0].length) };
  });
  const modules = uncommented(live, lsmPattern).map((match): InitcallFact => ({
    macro: 'DEFINE_LSM',
    fn: match[1]!,
    at: context.at(match.index, match.index + match[0].length),
  }));
  return [...calls, ...modules];
}

import type { Context } from './context.ts';
import type { InitcallFact } from './ir.ts';

/**
 * `module_init(f)`, `subsys_initcall(f)`, `module_exit(f)` … at the start of a line, or behind others of these and what else
 * tells of a module there (include/linux/init.h, module.h).
 */
export const initcallPattern =
  /[ \t]*((?:\w+_)?initcall(?:_sync)?|__initcall|module_init|module_exit|__exitcall)\s*\(\s*(\w+)\s*\)/y;
/** What may stand before one on its line. */
const companions =
  /^[ \t]*(?:(?:(?:\w+_)?initcall(?:_sync)?|__initcall|module_init|module_exit|__exitcall|MODULE_\w+)\s*\((?:[^()"\n]|"[^"\n]*")*\)[ \t]*;[ \t]*)+$/;
/** More than this before one on its line is not looked at. */
const mostBefore = 300;
/** One of these words is in each. */
export const initcallWords = ['initcall', 'module_init', 'module_exit', '__exitcall'];

/**
 * A security module is started from its DEFINE_LSM record (include/linux/lsm_hooks.h): by `.init` before all initcalls,
 * and by `.initcall_device` and its like in those of security/lsm_init.c.
 */
const lsmPattern = /^DEFINE_LSM\s*\(\s*\w+\s*\)\s*=\s*\{([^}]*)\}/my;
const lsmField = /\.init(?:call_(\w+))?\s*=\s*(\w+)/g;

/** What stands for an initcall of a security module at a level (`device`), which is run if the module is on. */
const lsmInitcall = 'lsm_initcall_';

/**
 * The matches of a pattern that matches at a place alone (`y`) where a text holds one of some words, from the start of its
 * line, or from behind what of a module else is told on it, in order.
 */
export function linesWith(text: string, words: readonly string[], pattern: RegExp): RegExpExecArray[] {
  const starts = new Set<number>();
  for (const word of words)
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
      const line = text.lastIndexOf('\n', at) + 1;
      const before = at - line <= mostBefore ? text.slice(line, at).lastIndexOf(';') + 1 : 0;
      starts.add(companions.test(text.slice(line, line + before)) ? line + before : line);
    }
  const found: RegExpExecArray[] = [];
  let end = 0;
  for (const start of [...starts].sort((a, b) => a - b)) {
    if (start < end) continue;
    pattern.lastIndex = start;
    const match = pattern.exec(text);
    if (!match) continue;
    found.push(match);
    end = pattern.lastIndex;
  }
  return found;
}

/** Whether a place lies in a comment; a `/*` or `//` inside a string, or a `/*` after `//`, does not start one. */
export function isCommented(text: string, at: number): boolean {
  if (/^[^"]*\/\//.test(text.slice(text.lastIndexOf('\n', at) + 1, at))) return true;
  const start = text.lastIndexOf('/*', at);
  if (start < 0 || text.lastIndexOf('*/', at) > start) return false;
  const line = text.slice(text.lastIndexOf('\n', start) + 1, start);
  if (/^[^"]*\/\//.test(line)) return false;
  return (line.match(/(?<!\\)"/g) ?? []).length % 2 === 0;
}

/** The initcalls and module exits in the live part of a file's text (same offsets as the original). */
export function readInitcalls(context: Context, live: string): InitcallFact[] {
  const uncommented = (match: RegExpExecArray): boolean => !isCommented(live, match.index);
  const calls = linesWith(live, initcallWords, initcallPattern)
    .filter(uncommented)
    .map((match): InitcallFact => {
      const start = match.index + match[0].indexOf(match[1]!);
      return { macro: match[1]!, fn: match[2]!, at: context.at(start, match.index + match[0].length) };
    });
  const modules = linesWith(live, ['DEFINE_LSM'], lsmPattern)
    .filter(uncommented)
    .flatMap((match) =>
      [...match[1]!.matchAll(lsmField)].map((field): InitcallFact => {
        const start = match.index + match[0].indexOf('{') + 1 + field.index;
        const [, level, fn] = field as unknown as [string, string | undefined, string];
        return {
          macro: level === undefined ? 'DEFINE_LSM' : `${lsmInitcall}${level}`,
          fn,
          at:
            level === undefined
              ? context.at(match.index, start + field[0].length)
              : context.at(start, start + field[0].length),
        };
      }),
    );
  return [...calls, ...modules];
}

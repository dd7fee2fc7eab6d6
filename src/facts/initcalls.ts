import type { Context } from './context.ts';
import type { InitcallFact } from './ir.ts';

/** `module_init(f)`, `subsys_initcall(f)`, `module_exit(f)` … at the start of a line (include/linux/init.h, module.h). */
export const initcallPattern =
  /^[ \t]*((?:\w+_)?initcall(?:_sync)?|__initcall|module_init|module_exit|__exitcall)\s*\(\s*(\w+)\s*\)/gm;

/** A security module is started from its DEFINE_LSM record (include/linux/lsm_hooks.h). */
const lsmPattern = /^DEFINE_LSM\s*\(\s*\w+\s*\)\s*=\s*\{[^}]*?\.init\s*=\s*(\w+)/gm;

/** The initcalls and module exits in the live part of a file's text (same offsets as the original). */
export function readInitcalls(context: Context, live: string): InitcallFact[] {
  const calls = [...live.matchAll(initcallPattern)].map((match): InitcallFact => {
    const start = match.index + match[0].indexOf(match[1]!);
    return { macro: match[1]!, fn: match[2]!, at: context.at(start, match.index + match[0].length) };
  });
  const modules = [...live.matchAll(lsmPattern)].map((match): InitcallFact => ({
    macro: 'DEFINE_LSM',
    fn: match[1]!,
    at: context.at(match.index, match.index + match[0].length),
  }));
  return [...calls, ...modules];
}

import type { Code } from './code.ts';
import type { Unresolved } from './types.ts';

const definition = /^[ \t]*(?:(__setup|early_param)\s*\(\s*"([\w.-]+)=?"|(core_param|module_param\w*)\s*\(\s*(\w+))/gm;

/**
 * The boot parameters that the configuration itself gives (`CONFIG_CMDLINE`, arch/x86/Kconfig), and that something defines
 * which registers ops or starts security modules: `audit=0`, `ipv6.disable=1`, `lsm=…`. What they change is not worked out.
 */
export function givenParameters(code: Code, files: readonly string[]): Unresolved[] {
  const line = code.option('CONFIG_CMDLINE') ?? '';
  // What follows `--` is for init.
  const words = line.split(/\s--(?:\s|$)/)[0]!.match(/(?:[^\s"]|"[^"]*")+/g) ?? [];
  const found = new Map<string, Unresolved>();
  for (const file of words.length > 0 ? files : []) {
    const source = code.source(file);
    for (const match of source.matchAll(definition)) {
      const [, setup, plain, , member] = match;
      const name = (plain ?? member)!.replaceAll('-', '_');
      const word = words.find((each) => nameOf(each, setup === undefined && match[3] !== 'core_param') === name);
      if (word === undefined || found.has(word)) continue;
      const reason = `the boot parameter \`${word}\` of CONFIG_CMDLINE is not followed`;
      found.set(word, { file, line: source.slice(0, match.index).split('\n').length, reason });
    }
  }
  return [...found.values()];
}

/** A parameter's name, dashes and underscores alike (parameq() in kernel/params.c); a module's without the module. */
function nameOf(word: string, isOfModule: boolean): string | undefined {
  const name = word.replace(/=[^]*$/, '').replaceAll('-', '_');
  const dot = name.indexOf('.');
  return isOfModule ? (dot < 0 ? undefined : name.slice(dot + 1)) : name;
}

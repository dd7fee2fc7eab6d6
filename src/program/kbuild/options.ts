/** What a kernel configuration says of an option (`CONFIG_X`): `y`, `m`, another value as text, or undefined when it is off. */
export type OptionValue = (option: string) => string | undefined;

/** The options that a `.config` sets (scripts/kconfig/confdata.c); whatever it does not name is off. */
export function parseConfigValues(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const set = /^\s*(CONFIG_\w+)=(.*?)\s*$/.exec(line);
    if (!set || set[2] === 'n' || set[2] === '') continue;
    const quoted = /^"(.*)"$/.exec(set[2]!);
    values.set(set[1]!, quoted ? quoted[1]!.replace(/\\(.)/g, '$1') : set[2]!);
  }
  return values;
}

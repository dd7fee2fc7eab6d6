/** What a kernel configuration says of an option (`CONFIG_X`): `y`, `m`, another value as text, or undefined when it is off. */
export type OptionValue = (option: string) => string | undefined;

/**
 * The options that a `.config` sets (conf_read_simple() in scripts/kconfig/confdata.c); whatever it does not name is off, and
 * the last line about an option is the one that counts. Lines may end as on Windows.
 */
export function parseConfigValues(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.replace(/^\uFEFF/, '').split('\n')) {
    const [, off] = /^# (CONFIG_\w+) is not set\s*$/.exec(line) ?? [];
    if (off !== undefined) values.delete(off);
    const [, name, value] = /^(CONFIG_\w+)=(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    const quoted = /^"(.*)"$/.exec(value);
    if (value === 'n' || value === '') values.delete(name);
    else values.set(name, quoted ? quoted[1]!.replace(/\\(.)/g, '$1') : value);
  }
  return values;
}

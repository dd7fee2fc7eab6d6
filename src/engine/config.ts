import type { OptionAnswer } from '../lifecycle/index.ts';
import { parseConfigValues } from '../program/index.ts';
import { everyOption, type Configuration } from '../syntax/index.ts';

/** The options that a `.config` sets: `CONFIG_X` for y, `CONFIG_X_MODULE` for m (scripts/kconfig/confdata.c). */
export function parseDotConfig(text: string): Record<string, boolean> {
  const names = [...parseConfigValues(text)].map(([name, value]) => (value === 'm' ? `${name}_MODULE` : name));
  return Object.fromEntries(names.map((name) => [name, true]));
}

/** Whether a text looks like a `.config`: there is a line of one in it. */
export function isDotConfig(text: string): boolean {
  return /^(?:CONFIG_\w+=|# CONFIG_\w+ is not set)/m.test(text.replace(/^\uFEFF/, ''));
}

/** What Kbuild takes each option for; undefined without a `.config`. */
export function tristateOf(
  options: Readonly<Record<string, boolean>> | undefined,
): ((name: string) => 'y' | 'm' | 'n') | undefined {
  return options && ((name) => (options[name] ? 'y' : options[`${name}_MODULE`] ? 'm' : 'n'));
}

/** The configuration that a `.config` makes; null: every option is on. */
export function configurationOf(options: Readonly<Record<string, boolean>> | null): Configuration {
  if (!options) return everyOption;
  return {
    value: (name) => (name.startsWith('CONFIG_') ? options[name] === true : name === 'MODULE' ? true : undefined),
  };
}

/** What a configuration answers to IS_ENABLED() and its kin in code. */
export function optionIn(configuration: Configuration): OptionAnswer {
  return (name, as) => {
    // With every option on, no one says which of them are modules.
    if (as && configuration.readsAsModule) return undefined;
    const isModule = configuration.value(`${name}_MODULE`) === true;
    if (as === 'MODULE') return isModule;
    return configuration.value(name) === true || (isModule && as === undefined);
  };
}

/** A configuration in which one option is off and all others are as they were. */
export function without(base: Configuration, option: string): Configuration {
  return { ...base, value: (name) => (name === option ? false : base.value(name)) };
}

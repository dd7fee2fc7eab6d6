import { type ConditionalArm } from './conditionals.ts';
import { type Configuration, everyOption } from './configuration.ts';
import { read } from './read.ts';
import { Draft } from './rewrites.ts';

/** A configuration that differs from another in a few macros, so that an arm which that one leaves out is live. */
export interface Variant extends Configuration {
  /** What it differs in, as a reader would say it: `!CONFIG_NET_NS`. */
  readonly assumes: readonly string[];
}

/** Conditions that name more macros than this are tried with the first of them only. */
const mostNames = 8;

/**
 * The configurations under which text is read that `base` leaves out, as far as it matches `wanted`; few macros are
 * changed, and what an earlier variant makes live gets none of its own. Arms that no choice makes live, such as those of
 * `#if 0`, get none either.
 */
export function variantsFor(text: string, wanted: RegExp, base: Configuration = everyOption): Variant[] {
  const variants: Variant[] = [];
  const arms = armsOf(text, base);
  const seen = new Set<ConditionalArm>();
  for (const { index } of text.matchAll(new RegExp(wanted, 'g'))) {
    const arm = arms.findLast(({ start, end }) => start <= index && index < end);
    if (!arm || arm.taken || seen.has(arm)) continue;
    seen.add(arm);
    if (variants.some((variant) => isTaken(text, arm, variant))) continue;
    const variant = variantFor(text, arm, base);
    if (variant) variants.push(variant);
  }
  return variants;
}

function armsOf(text: string, configuration: Configuration): readonly ConditionalArm[] {
  return read(text, new Draft(text), configuration).conditionals.arms;
}

function isTaken(text: string, arm: ConditionalArm, configuration: Configuration): boolean {
  return armsOf(text, configuration).some(({ start, taken }) => taken && start === arm.start);
}

/** Tries the arm's macros the other way round, few at a time, until the arm is live. */
function variantFor(text: string, arm: ConditionalArm, base: Configuration): Variant | undefined {
  const names = [...new Set(arm.condition.match(/\b[A-Za-z_]\w*\b/g))].slice(0, mostNames);
  const choices = Array.from({ length: 2 ** names.length - 1 }, (_, index) =>
    names.filter((__, place) => ((index + 1) >> place) & 1),
  ).sort((a, b) => a.length - b.length);
  for (const turned of choices) {
    const variant = turn(base, turned);
    if (isTaken(text, arm, variant)) return variant;
  }
  return undefined;
}

function turn(base: Configuration, names: readonly string[]): Variant {
  const values = new Map(names.map((name) => [name, !isOn(base, name)]));
  return {
    value: (name) => values.get(name) ?? base.value(name),
    assumes: [...values].map(([name, on]) => (on ? name : `!${name}`)),
  };
}

function isOn(configuration: Configuration, name: string): boolean {
  return configuration.value(name) ?? everyOption.value(name) ?? false;
}

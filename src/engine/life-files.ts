import type { FileFacts } from '../facts/index.ts';
import type { Lifecycles } from '../lifecycle/index.ts';
import type { Module, Program } from '../program/index.ts';

/** Tells lives apart: where they begin and end. */
export function lifeOf({ file, init, exits }: Module): string {
  return [file, init?.fn.id ?? '', ...exits.map(({ fn }) => fn.id)].join('|');
}

/** The files that a module's life runs through. */
export function filesOf(module: Module, reach: ReadonlySet<string>, lifecycles: Lifecycles): Set<string> {
  const mattering = [...reach].filter((id) => lifecycles.matters(id));
  return new Set([module.file, ...mattering.map((id) => id.slice(0, id.indexOf('#')))]);
}

/**
 * The options that decide over what of a file a life can come to: its functions that register and are in reach, and its
 * ops, where those are what such functions, or others elsewhere, register.
 */
export function optionsOf(facts: FileFacts, lifecycles: Lifecycles, reach: ReadonlySet<string>): string[] {
  if (![...facts.functions, ...facts.ops].some(({ options }) => options.length > 0)) return [];
  const registering = facts.functions.filter((fact) => lifecycles.registers(`${facts.file}#${fact.name}`));
  const reached = registering.filter(({ name }) => reach.has(`${facts.file}#${name}`));
  const ops = reached.length > 0 || registering.length === 0 ? facts.ops : [];
  return [...reached, ...ops].flatMap((fact) => fact.options);
}

/**
 * Whether a file read with an option off holds pernet code that it does not hold otherwise: an ops, or a function that
 * registers other things. Where it only has stubs of what registers, there is less to live through.
 */
export function addsPernetCode(other: FileFacts, now: Lifecycles, before: Program): boolean {
  const idOf = ({ name }: { readonly name: string }): string => `${other.file}#${name}`;
  if (other.ops.some((fact) => !before.opsEntry(idOf(fact)))) return true;
  const registering = other.functions.map(idOf).filter((id) => now.isRegistrar(id));
  return registering.some((id) => {
    const names = before.calls(id);
    return [...now.program.calls(id)].some((name) => !names.has(name));
  });
}

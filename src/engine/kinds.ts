import type { Registration } from './part.ts';

/** How and where an ops is registered, as the histories show it. */
export interface Registered {
  readonly devices: Set<boolean>;
  readonly functions: Set<string>;
  readonly module: Registration['module'];
}

export function noteRegistration({ ops, isDevice, fn, module }: Registration, kinds: Map<string, Registered>): void {
  let known = kinds.get(ops);
  if (!known) kinds.set(ops, (known = { devices: new Set(), functions: new Set(), module }));
  known.devices.add(isDevice);
  known.functions.add(fn);
}

/** The name of the module that a file belongs to; where the build does not say, it is called after the file. */
export function moduleNameOf(file: string, info: { readonly name: string } | undefined): string {
  return info?.name ?? file.replace(/^.*\//, '').replace(/\.[ch]$/, '');
}

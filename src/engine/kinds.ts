import type { History } from '../lifecycle/index.ts';

/** Where an ops is registered, as one history shows it. */
export interface Registration {
  readonly ops: string;
  readonly isDevice: boolean;
  readonly fn: string;
  readonly module: { readonly name: string; readonly file: string; readonly unloadable: boolean };
}

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

/** The registrations that a history shows. */
export function* registrationsIn({ events, module }: History): Generator<Registration> {
  const { name, file, unloadable } = module;
  for (const { trace } of events) {
    if (trace?.t !== 'pernet' || !trace.call.startsWith('register')) continue;
    const isDevice = trace.call.endsWith('device');
    yield { ops: trace.ops, isDevice, fn: trace.place.fn, module: { name, file, unloadable } };
  }
}

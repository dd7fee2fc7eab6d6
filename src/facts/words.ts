/** The words by which `mentionsOf` says more of a use than a name: what is asked for, what runs later, whose member. */

/** The word for a function whose result is asked for before it is used: `fn = foo_net(net); if (!fn) return;`. */
export function askedFor(getter: string): string {
  return `?${getter}`;
}

/** Under this key stands what the work items and timers of a whole file run. */
export const laterRuns = '=';

/** Words of what runs later, as `mentionsOf` writes them: `x` is the expression that names a work item or a timer. */
export const later = {
  queues: (x: string): string => `+${x}`,
  stops: (x: string): string => `-${x}`,
  runs: (x: string, fn: string): string => `${x}=${fn}`,
};

/** The word for what is read or written behind a local or global pointer. */
export function memberWord(pointer: string, name: string): string {
  return `>${pointer}->${name}`;
}

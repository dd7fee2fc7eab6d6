/** Words of a name that sets up, with those of the name that undoes it. */
export const opposites: Readonly<Record<string, readonly string[]>> = {
  init: ['exit', 'fini', 'cleanup', 'uninit', 'deinit', 'destroy', 'release', 'shutdown'],
  register: ['unregister', 'deregister', 'exit'],
  start: ['stop', 'shutdown'],
  add: ['del', 'remove', 'delete'],
  setup: ['teardown', 'cleanup', 'destroy'],
  create: ['destroy', 'remove', 'delete'],
  enable: ['disable'],
  attach: ['detach'],
  install: ['uninstall', 'remove'],
};

/**
 * Words that say when, not what: `foo_init_start` and `foo_init_end` are phases of one set-up, and its teardown goes
 * through its own phases in the other order, whatever they are called.
 */
export const phases = new Set(['start', 'begin', 'end', 'finish', 'early', 'late', 'pre', 'post', 'first', 'last']);

/** Most names say nothing of the kind, which is told without taking them apart. */
export const setsUp = new RegExp(`(?:^|_)(?:${Object.keys(opposites).join('|')})(?:_|$)`);

/** The names that undo what a name sets up, by its words. */
export function counterparts(name: string): string[] {
  if (!setsUp.test(name)) return [];
  const words = name.split('_');
  return words.flatMap((word, index) => {
    const isPhase = words.some((other, at) => at !== index && phases.has(other));
    return isPhase ? [] : (opposites[word] ?? []).map((other) => words.with(index, other).join('_'));
  });
}

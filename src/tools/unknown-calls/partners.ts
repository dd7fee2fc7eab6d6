/** Words of names that set up, each with those that undo it. */
const opposites: readonly (readonly [string, readonly string[]])[] = [
  ['register', ['unregister', 'deregister']],
  ['reg', ['unreg', 'dereg']],
  ['create', ['destroy', 'remove', 'free', 'delete', 'release']],
  ['alloc', ['free', 'dealloc', 'release', 'destroy', 'put']],
  ['init', ['exit', 'fini', 'uninit', 'deinit', 'cleanup', 'destroy', 'release', 'free', 'shutdown']],
  ['add', ['del', 'remove', 'delete']],
  ['get', ['put']],
  ['new', ['free', 'destroy', 'del', 'delete']],
  ['open', ['close', 'release']],
  ['start', ['stop', 'shutdown', 'end']],
  ['begin', ['end']],
  ['setup', ['teardown', 'cleanup', 'destroy', 'remove']],
  ['set', ['unset', 'clear']],
  ['enable', ['disable']],
  ['attach', ['detach']],
  ['install', ['uninstall', 'remove']],
  ['bind', ['unbind']],
  ['map', ['unmap']],
  ['inc', ['dec']],
  ['hold', ['put', 'release']],
  ['up', ['down']],
  ['subscribe', ['unsubscribe']],
  ['lock', ['unlock']],
  ['link', ['unlink']],
  ['mount', ['unmount', 'umount']],
  ['join', ['leave']],
  ['make', ['kill', 'destroy', 'free']],
  ['run', ['stop']],
];

/** The names that by their words go with a name, in either direction: of `foo_register`, `foo_unregister` and so on. */
export function partnersOf(name: string): string[] {
  const words = name.split('_');
  const partners = words.flatMap((word, index) =>
    opposites.flatMap(([up, downs]) => {
      const others = word === up ? downs : downs.includes(word) ? [up] : [];
      return others.map((other) => words.with(index, other).join('_'));
    }),
  );
  return [...new Set(partners)];
}

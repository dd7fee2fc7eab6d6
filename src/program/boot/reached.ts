import type { Code } from './code.ts';

/** The functions, by file, from which a registration can be reached by calls. */
export type Registering = ReadonlyMap<string, ReadonlySet<string>>;

const register = ['register_pernet_subsys', 'register_pernet_device'];
/** Its own functions only forward what they are passed. */
const core = 'net/core/net_namespace.c';

/**
 * Which functions of the built-in files call a registration, or call one that does, across files. By their text alone, so
 * that the rest of the tree need not be parsed: a superset of what really runs.
 */
export function registeringFunctions(code: Code, files: readonly string[]): Registering {
  const found = new Map<string, Set<string>>();
  let external = register;
  const seen = new Set(external);
  while (external.length > 0) {
    const next: string[] = [];
    for (const file of code.mentioning(files, external)) {
      const outline = code.outline(file);
      const own = new Set(outline.map(({ name }) => name));
      const wanted = new Set(external.filter((name) => register.includes(name) || !own.has(name)));
      const known = found.get(file) ?? new Set<string>();
      for (let grown = true; grown;) {
        grown = false;
        for (const { name, isStatic, mentions } of outline) {
          if (known.has(name) || (file === core && register.includes(name))) continue;
          if (![...mentions].some((word) => wanted.has(word) || (known.has(word) && word !== name))) continue;
          known.add(name);
          grown = true;
          // Nothing of the tree's order comes before start_kernel().
          if (!isStatic && name !== 'start_kernel' && !seen.has(name)) {
            seen.add(name);
            next.push(name);
          }
        }
      }
      if (known.size > 0) found.set(file, known);
    }
    external = next;
  }
  return found;
}

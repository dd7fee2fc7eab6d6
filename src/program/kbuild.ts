import type { ModuleInfo } from './program.ts';

/** Reads a file of the tree by its path; undefined when it is not there. */
export type Read = (path: string) => string | undefined;

/** The lines of a Makefile that put objects together: `NAME-y += a.o b.o`, continuation lines joined. */
interface Assignment {
  readonly target: string;
  /** `y`, `m`, `objs`, or the CONFIG option in `$(CONFIG_X)`. */
  readonly when: string;
  readonly objects: readonly string[];
}

/**
 * Which module a C file goes into, from the Makefile of its folder (Documentation/kbuild/makefiles.rst) and the Kconfig
 * files around it: `obj-$(CONFIG_X) += foo.o` with `foo-y := a.o b.o`. Undefined when no Makefile names it.
 */
export function moduleOfFile(file: string, read: Read): ModuleInfo | undefined {
  const slash = file.lastIndexOf('/');
  const folder = slash < 0 ? '' : file.slice(0, slash);
  const object = file.slice(slash + 1).replace(/\.c$/, '.o');
  const text = read(join(folder, 'Makefile')) ?? read(join(folder, 'Kbuild'));
  if (text === undefined) return undefined;
  const assignments = parseMakefile(text);
  return resolve(object, assignments, (option) => isTristate(option, folder, read), new Set());
}

function resolve(
  object: string,
  all: readonly Assignment[],
  tristate: (option: string) => boolean | undefined,
  seen: Set<string>,
): ModuleInfo | undefined {
  if (seen.has(object)) return undefined;
  seen.add(object);
  const users = all.filter((assignment) => assignment.objects.includes(object));
  const direct = users.filter((assignment) => assignment.target === 'obj');
  const name = object.replace(/\.o$/, '').replaceAll('-', '_');
  if (direct.length > 0) {
    const loadable = direct.map(({ when }) => (when === 'y' ? false : when === 'm' ? true : tristate(when)));
    return { name, loadable: loadable.includes(true) ? true : loadable.includes(undefined) ? undefined : false };
  }
  for (const { target } of users) {
    const found = resolve(`${target}.o`, all, tristate, seen);
    if (found) return found;
  }
  return undefined;
}

export function parseMakefile(text: string): Assignment[] {
  const assignments: Assignment[] = [];
  for (const line of text.replace(/\\\r?\n/g, ' ').split('\n')) {
    const match =
      /^\s*([\w./-]+?)-(y|m|objs|\$\(\s*CONFIG_(\w+)\s*\)|\$\(CONFIG_\w+:m=y\)|\$\(subst m,y,\$\(CONFIG_\w+\)\))\s*[:+]?=\s*(.*)$/.exec(
        line,
      );
    if (!match) continue;
    const option = match[3];
    // An option whose m is made y by the Makefile only ever builds in.
    const word = match[2]!.startsWith('$') ? 'y' : match[2]!;
    assignments.push({
      target: match[1]!,
      when: option ? `CONFIG_${option}` : word,
      objects: match[4]!
        .replace(/#.*$/, '')
        .split(/\s+/)
        .filter((word) => word.endsWith('.o')),
    });
  }
  return assignments;
}

/** Whether an option can be `m`: its `config` entry in the Kconfig files from the folder upwards. */
function isTristate(option: string, folder: string, read: Read): boolean | undefined {
  const name = option.replace(/^CONFIG_/, '');
  const entry = new RegExp(
    `^\\s*(?:menu)?config\\s+${name}\\s*$([\\s\\S]*?)(?=^\\s*(?:menu)?config\\s|$(?![\\s\\S]))`,
    'm',
  );
  for (
    let at: string | null = folder;
    at !== null;
    at = at === '' ? null : at.includes('/') ? at.slice(0, at.lastIndexOf('/')) : ''
  ) {
    const found = entry.exec(read(join(at, 'Kconfig')) ?? '');
    const type = found ? /^\s*(?:def_)?(tristate|bool)\b/m.exec(found[1]!) : null;
    if (type) return type[1] === 'tristate';
  }
  return undefined;
}

function join(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

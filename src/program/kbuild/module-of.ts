import type { ModuleInfo } from '../program.ts';
import { readFolder, type Folder, type Read } from './folder.ts';
import { readKconfig, type Kconfig } from './kconfig.ts';

/** What an option stands for where no Kconfig file near it says whether it can be m. */
const undecided = 'undecided';

/** What an option stands for that the configuration does not set. */
const unset = 'unset';

/**
 * Which module a C file goes into, with a configuration (or, without one, whatever that is), from the Makefile of its folder and the Kconfig files
 * around it: `obj-$(CONFIG_X) += foo.o` with `foo-y := a.o b.o`. Undefined when no Makefile names it.
 */
export function moduleOfFile(
  file: string,
  read: Read,
  configured?: (name: string) => 'y' | 'm' | 'n',
): ModuleInfo | undefined {
  const slash = file.lastIndexOf('/');
  const path = slash < 0 ? '' : file.slice(0, slash);
  const option = (name: string): string | undefined => {
    if (!name.startsWith('CONFIG_')) return undefined;
    const value = configured?.(name);
    if (value !== undefined) return value === 'n' ? unset : value;
    const tristate = isTristate(name.slice('CONFIG_'.length), path, read);
    return tristate === undefined ? undecided : tristate ? 'm' : 'y';
  };
  const folder = readFolder(path, { read, given: option, everyArm: true });
  const object = file.slice(slash + 1).replace(/\.c$/, '.o');
  return folder && (resolve(object, folder, new Set()) ?? leftOut(object, folder));
}

/** An object that the configuration leaves out, by itself or with the module that it is a part of. */
function leftOut(object: string, folder: Folder): ModuleInfo | undefined {
  const name = object.replace(/\.o$/, '').replaceAll('-', '_');
  return isOut(object, folder, new Set()) ? { name, loadable: undefined, isLeftOut: true } : undefined;
}

function isOut(object: string, folder: Folder, seen: Set<string>): boolean {
  if (seen.has(object)) return false;
  seen.add(object);
  return folder.names().some((list) => {
    const [, stem, suffix] = /^(.+)-(y|m|objs|unset)$/.exec(list) ?? [];
    if (stem === undefined || !folder.words(list).includes(object)) return false;
    return suffix === unset || (stem !== 'obj' && isOut(`${stem}.o`, folder, seen));
  });
}

function resolve(object: string, folder: Folder, seen: Set<string>): ModuleInfo | undefined {
  if (seen.has(object)) return undefined;
  seen.add(object);
  const isIn = (list: string): boolean => folder.words(list).includes(object);
  const name = object.replace(/\.o$/, '').replaceAll('-', '_');
  if (isIn('obj-m')) return { name, loadable: true };
  if (isIn(`obj-${undecided}`)) return { name, loadable: undefined };
  if (isIn('obj-y')) return { name, loadable: false };
  for (const list of folder.names()) {
    const composite = /^(.+)-(?:y|m|objs|undecided)$/.exec(list)?.[1];
    if (composite === undefined || composite === 'obj' || !isIn(list)) continue;
    const found = resolve(`${composite}.o`, folder, seen);
    if (found) return found;
  }
  return undefined;
}

const kconfigs = new WeakMap<Read, Map<string, Kconfig>>();

/** Whether an option can be `m`: its type in the Kconfig files from the folder upwards. */
function isTristate(option: string, folder: string, read: Read): boolean | undefined {
  let known = kconfigs.get(read);
  if (!known) kconfigs.set(read, (known = new Map<string, Kconfig>()));
  for (let at: string | null = folder; at !== null; at = parentOf(at)) {
    const file = at === '' ? 'Kconfig' : `${at}/Kconfig`;
    let kconfig = known.get(file);
    if (!kconfig) known.set(file, (kconfig = readKconfig(read, file, { follow: false })));
    const type = kconfig.get(option)?.type;
    if (type) return type === 'tristate';
  }
  return undefined;
}

function parentOf(folder: string): string | null {
  return folder === '' ? null : folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : '';
}

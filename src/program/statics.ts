import type { FileFacts } from '../facts/ir.ts';

const mark = '__in_';
const marked = /__in_[\da-z]{7}(?!\w)/g;

/**
 * File-level variables that are static in several files: the same name means another variable in each of them. They get
 * names of their own, which `plainName` turns back into what the source has.
 */
export class Statics {
  private readonly files = new Map<string, string[]>();
  private readonly names = new Map<string, string>();

  constructor(all: Iterable<FileFacts>) {
    // An ops is told apart by its file anyway, and its id goes by the name that its `.id` points at.
    const apart = new Set<string>();
    for (const { file, statics, ops } of all) {
      for (const { name, fields } of ops) {
        apart.add(name);
        for (const field of fields) if (field.name === 'id') apart.add(field.text.replace(/^&/, ''));
      }
      if (file.endsWith('.h')) continue;
      for (const name of statics) this.files.set(name, [...(this.files.get(name) ?? []), file]);
    }
    for (const [name, files] of this.files) if (files.length < 2 || apart.has(name)) this.files.delete(name);
  }

  /** The variable that a name which is no local's means in a file. */
  nameIn(file: string, name: string): string {
    if (this.files.get(name)?.includes(file) !== true) return name;
    const key = `${file}#${name}`;
    let own = this.names.get(key);
    if (own === undefined) this.names.set(key, (own = `${name}${mark}${digest(file)}`));
    return own;
  }

  /** The names that mean something else in another file, of those that a file has for variables of its own. */
  sharedBy({ file, statics }: FileFacts): string[] {
    return statics.filter((name) => this.files.get(name)?.includes(file) === true);
  }
}

/** A path or a component with the names that the source has. */
export function plainName(path: string): string {
  return path.includes(mark) ? path.replace(marked, '') : path;
}

/** FNV-1a of a path, as seven letters and digits. */
function digest(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(36).padStart(7, '0');
}

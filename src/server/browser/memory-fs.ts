/**
 * What of Node's `fs` the server reads trees with, over the texts that a client has handed in: the build puts this module
 * in the place of `node:fs` where there is none. Paths are absolute, with forward slashes; folders are there because
 * files lie in them.
 */
const texts = new Map<string, string>();
/** When each text was handed in, as a count of all that were. */
const times = new Map<string, number>();
let handedIn = 0;
/** Each folder with the names in it; true for those that are folders. */
const folders = new Map<string, Map<string, boolean>>();

/** Puts a file where `readFileSync` finds it; null takes it away. */
export function setText(file: string, text: string | null): void {
  if (text === null) {
    texts.delete(file);
    folders.get(parentOf(file))?.delete(nameOf(file));
    return;
  }
  texts.set(file, text);
  times.set(file, ++handedIn);
  let isFolder = false;
  for (let at = file; at !== '/'; at = parentOf(at)) {
    const parent = parentOf(at);
    let names = folders.get(parent);
    if (!names) folders.set(parent, (names = new Map<string, boolean>()));
    names.set(nameOf(at), isFolder);
    isFolder = true;
  }
}

export function existsSync(path: string): boolean {
  return texts.has(path) || folders.has(path);
}

/** @throws an error with the code ENOENT when the file is not there. */
export function readFileSync(path: string): string {
  const text = texts.get(path);
  if (text === undefined) throw notThere(path);
  return text;
}

interface Stats {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly ino: number;
  isFile(): boolean;
}

/**
 * The time of change of a file grows with each text that is handed in for it.
 * @throws an error with the code ENOENT when the file is not there, unless `throwIfNoEntry` is false.
 */
export function statSync(path: string, options?: { readonly throwIfNoEntry?: boolean }): Stats | undefined {
  const text = texts.get(path);
  if (text === undefined && options?.throwIfNoEntry === false) return undefined;
  const time = times.get(path) ?? 0;
  return { size: (text ?? readFileSync(path)).length, mtimeMs: time, ctimeMs: time, ino: 0, isFile: () => true };
}

/** There are no links. */
function sameWhenThere(path: string): string {
  if (!existsSync(path)) throw notThere(path);
  return path;
}
export const realpathSync = Object.assign(sameWhenThere, { native: sameWhenThere });

interface Entry {
  readonly name: string;
  isFile(): boolean;
  isDirectory(): boolean;
}

/** @throws an error with the code ENOENT when the folder is not there. */
export function readdirSync(path: string): Entry[] {
  const names = folders.get(path);
  if (!names) throw notThere(path);
  return [...names].map(([name, isFolder]) => ({ name, isFile: () => !isFolder, isDirectory: () => isFolder }));
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function notThere(path: string): Error {
  return Object.assign(new Error(`${path} is not there`), { code: 'ENOENT' });
}

export default { existsSync, readFileSync, statSync, readdirSync, realpathSync };

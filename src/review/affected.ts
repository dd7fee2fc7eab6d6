import { folderOf } from '../facts/folder.ts';
import { isGetter, isStep } from '../facts/index.ts';
import type { Host } from '../engine/index.ts';
import { moduleOfFile } from '../program/index.ts';
import { textIn, type FileChange } from './change.ts';
import { changedFunctions, functionsOf, signatureOf, type SourceFunction } from './signature.ts';

/** The files of a tree before and after whose lifecycles a change can alter. */
export interface Affected {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

const marker = 'pernet_';

/**
 * Which files a change has to do with, by what the engine reads together (contextOf()): a file that mentions pernet, unless
 * the change leaves all as it was that lifecycles are made of; the files whose callbacks call a helper that was changed;
 * the callers of what registers; those that include a header; those that a Makefile or Kconfig names otherwise.
 */
export function affectedBy(files: readonly FileChange[], before: Host, after: Host): Affected {
  const both = { before: new Set<string>(), after: new Set<string>() };
  for (const { from, to } of files) {
    const change: Changed = { from, to, old: textIn(before, from), now: textIn(after, to) };
    if (from === to && change.old === change.now) continue;
    for (const [paths, host] of [[both.before, before] as const, [both.after, after] as const]) {
      const own = host === before ? from : to;
      for (const path of affectedIn(change, { host, other: host === before ? after : before, own })) paths.add(path);
    }
  }
  return { before: [...both.before].sort(), after: [...both.after].sort() };
}

interface Changed extends FileChange {
  readonly old: string | null;
  readonly now: string | null;
}

interface Side {
  readonly host: Host;
  readonly other: Host;
  /** The changed file's path on this side. */
  readonly own: string | null;
}

function affectedIn(change: Changed, side: Side): readonly string[] {
  const name = (side.own ?? change.from ?? change.to)!;
  if (!/\.[ch]$/.test(name)) return builtOtherwise(name, side);
  const own = side.own === null ? [] : [side.own];
  const old = change.old ?? '';
  const now = change.now ?? '';
  if (old.includes(marker) || now.includes(marker)) {
    if (change.from === change.to && signatureOf(old) === signatureOf(now)) return [];
    return name.endsWith('.h') ? [...own, ...including(name, side.host)] : own;
  }
  const around = pernetFiles(side.host, folderOf(name));
  if (around.length === 0) return [];
  const changed = changedFunctions(old, now);
  if (name.endsWith('.h')) return changed.some((fn) => isGetter(fn.name)) ? including(name, side.host) : [];
  const callers = callersOf(changed, around, side.host);
  return isCaller(changed, around, side.host) ? [...own, ...callers] : callers;
}

/** Files whose callbacks may call one of these functions as a step of theirs. */
function callersOf(changed: readonly SourceFunction[], around: readonly string[], host: Host): string[] {
  const names = [...new Set(changed.filter((fn) => !fn.isStatic && isStep(fn.name)).map((fn) => fn.name))];
  return around.filter((path) => names.some((name) => textIn(host, path)?.includes(`${name}(`) === true));
}

/** Whether one of these functions calls what registers, in a file around. */
function isCaller(changed: readonly SourceFunction[], around: readonly string[], host: Host): boolean {
  const words = new Set(changed.flatMap((fn) => [...fn.words]));
  return around.some((path) => {
    const text = textIn(host, path) ?? '';
    // Most files define nothing that is called here: that shows without a closer look.
    const isCalled = [...text.matchAll(definition)].some((match) => words.has(match[1]!));
    return isCalled && registrars(text).some((name) => words.has(name));
  });
}

/** The name in what may be an external function's head. */
const definition = /^(?!static\b)[A-Za-z_][^\n;=()]*?\b(\w+)\s*\(/gm;

/** The external functions of a file that register or unregister, themselves or through others of the file. */
function registrars(text: string): string[] {
  const functions = functionsOf(text);
  const found = new Set<string>();
  for (let size = -1; size !== found.size;) {
    size = found.size;
    for (const { name, words } of functions)
      if ([...words].some((word) => /^(un)?register_pernet_/.test(word) || found.has(word))) found.add(name);
  }
  return functions.filter(({ name, isStatic }) => !isStatic && found.has(name)).map(({ name }) => name);
}

/** A Makefile or Kconfig decides which files make a module, and whether it can be unloaded. */
function builtOtherwise(path: string, { host, other }: Side): string[] {
  return pernetFiles(host, folderOf(path)).filter((each) => moduleIn(host, each) !== moduleIn(other, each));
}

function pernetFiles(host: Host, folder: string): string[] {
  return host.listFolder(folder).filter((path) => path.endsWith('.c') && textIn(host, path)?.includes(marker) === true);
}

function including(header: string, host: Host): string[] {
  const name = header.slice(header.lastIndexOf('/') + 1);
  const isInclude = (line: string): boolean => /^\s*#\s*include\b/.test(line) && line.includes(name);
  return pernetFiles(host, folderOf(header)).filter((path) => textIn(host, path)?.split('\n').some(isInclude) === true);
}

/** One function a tree, by which Kconfig files that were read are known again. */
const reads = new WeakMap<Host, (path: string) => string | undefined>();

function moduleIn(host: Host, file: string): string {
  let read = reads.get(host);
  if (!read) reads.set(host, (read = (path) => textIn(host, path) ?? undefined));
  const info = moduleOfFile(file, read);
  return info === undefined ? '' : `${info.name} ${info.loadable}`;
}

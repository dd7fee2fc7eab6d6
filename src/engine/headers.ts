const include = /^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]/gm;
const inlineFunction = /^[ \t]*(?:static\b[^;{}()#]*?|extern\s+inline\b[^;{}()#]*?|inline\b[^;{}()#]*?)\b(\w+)\s*\(/gm;
const macro = /^[ \t]*#[ \t]*define[ \t]+(\w+)/gm;
/** Where `<name>` is looked for (LINUXINCLUDE in the top Makefile, for x86). */
const places = ['include/', 'arch/x86/include/', 'include/uapi/', 'arch/x86/include/uapi/', 'include/asm-generic/'];

/** Finds the header that defines a function or macro among those that a file includes. */
export class Headers {
  /** What each header includes; undefined for one that is not there. */
  private readonly includes = new Map<string, readonly string[] | undefined>();
  private readonly byName = new Map<string, string[]>();
  private readonly closures = new Map<string, ReadonlyMap<string, number>>();

  constructor(private readonly read: (file: string) => string | undefined) {}

  /** Those of the file's headers, in the order in which they are come upon, that define the name. */
  defining(file: string, name: string): readonly string[] {
    const closure = this.closure(file);
    return (this.byName.get(name) ?? [])
      .filter((header) => header !== file && closure.has(header))
      .sort((a, b) => closure.get(a)! - closure.get(b)!);
  }

  private closure(file: string): ReadonlyMap<string, number> {
    let closure = this.closures.get(file);
    if (!closure) {
      const found = new Map<string, number>();
      const queue = [file];
      for (let at = 0; at < queue.length; at++) {
        for (const header of this.includesOf(queue[at]!)) {
          if (found.has(header)) continue;
          found.set(header, found.size);
          queue.push(header);
        }
      }
      this.closures.set(file, (closure = found));
    }
    return closure;
  }

  private includesOf(file: string): readonly string[] {
    if (!this.includes.has(file)) this.includes.set(file, this.readHeader(file));
    return this.includes.get(file) ?? [];
  }

  private readHeader(file: string): readonly string[] | undefined {
    const text = this.read(file);
    if (text === undefined) return undefined;
    const names = new Set([...text.matchAll(inlineFunction), ...text.matchAll(macro)].map((match) => match[1]!));
    for (const name of names) {
      const known = this.byName.get(name);
      if (known) known.push(file);
      else this.byName.set(name, [file]);
    }
    return [...text.matchAll(include)].flatMap((match) => this.find(file, match[2]!, match[1] === '"') ?? []);
  }

  private find(from: string, name: string, isLocal: boolean): string | undefined {
    const beside = normalise(`${from.slice(0, from.lastIndexOf('/') + 1)}${name}`);
    const candidates = isLocal ? [beside, ...places.map((place) => place + name)] : places.map((place) => place + name);
    return candidates.find((file) => this.includes.get(file) !== undefined || this.read(file) !== undefined);
  }
}

function normalise(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

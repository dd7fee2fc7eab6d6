interface Header {
  readonly includes: readonly string[];
  readonly defines: ReadonlySet<string>;
}

const include = /^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]/gm;
const inlineFunction = /^[ \t]*(?:static\b[^;{}()#]*?|extern\s+inline\b[^;{}()#]*?|inline\b[^;{}()#]*?)\b(\w+)\s*\(/gm;
const macro = /^[ \t]*#[ \t]*define[ \t]+(\w+)/gm;
/** Where `<name>` is looked for (LINUXINCLUDE in the top Makefile, for x86). */
const places = ['include/', 'arch/x86/include/', 'include/uapi/', 'arch/x86/include/uapi/', 'include/asm-generic/'];

/** Finds the header that defines a function or macro among those that a file includes. */
export class Headers {
  private readonly known = new Map<string, Header | undefined>();
  private readonly closures = new Map<string, readonly string[]>();

  constructor(private readonly read: (file: string) => string | undefined) {}

  /** Those of the file's headers, in the order in which they are come upon, that define the name. */
  defining(file: string, name: string): readonly string[] {
    return this.closure(file).filter((header) => this.known.get(header)?.defines.has(name) === true);
  }

  private closure(file: string): readonly string[] {
    let closure = this.closures.get(file);
    if (!closure) {
      const found = new Set<string>();
      const queue = [file];
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        for (const header of this.header(next)?.includes ?? []) {
          if (found.has(header)) continue;
          found.add(header);
          queue.push(header);
        }
      }
      this.closures.set(file, (closure = [...found]));
    }
    return closure;
  }

  private header(file: string): Header | undefined {
    if (!this.known.has(file)) {
      const text = this.read(file);
      this.known.set(
        file,
        text === undefined
          ? undefined
          : {
              includes: [...text.matchAll(include)].flatMap(
                (match) => this.find(file, match[2]!, match[1] === '"') ?? [],
              ),
              defines: new Set([...text.matchAll(inlineFunction), ...text.matchAll(macro)].map((match) => match[1]!)),
            },
      );
    }
    return this.known.get(file);
  }

  private find(from: string, name: string, isLocal: boolean): string | undefined {
    const beside = normalise(`${from.slice(0, from.lastIndexOf('/') + 1)}${name}`);
    const candidates = isLocal ? [beside, ...places.map((place) => place + name)] : places.map((place) => place + name);
    return candidates.find((file) => this.known.get(file) !== undefined || this.read(file) !== undefined);
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

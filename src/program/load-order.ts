import { levelOf, rankOf } from './boot/levels.ts';
import type { LinkedFirst } from './kbuild/index.ts';
import { namesOf } from './bodies.ts';
import type { FunctionEntry, Id, Module, ModuleInfo, Program } from './program.ts';

interface Means {
  readonly program: Program;
  readonly moduleInfo: (file: string) => ModuleInfo | undefined;
  /** Says why one file is linked before another one, where both are built in; null where it is not known to be. */
  readonly linkedFirst: (one: string, other: string) => LinkedFirst | null;
  /** Whether a configuration is given: what can be a module is one then. */
  readonly isConfigured: boolean;
  /** Told when functions are looked at for the symbols that they use. */
  readonly onUses: () => void;
}

/** How a module is built: into the kernel, or to be loaded. */
type Build = 'y' | 'm';

/** Calls that get at a symbol which may be there or not: nothing is loaded for them (kernel/module/main.c). */
const asking = ['symbol_get', '__symbol_get', 'symbol_request'];

/**
 * Which of a program's modules start before which, in whatever way they can be built: built-in code by its initcalls'
 * levels (INIT_CALLS in include/asm-generic/vmlinux.lds.h) and, within one level, by link order; a loaded module after
 * what is built in, and after the modules whose symbols it uses (resolve_symbol_wait() in kernel/module/main.c waits for
 * their init).
 */
export class LoadOrder {
  private exporters: ReadonlyMap<string, readonly string[]> | undefined;
  private readonly files = new Map<string, readonly string[]>();
  private readonly uses = new Map<string, string | null>();

  constructor(private readonly means: Means) {}

  /** Says why one module has started before another one does; null where that is not known. */
  isFirst(one: Module, other: Module): string | null {
    const reasons = new Set<string>();
    for (const a of this.buildsOf(one)) {
      for (const b of this.buildsOf(other)) {
        if (!this.isPossible({ one, a, other, b })) continue;
        const reason = this.reasonFor({ one, a, other, b });
        if (reason === null) return null;
        reasons.add(reason);
      }
    }
    // That boot comes before all that is loaded needs to be said only where nothing else is.
    if (reasons.size > 1) reasons.delete(atBoot(one));
    return reasons.size === 0 ? null : [...reasons].join('; ');
  }

  private reasonFor({ one, a, other, b }: Pairing): string | null {
    if (a === 'y' && b === 'y') return this.builtInFirst(one, other);
    if (a === 'y') return startsAtBoot(one) ? atBoot(one) : null;
    if (b === 'y') return null;
    const symbol = this.symbolUsed(other, one);
    return symbol && `${other.name} uses ${symbol}, which ${one.name} exports, so it is loaded after ${one.name}`;
  }

  /** What is built in can use no symbol of a module (CONFIG_X=y depends on no CONFIG_Y=m). */
  private isPossible({ one, a, other, b }: Pairing): boolean {
    if (a === b) return true;
    return a === 'y' ? this.symbolUsed(one, other) === null : this.symbolUsed(other, one) === null;
  }

  private builtInFirst(one: Module, other: Module): string | null {
    const [level, later] = [one, other].map(({ init }) => levelOf(init?.call.macro ?? ''));
    if (level === undefined || later === undefined || rankOf(level) > rankOf(later)) return null;
    if (level !== later)
      return `${startOf(one)} runs at an earlier initcall level than ${startOf(other)}: ${level} comes before ${later}`;
    const first = this.means.linkedFirst(one.file, other.file);
    return (
      first &&
      `${nameOf(one.file)} is linked before ${nameOf(other.file)} (${first.makefile}:${first.line}), so of two ` +
        `${level}s ${startOf(one)} runs first`
    );
  }

  private buildsOf({ unloadable, file }: Module): readonly Build[] {
    if (!unloadable) return ['y'];
    return this.means.isConfigured && this.means.moduleInfo(file)?.loadable === true ? ['m'] : ['y', 'm'];
  }

  /** An exported symbol of another module that a module's code uses; null where none is known. */
  private symbolUsed(user: Module, provider: Module): string | null {
    const key = `${user.file}\0${provider.file}`;
    let symbol = this.uses.get(key);
    if (symbol === undefined) this.uses.set(key, (symbol = this.findSymbol(user, provider)));
    return symbol;
  }

  private findSymbol(user: Module, provider: Module): string | null {
    this.means.onUses();
    const theirs = this.filesOf(provider);
    const own = this.filesOf(user);
    if (own.some((file) => theirs.includes(file))) return null;
    for (const file of own) {
      for (const { name, options } of this.means.program.facts(file)?.functions ?? []) {
        // What an option decides over may not be there.
        const id = `${file}#${name}`;
        const words = options.length > 0 ? [] : this.wordsOf(id);
        const used = words.find((word) => this.isExportedBy(word, theirs) && !this.isOwn(file, word));
        if (used !== undefined) return this.means.program.resolveFunction(file, used) ? `${used}()` : used;
      }
    }
    return null;
  }

  private wordsOf(id: Id): readonly string[] {
    const entry: FunctionEntry | undefined = this.means.program.functionById(id);
    if (!entry) return [];
    const names = namesOf(entry.fact);
    const { mentions } = this.means.program.facts(entry.file)!;
    const mentioned: readonly string[] = Object.hasOwn(mentions, entry.fact.name) ? mentions[entry.fact.name]! : [];
    const words = [...new Set([...names, ...mentioned.map((word) => word.replace('()', ''))])];
    return words.some((word) => asking.includes(word)) ? [] : words.sort();
  }

  private isOwn(file: string, word: string): boolean {
    return this.means.program.resolveFunction(file, word)?.file === file;
  }

  /** Whether a symbol is exported by one of some files, and by no other that is known. */
  private isExportedBy(symbol: string, files: readonly string[]): boolean {
    const by = this.exportersOf(symbol);
    return by.length > 0 && by.every((file) => files.includes(file));
  }

  private exportersOf(symbol: string): readonly string[] {
    if (!this.exporters) {
      const { program } = this.means;
      const exporters = new Map<string, string[]>();
      for (const file of program.fileNames())
        for (const name of program.facts(file)!.exports) exporters.set(name, [...(exporters.get(name) ?? []), file]);
      this.exporters = exporters;
    }
    return this.exporters.get(symbol) ?? [];
  }

  /** The files of the program that go into a module, as far as Kbuild says. */
  private filesOf({ file, name }: Module): readonly string[] {
    let files = this.files.get(file);
    if (!files) {
      const folder = file.slice(0, file.lastIndexOf('/') + 1);
      files = this.means.program
        .fileNames()
        .filter(
          (each) =>
            each === file ||
            (each.startsWith(folder) && each.endsWith('.c') && this.means.moduleInfo(each)?.name === name),
        );
      this.files.set(file, files);
    }
    return files;
  }
}

interface Pairing {
  readonly one: Module;
  readonly a: Build;
  readonly other: Module;
  readonly b: Build;
}

/**
 * Whether a module's initcall, built in, runs before modules are loaded. Up to rootfs_initcall there is nothing to load
 * them from; with what device_initcalls find, the first may be loaded while late_initcalls still run.
 */
function startsAtBoot({ init }: Module): boolean {
  const level = levelOf(init?.call.macro ?? '');
  return level !== undefined && rankOf(level) <= rankOf('device_initcall');
}

function atBoot(module: Module): string {
  return `${startOf(module)} runs at boot, before any module is loaded`;
}

function startOf({ init, name }: Module): string {
  return init ? `${init.fn.fact.name}()` : name;
}

function nameOf(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}

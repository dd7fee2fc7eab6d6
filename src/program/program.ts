import { arrayOf, elementOf, type FileFacts, type FunctionFact, type InitcallFact } from '../facts/ir.ts';
import { namesOf } from './bodies.ts';
import { entriesOf, nearest, type FunctionEntry, type Id, type OpsEntry } from './entries.ts';
import { passedOps, type Passed } from './passed-ops.ts';
import { Statics } from './statics.ts';

export type { FunctionEntry, Id, OpsEntry } from './entries.ts';

/** What Kbuild says of a file: which module it goes into, and whether that can be loaded and unloaded. */
export interface ModuleInfo {
  readonly name: string;
  /** False when its Makefile and Kconfig only ever build it in; undefined when they are not there or not understood. */
  readonly loadable: boolean | undefined;
  /** True where the configuration at hand leaves the file out of the build. */
  readonly isLeftOut?: true;
}

/** One thing that is loaded (or run at boot): an initcall, and the module exit that goes with it. */
export interface Module {
  readonly name: string;
  readonly file: string;
  readonly init: { readonly fn: FunctionEntry; readonly call: InitcallFact } | null;
  readonly exits: readonly { readonly fn: FunctionEntry; readonly call: InitcallFact }[];
  /** True when a failed init or an unload takes the code away, so that whatever is left registered dangles. */
  readonly unloadable: boolean;
  /** Of what stands for all that pass an ops to the same function (`livesOfPassed`): what that is passed. */
  readonly passed?: Passed;
}

const nothing: ReadonlySet<string> = new Set();

const exitMacro = /^module_exit$|^__exitcall$/;

/** The linked program: names of many files resolved as C does it, and the modules that the files make up. */
export class Program {
  private readonly files: ReadonlyMap<string, FileFacts>;
  private readonly functions = new Map<Id, FunctionEntry>();
  private readonly externalFunctions = new Map<string, FunctionEntry[]>();
  private readonly externalOps = new Map<string, OpsEntry[]>();
  private readonly opsById = new Map<Id, OpsEntry>();
  private readonly passed = new Map<Id, OpsEntry>();
  private readonly functionNames = new Set<string>();
  private readonly calleesMemo = new Map<Id, readonly FunctionEntry[]>();
  /** The functions that name any ops, by the name. */
  private readonly namingMemo = { isMade: false, by: new Map<string, FunctionEntry[]>() };
  /** By file and name: joined texts would have to be made, and hashed, for each question. */
  private readonly resolved = new Map<string, Map<string, FunctionEntry | undefined>>();
  /** What names meant where code was followed, by file. */
  private readonly lookedUp = new Map<string, Map<string, Id | undefined>>();
  readonly modules: readonly Module[];
  /** The variables that are static in several files. */
  readonly statics: Statics;

  constructor(files: readonly FileFacts[], moduleInfo: (file: string) => ModuleInfo | undefined) {
    const sorted = [...files].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
    this.files = new Map(sorted.map((facts) => [facts.file, facts]));
    for (const facts of sorted) this.index(facts);
    this.statics = new Statics(sorted);
    this.modules = sorted.flatMap((facts) => this.modulesOf(facts, moduleInfo(facts.file)));
  }

  /**
   * The same program, with other facts of some files that differ in what functions mention and in the bodies of some that
   * are `rewritten`, or gone, and in nothing else.
   */
  mentioning(changed: ReadonlyMap<FileFacts, FileFacts>, rewritten: Iterable<Id> = []): Program {
    const facts = (file: string): FileFacts | undefined => {
      const before = this.files.get(file);
      return before && (changed.get(before) ?? before);
    };
    const value = Object.create(this, { facts: { value: facts } }) as Program;
    const ids = new Set(rewritten);
    if (ids.size === 0) return value;
    return value.replacing(ids, ({ file, fact: { name } }) =>
      facts(file)?.functions.find((each) => each.name === name),
    );
  }

  /** The same program, with a function somewhere else in its file. */
  moving(id: Id, move: (fact: FunctionFact) => FunctionFact): Program {
    return this.replacing(new Set([id]), ({ fact }) => move(fact));
  }

  private replacing(ids: ReadonlySet<Id>, by: (entry: FunctionEntry) => FunctionFact | undefined): Program {
    const entries = new Map<FunctionEntry, readonly FunctionEntry[]>();
    for (const id of ids) {
      const entry = this.functions.get(id);
      const fact = entry && by(entry);
      if (entry) entries.set(entry, fact ? [{ ...entry, fact }] : []);
    }
    const now = (entry: FunctionEntry): readonly FunctionEntry[] => entries.get(entry) ?? [entry];
    const external = [...this.externalFunctions].map(([name, all]) => [name, all.flatMap(now)] as const);
    return Object.create(this, {
      functions: { value: new Map([...this.functions.values()].flatMap(now).map((entry) => [entry.id, entry])) },
      externalFunctions: { value: new Map(external) },
      calleesMemo: { value: new Map() },
      namingMemo: { value: { isMade: false, by: new Map() } },
      resolved: { value: new Map() },
    }) as Program;
  }

  fileNames(): readonly string[] {
    return [...this.files.keys()];
  }

  facts(file: string): FileFacts | undefined {
    return this.files.get(file);
  }

  allOps(): readonly OpsEntry[] {
    return [...this.opsById.values()];
  }

  allFunctions(): readonly FunctionEntry[] {
    return [...this.functions.values()];
  }

  functionById(id: Id): FunctionEntry | undefined {
    return this.functions.get(id);
  }

  opsEntry(id: Id): OpsEntry | undefined {
    return this.opsById.get(id) ?? this.passed.get(id);
  }

  /** What stands for any ops that a function of a file is passed to be registered. */
  passedOps(file: string): OpsEntry | undefined {
    return [...this.passed.values()].find((each) => each.file === file);
  }

  /** The external functions of a name, in all files. */
  functionsNamed(name: string): readonly FunctionEntry[] {
    return this.externalFunctions.get(name) ?? [];
  }

  /** The function that `name` means in `file`: its own first, else the one external definition nearest to it. */
  resolveFunction(file: string, name: string): FunctionEntry | undefined {
    const names = inFile(this.resolved, file);
    const known = names.get(name);
    if (known || names.has(name)) return known;
    const found = this.functions.get(`${file}#${name}`) ?? this.resolveElsewhere(file, name);
    names.set(name, found);
    return found;
  }

  /** The same for a name in code that is followed: what comes of that depends on which function it is. */
  lookUp(file: string, name: string): FunctionEntry | undefined {
    const found = this.resolveFunction(file, name);
    const names = inFile(this.lookedUp, file);
    if (!names.has(name)) names.set(name, found?.id);
    return found;
  }

  /**
   * Whether all names that have been looked up mean the same functions in another program, and none of them means one of
   * those `but` which are not what they were.
   */
  looksUpAlike(other: Program, but: ReadonlySet<Id>): boolean {
    if (!this.looksUpNone(but)) return false;
    for (const [file, names] of this.lookedUp)
      for (const [name, id] of names) if (other.resolveFunction(file, name)?.id !== id) return false;
    return true;
  }

  /** Whether none of some functions is, or would be, what a name means that was looked up. */
  looksUpNone(but: ReadonlySet<Id>): boolean {
    if (but.size === 0) return true;
    const names = new Set([...but].map((id) => id.slice(id.indexOf('#') + 1)));
    for (const lookedUp of this.lookedUp.values())
      for (const [name, id] of lookedUp) if (id === undefined ? names.has(name) : but.has(id)) return false;
    return true;
  }

  /** Whether the name of a function that is there, or might be, can mean nothing else. */
  isOnlyOne(id: Id): boolean {
    const name = id.slice(id.indexOf('#') + 1);
    for (const { aliases } of this.files.values()) if (Object.hasOwn(aliases, name)) return false;
    return (this.externalFunctions.get(name) ?? []).every((other) => other.id === id);
  }

  private resolveElsewhere(file: string, name: string): FunctionEntry | undefined {
    const alias = this.files.get(file)?.aliases[name];
    if (alias !== undefined && alias !== name) return this.resolveFunction(file, alias);
    return nearest(file, this.externalFunctions.get(name));
  }

  /** The ops that `name` means in `file`, resolved likewise; of an array the first one. */
  resolveOps(file: string, name: string): OpsEntry | undefined {
    const first = elementOf(name, 0);
    return (
      this.opsById.get(`${file}#${name}`) ??
      this.opsById.get(`${file}#${first}`) ??
      nearest(file, this.externalOps.get(name)) ??
      nearest(file, this.externalOps.get(first))
    );
  }

  /** The functions that name an ops. */
  namingOps({ id, fact: { name } }: OpsEntry): readonly FunctionEntry[] {
    if (!this.namingMemo.isMade) {
      const names = new Set([...this.opsById.values()].map(({ fact }) => arrayOf(fact.name)));
      for (const entry of this.functions.values())
        for (const each of namesOf(entry.fact)) if (names.has(each)) push(this.namingMemo.by, each, entry);
      this.namingMemo.isMade = true;
    }
    return (this.namingMemo.by.get(arrayOf(name)) ?? []).filter(({ file }) => this.resolveOps(file, name)?.id === id);
  }

  /** The functions of the program that a function calls or mentions, each once. */
  callees(id: Id): readonly FunctionEntry[] {
    let callees = this.calleesMemo.get(id);
    if (!callees) {
      const file = id.slice(0, id.indexOf('#'));
      const found = new Set<FunctionEntry>();
      for (const name of this.calls(id)) {
        const callee = this.functionNames.has(name) ? this.resolveFunction(file, name) : undefined;
        if (callee) found.add(callee);
      }
      this.calleesMemo.set(id, (callees = [...found]));
    }
    return callees;
  }

  /** The names in a function's body: what it calls, and whatever else it mentions. */
  calls(id: Id): ReadonlySet<string> {
    const fact = this.functions.get(id)?.fact;
    return fact ? namesOf(fact) : nothing;
  }

  private index(facts: FileFacts): void {
    const { functions, ops } = entriesOf(facts);
    // What a header defines is there for whoever includes it.
    const isHeader = facts.file.endsWith('.h');
    for (const entry of functions) {
      const { name, isStatic } = entry.fact;
      this.functions.set(entry.id, entry);
      this.functionNames.add(name);
      if (!isStatic || isHeader) push(this.externalFunctions, name, entry);
    }
    for (const name of Object.keys(facts.aliases)) this.functionNames.add(name);
    const passed = passedOps(facts.file, facts.functions);
    if (passed) this.passed.set(passed.id, passed);
    for (const entry of ops) {
      this.opsById.set(entry.id, entry);
      if (!entry.fact.isStatic) push(this.externalOps, entry.fact.name, entry);
    }
  }

  /** start_kernel() (init/main.c) calls what must be there before any initcall, such as net_ns_init(). */
  private bootEntry(facts: FileFacts): { fn: FunctionEntry; call: InitcallFact }[] {
    const fn = facts.file === 'init/main.c' ? this.functions.get(`${facts.file}#start_kernel`) : undefined;
    return fn ? [{ fn, call: { macro: 'start_kernel', fn: fn.fact.name, at: fn.fact.at } }] : [];
  }

  private modulesOf(facts: FileFacts, info: ModuleInfo | undefined): Module[] {
    const entries = (wanted: (macro: string) => boolean): { fn: FunctionEntry; call: InitcallFact }[] =>
      facts.initcalls.flatMap((call) => {
        const fn = wanted(call.macro) ? this.resolveFunction(facts.file, call.fn) : undefined;
        return fn ? [{ fn, call }] : [];
      });
    const exits = entries((macro) => exitMacro.test(macro));
    const inits = [...entries((macro) => !exitMacro.test(macro)), ...this.bootEntry(facts)];
    const name = info?.name ?? baseName(facts.file);
    // Where Kconfig only ever builds it in, nothing goes away, even if there is a module_exit left from other times.
    const unloadable =
      info?.loadable ??
      (exits.length > 0 || facts.hasModuleLicense || inits.some((init) => init.call.macro === 'module_init'));
    const common = { name, file: facts.file, unloadable };
    // A module has one init; several initcalls in one file are built in, and no exit belongs to any one of them.
    if (inits.length === 0) return exits.length > 0 ? [{ ...common, init: null, exits }] : [];
    return inits.map((init) => ({ ...common, init, exits: inits.length === 1 ? exits : [] }));
  }
}

function baseName(file: string): string {
  return file
    .replace(/^.*\//, '')
    .replace(/\.[ch]$/, '')
    .replaceAll('-', '_');
}

function inFile<T>(files: Map<string, Map<string, T>>, file: string): Map<string, T> {
  let names = files.get(file);
  if (!names) files.set(file, (names = new Map<string, T>()));
  return names;
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

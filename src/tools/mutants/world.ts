import type { Folders } from './folders.ts';
import { walkExpression, type Expr, type FileFacts } from '../../facts/index.ts';
import { isListedCall } from '../../lifecycle/index.ts';
import { callsOf, cannotFail, copesWithTwice, makesCall, onlyWarns } from './helpers.ts';
import { madeIn, type Made } from './made.ts';
import { registrationOf, wrapperOf } from './registering.ts';
import { Program, type FunctionEntry, type Id, type ModuleInfo } from '../../program/index.ts';

/** How a function takes part in lifecycles: as code that can be unloaded, as code that is only built in, or not at all. */
export type Role = 'loadable' | 'built-in' | null;

export interface Callback {
  readonly ops: string;
  readonly opsFile: string;
  readonly field: string;
  readonly fn: Id;
  /** The set-up side of the same ops. */
  readonly init: Id | null;
}

const soundsLikeRelease =
  /(?:^|_)(?:k|v|kv)?(?:un|de)?(?:register|free|destroy|release|remove|del|put|exit|fini|cleanup|stop|unset)(?:_|$)/;
const exitFields = ['pre_exit', 'exit', 'exit_batch', 'exit_batch_rtnl', 'exit_rtnl'];

/** The pristine program around the mutated file: which function is whose init, exit or callback. */
export class World {
  private readonly program: Program;
  private readonly inits = new Map<Id, Role>();
  private readonly exits = new Map<Id, Role>();
  /** The inits from which an exit's function is reached, and the other way round: for what a module has set up. */
  private readonly initsOf = new Map<Id, Set<Id>>();
  private readonly madeMemo = new Map<Id, readonly Made[]>();
  private readonly closures = new Map<Id, ReadonlySet<Id>>();
  private readonly ownWorks = new Map<Id, ReadonlySet<Id>>();
  private readonly wrappers = new Map<string, 'register' | 'unregister'>();
  readonly callbacks: readonly Callback[];

  constructor(
    files: readonly FileFacts[],
    moduleInfo: (file: string) => ModuleInfo | undefined,
    private readonly folders?: Folders,
  ) {
    this.program = new Program(files, moduleInfo);
    for (const module of this.program.modules) {
      const role = module.unloadable ? 'loadable' : 'built-in';
      const init = module.init?.fn.id;
      for (const root of init === undefined ? [] : [init])
        for (const id of this.ownWork(root)) this.note(this.inits, id, { role, init: root });
      for (const exit of module.exits)
        for (const id of this.ownWork(exit.fn.id)) this.note(this.exits, id, { role, ...(init ? { init } : {}) });
    }
    for (const { fact } of this.program.allFunctions()) {
      const kind = wrapperOf(fact);
      if (kind && !this.wrappers.has(fact.name)) this.wrappers.set(fact.name, kind);
    }
    this.callbacks = this.program.allOps().flatMap(({ fact, file }) => {
      const target = (name: string): Id | null => {
        const value = fact.fields.find((field) => field.name === name)?.value;
        const word = value ? nameIn(value) : null;
        return word === null ? null : (this.program.resolveFunction(file, word)?.id ?? null);
      };
      const init = target('init');
      return ['init', ...exitFields].flatMap((field) => {
        const fn = target(field);
        return fn === null ? [] : [{ ops: fact.name, opsFile: file, field, fn, init }];
      });
    });
  }

  facts(file: string): FileFacts | undefined {
    return this.program.facts(file);
  }

  /**
   * The files that the lifecycles of a file run through: what its modules' inits and exits and its ops' callbacks reach.
   * An analysis of these alone says of the file what one of the whole tree says (the bench makes sure).
   */
  neighbours(file: string): string[] {
    const found = new Set([file]);
    for (const files of (this.lives ??= this.filesOfLives()))
      if (files.has(file)) for (const each of files) found.add(each);
    return [...found].sort();
  }

  private lives: readonly ReadonlySet<string>[] | undefined;

  private filesOfLives(): ReadonlySet<string>[] {
    const filesOf = (ids: readonly Id[]): Set<string> => {
      const all = ids.flatMap((id) => [...this.closure(id)]);
      const ops = all.flatMap((id) =>
        [...this.program.calls(id)].flatMap((name) => this.program.resolveOps(fileOf(id), name)?.file ?? []),
      );
      return new Set([...all.map(fileOf), ...ops]);
    };
    return [
      ...this.program.modules.map(({ init, exits, file }) =>
        filesOf([init, ...exits].flatMap((root) => root?.fn.id ?? [])).add(file),
      ),
      ...this.callbacks.map(({ fn, opsFile }) => filesOf([fn]).add(opsFile)),
    ];
  }

  /** Whether a function runs when a module is loaded, and whether that module can be unloaded. */
  initRole(id: Id): Role {
    return this.inits.get(id) ?? null;
  }

  exitRole(id: Id): Role {
    return this.exits.get(id) ?? null;
  }

  isRegister(name: string): boolean {
    return registrationOf(name) === 'register' || this.wrappers.get(name) === 'register';
  }

  isUnregister(name: string): boolean {
    return registrationOf(name) === 'unregister' || this.wrappers.get(name) === 'unregister';
  }

  /** Whether a module that can be unloaded names an ops on the way of its exit. */
  isUnloaded(file: string, ops: string): boolean {
    return [...this.exits].some(
      ([id, role]) =>
        role === 'loadable' &&
        this.program.calls(id).has(ops) &&
        this.program.resolveOps(fileOf(id), ops)?.file === file,
    );
  }

  /** Whether callbacks of an ops, or what they call, mention a name. */
  callbacksMention(file: string, ops: string, name: string, fields?: readonly string[]): boolean {
    const home = this.program.resolveOps(file, ops)?.file;
    const own = this.callbacks.filter(
      (each) => each.ops === ops && each.opsFile === home && (fields?.includes(each.field) ?? true),
    );
    return own.some(({ fn }) => this.folders?.reaches(fileOf(fn), fn.slice(fn.indexOf('#') + 1), name) === true);
  }

  /** Whether a call is of one kind, or of a function of the folder that makes calls of this kind alone. */
  onlyCalls(file: string, name: string, kind: RegExp): boolean {
    return kind.test(name) || this.folders?.onlyCalls(file, name, kind) === true;
  }

  /** Whether registering an ops by its name in a file can fail: it allocates an id, or has an init that may. */
  canFail(file: string, name: string): boolean {
    const ops = this.program.resolveOps(file, name);
    return !ops || ops.fact.fields.some((field) => field.name === 'init' || field.name === 'id');
  }

  /** Whether a function that a file calls is of the program and returns 0 whatever happens. */
  cannotFail(file: string, name: string): boolean {
    return cannotFail(this.program, file, name);
  }

  /** Whether calling a function of the program twice does what calling it once does: it forgets what it gives back. */
  copesWithTwice(file: string, name: string): boolean {
    const fact = this.program.resolveFunction(file, name)?.fact ?? this.folders?.fact(file, name);
    return fact !== undefined && copesWithTwice(fact);
  }

  /**
   * Whether what an ops keeps for a namespace can be got at by way of one of some names: by its id, or by the members of
   * struct net that the callbacks in some fields speak of.
   */
  getsAtState(file: string, ops: string, by: readonly string[], fields: readonly string[]): boolean {
    const entry = this.program.resolveOps(file, ops);
    if (!entry || !this.folders) return true;
    const id = entry.fact.fields.find(({ name }) => name === 'id')?.text.replace(/^&/, '');
    const own = this.callbacks.filter((each) => each.opsFile === entry.file && each.ops === entry.fact.name);
    const words = own
      .filter(({ field }) => fields.includes(field))
      .flatMap(({ fn }) => [...this.folders!.wordsFrom(fileOf(fn), fn.slice(fn.indexOf('#') + 1), 'calls')]);
    const state = new Set([...(id === undefined ? [] : [id]), ...words.filter((word) => word.startsWith('net->'))]);
    return by.some((name) => [...this.folders!.wordsFrom(file, name, 'mentions')].some((word) => state.has(word)));
  }

  /** Whether running a function registers an ops. */
  registers(id: Id): boolean {
    return [...this.closure(id)].some((each) => [...this.program.calls(each)].some((name) => this.isRegister(name)));
  }

  /** Whether what a file calls by a name unregisters an ops on its way. */
  unregistersBelow(file: string, name: string): boolean {
    const entry = this.program.resolveFunction(file, name);
    return (
      entry !== undefined &&
      [...this.closure(entry.id)].some((each) => [...this.program.calls(each)].some((call) => this.isUnregister(call)))
    );
  }

  /** Whether what a file calls by a name takes anything down: a helper may only set a pointer back, or warn. */
  takesDown(file: string, name: string): boolean {
    const entry = this.program.resolveFunction(file, name);
    if (entry?.file !== file) {
      const beside = entry ? undefined : this.folders?.fact(file, name);
      return !beside || !onlyWarns(beside);
    }
    return [...this.closure(entry.id)].some((id) =>
      [...this.program.calls(id)].some(
        (call) => soundsLikeRelease.test(call) && !this.program.resolveFunction(fileOf(id), call),
      ),
    );
  }

  /**
   * Whether some other function of a module's load, which calls the one that a call stands in, makes the same call: what
   * one leaves out when it fails, its caller does when it gives up for that.
   */
  doneByCaller(id: Id, call: string): boolean {
    const name = id.slice(id.indexOf('#') + 1);
    return [...(this.initsOf.get(id) ?? this.inits.keys())].some((init) =>
      [...this.ownWork(init)].some((caller) => {
        const fact = caller === id ? undefined : this.program.functionById(caller)?.fact;
        return fact !== undefined && this.program.calls(caller).has(name) && makesCall(fact, call);
      }),
    );
  }

  /** The calls that set up what a function of a module's teardown takes down. */
  madeByModule(id: Id): readonly Made[] {
    return [...(this.initsOf.get(id) ?? [])].flatMap((init) => this.madeFrom(init));
  }

  /** The calls of a function and of all that it calls in the program. */
  madeFrom(id: Id): readonly Made[] {
    let made = this.madeMemo.get(id);
    if (!made) {
      made = [...this.closure(id)].flatMap((each) => madeIn(this.program.functionById(each)));
      this.madeMemo.set(id, made);
    }
    return made;
  }

  /** A function and all that it calls in the program. */
  closure(root: Id): ReadonlySet<Id> {
    let all = this.closures.get(root);
    if (!all) this.closures.set(root, (all = this.walk(root, (id) => this.program.callees(id))));
    return all;
  }

  /**
   * A function and what it calls to do its work: not what the kernel offers all modules. How register_netdevice() itself
   * does what it does (net/core/dev.c) is no part of the life of a module that calls it, nor is how
   * unregister_pernet_subsys() does (net/core/net_namespace.c), which is what lives are run on.
   */
  ownWork(root: Id): ReadonlySet<Id> {
    let own = this.ownWorks.get(root);
    if (!own) {
      const isOwn = ({ fact: { name } }: FunctionEntry): boolean =>
        !isListedCall(name) && registrationOf(name) === null;
      this.ownWorks.set(root, (own = this.walk(root, (id) => this.called(id).filter(isOwn))));
    }
    return own;
  }

  /** The functions of the program that a function calls itself: what it merely hands on runs at another time, if at all. */
  private called(id: Id): readonly FunctionEntry[] {
    const fact = this.program.functionById(id)?.fact;
    const names = new Set(fact ? callsOf(fact) : []);
    return [...names].flatMap((name) => this.program.resolveFunction(fileOf(id), name) ?? []);
  }

  private walk(root: Id, next: (id: Id) => readonly FunctionEntry[]): ReadonlySet<Id> {
    const seen = new Set<Id>();
    const queue = [root];
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      if (seen.has(id)) continue;
      seen.add(id);
      for (const callee of next(id)) queue.push(callee.id);
    }
    return seen;
  }

  private note(roles: Map<Id, Role>, id: Id, of: { role: Role; init?: Id }): void {
    if (roles.get(id) !== 'loadable') roles.set(id, of.role);
    if (of.init === undefined) return;
    const inits = this.initsOf.get(id);
    if (inits) inits.add(of.init);
    else this.initsOf.set(id, new Set([of.init]));
  }
}

function fileOf(id: Id): string {
  return id.slice(0, id.indexOf('#'));
}

function nameIn(value: Expr): string | null {
  for (const inner of walkExpression(value)) if (inner.k === 'id') return inner.name;
  return null;
}

import type { InitcallFact } from '../../facts/ir.ts';
import type { Code } from './code.ts';
import { givenParameters } from './command-line.ts';
import { levelOf, rankOf } from './levels.ts';
import { startOfLsms, type LsmStart } from './lsm.ts';
import { Machine, TooMuch } from './machine.ts';
import { Names } from './names.ts';
import { registeringFunctions, type Registering } from './reached.ts';
import { keyOf, State, type Doubt, type PernetCall, type Registered } from './state.ts';
import type { BootOps, BootOrder, Unresolved } from './types.ts';
import { int, truth } from './value.ts';

interface Initcall {
  readonly file: string;
  readonly fn: string;
  readonly level: string;
  readonly line: number;
  /** The initcall itself, where it only runs this function for a security module. */
  readonly by?: string;
}

/**
 * The pernet_list of a kernel that has booted, from the files that are built in, in link order. Initcalls run level by
 * level, in link order within one (do_initcalls() in init/main.c); what start_kernel() calls runs before them.
 */
export function bootOrder(code: Code, builtIn: readonly string[]): BootOrder {
  const registering = registeringFunctions(code, builtIn);
  const names = new Names(code, registering, builtIn);
  const boot = new Boot(code, names, registering, builtIn);
  return boot.run();
}

/** MIN_PERNET_OPS_ID of net/core/net_namespace.c: a length and an rcu_head stand before the first pointer. */
const firstId = 3;

class Boot {
  private readonly machine: Machine;
  private readonly state = new State();
  private readonly from = new Map<string, Initcall>();
  private readonly unresolved: Unresolved[] = [];

  constructor(
    private readonly code: Code,
    private readonly names: Names,
    private readonly registering: Registering,
    private readonly builtIn: readonly string[],
  ) {
    this.machine = new Machine(code, names);
  }

  run(): BootOrder {
    const deciding = [...this.registering.keys(), ...this.code.mentioning(this.builtIn, ['DEFINE_LSM', 'CONFIG_LSM'])];
    this.unresolved.push(...givenParameters(this.code, [...new Set(deciding)]));
    const ofLsms = this.startLsms();
    for (const initcall of this.initcalls(ofLsms)) this.initcall(initcall);
    return this.result();
  }

  /** Starts the security modules that are on; gives what initcalls run of them. */
  private startLsms(): LsmStart['initcalls'] {
    const isOn = (file: string, variable: string): boolean => {
      const found = this.names.variable(file, variable);
      return found ? truth(this.state.globals.get(found.key) ?? found.value) !== false : true;
    };
    const { switches, inits, initcalls } = startOfLsms(this.code, this.builtIn, isOn);
    for (const { file, variable, on } of switches) {
      const found = this.names.variable(file, variable);
      if (found) this.state.globals.set(found.key, int(on ? 1 : 0));
    }
    for (const { file, fn } of inits) this.initcall({ file, fn, level: 'security_init', line: 0 });
    return initcalls;
  }

  /** The initcalls that can register, in the order in which they run. */
  private initcalls(ofLsms: LsmStart['initcalls']): Initcall[] {
    const found: (Initcall & { place: number })[] = [];
    const place = new Map(this.builtIn.map((file, index) => [file, index]));
    for (const [file, functions] of this.registering) {
      if (file === 'init/main.c' && functions.has('start_kernel')) {
        found.push({ file, fn: 'start_kernel', level: 'start_kernel', line: 0, place: -1 });
      }
      const calls: readonly InitcallFact[] = this.code.facts(file)?.initcalls ?? [];
      for (const { macro, fn, at } of calls) {
        const level = levelOf(macro);
        if (level !== undefined && functions.has(fn))
          found.push({ file, fn, level, line: at[0], place: place.get(file) ?? 0 });
      }
    }
    // They stand where the initcalls are that run them (security/lsm_init.c, security_initcall_device()).
    for (const { file, fn, level } of ofLsms) {
      const home = this.homeOf(file, fn);
      const runner = this.runnerOf(level);
      if (home !== null && runner)
        found.push({ file: home, fn, level, line: runner.line, by: runner.fn, place: place.get(runner.file) ?? 0 });
    }
    return found.sort((a, b) => rankOf(a.level) - rankOf(b.level) || a.place - b.place || a.line - b.line);
  }

  /** The file of a function that can register, as a file means it. */
  private homeOf(file: string, fn: string): string | null {
    if (this.registering.get(file)?.has(fn) === true) return file;
    return [...this.registering].find(([, functions]) => functions.has(fn))?.[0] ?? null;
  }

  /** Where the initcall stands that runs what security modules have for a level. */
  private runnerOf(level: string): { readonly file: string; readonly fn: string; readonly line: number } | null {
    const name = `security_initcall_${level.replace('_initcall', '')}`;
    for (const file of this.code.mentioning(this.builtIn, [name]))
      for (const { macro, fn, at } of this.code.facts(file)?.initcalls ?? [])
        if (fn === name && levelOf(macro) === level) return { file, fn, line: at[0] };
    return null;
  }

  private initcall(initcall: Initcall): void {
    const fact = this.code.function(initcall.file, initcall.fn);
    if (!fact) return;
    const before = new Set(this.state.registered.map(keyOf));
    const saved = this.state.copy();
    try {
      const { panicked } = this.machine.start({ file: initcall.file, fact }, this.state);
      if (panicked !== null) {
        const reason = `${initcall.fn}() is not followed beyond ${panicked}, where the kernel would panic`;
        this.unresolved.push({ file: initcall.file, line: fact.at[0], reason });
      }
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error;
      this.state.take(saved);
      const reason = `${initcall.fn}() has more paths than are followed`;
      this.unresolved.push({ file: initcall.file, line: fact.at[0], reason });
    }
    for (const ops of this.state.registered) if (!before.has(keyOf(ops))) this.from.set(keyOf(ops), initcall);
  }

  private result(): BootOrder {
    const { registered, doubts, failed, calls } = this.state;
    const isCertain = (ops: Registered): boolean => !doubts.has(keyOf(ops));
    const certain = registered.filter(isCertain);
    const ids = idsAfter(calls.filter(({ ops }) => isCertain(ops)));
    const inKind = (kind: Registered['kind']): BootOps[] =>
      certain.filter((ops) => ops.kind === kind).map((ops) => this.entry(ops, ids.get(keyOf(ops))));
    const subsys = inKind('subsys');
    const hasList = this.code.option('CONFIG_NET_NS') === 'y';
    const inDoubt = registered.filter((ops) => doubts.has(keyOf(ops)));
    return {
      order: hasList ? [...subsys, ...inKind('device')] : [],
      ...(hasList ? {} : { unlisted: certain.map((ops) => this.entry(ops, ids.get(keyOf(ops)))) }),
      firstDevice: hasList ? subsys.length : 0,
      unresolved: sorted([
        ...this.unresolved,
        ...inDoubt.map((ops) => ({
          ops: ops.name,
          file: ops.file,
          line: ops.at[0],
          reason: said(doubts.get(keyOf(ops))!),
        })),
        ...[...doubts].filter(([key]) => !key.includes('#')).map(([, doubt]) => doubt),
      ]),
      notRegistered: sorted([
        ...[...failed].map(([key, doubt]) => ({ ...doubt, ops: key.slice(key.indexOf('#') + 1) })),
        ...this.unreached(),
      ]),
      calls: calls
        .filter(({ ops }) => isCertain(ops))
        .map(({ call, ops: { name, file, kind }, failure }) => ({
          call,
          ops: name,
          file,
          kind,
          ...(failure === undefined ? {} : { failure }),
        })),
    };
  }

  /** The ops of built-in files that nothing registers: a security module that is not started, a check at the top of an initcall. */
  private unreached(): Unresolved[] {
    const { registered, doubts, failed } = this.state;
    const known = new Set([...registered.map(keyOf), ...doubts.keys(), ...failed.keys()]);
    const reason = 'no call that registers it is reached in this configuration';
    return this.code
      .mentioning(this.builtIn, ['pernet_operations'])
      .flatMap((file) =>
        (this.code.facts(file)?.ops ?? [])
          .filter(({ name }) => !known.has(keyOf({ file, name })))
          .map(({ name, at }) => ({ ops: name, file, line: at[0], reason })),
      );
  }

  private entry(ops: Registered, id: number | undefined): BootOps {
    const from = this.from.get(keyOf(ops))!;
    return {
      ops: ops.name,
      kind: ops.kind,
      level: from.level,
      initcall: from.by ?? from.fn,
      caller: ops.caller,
      file: ops.file,
      line: ops.at[0],
      registered: { file: ops.callerFile, line: ops.call[0] },
      ...(id === undefined ? {} : { id }),
    };
  }
}

/** ida_alloc_min() gives the lowest id that is free; that of a registration that fails is free again at once. */
function idsAfter(calls: readonly PernetCall[]): Map<string, number> {
  const ids = new Map<string, number>();
  for (const { call, ops, failure } of calls) {
    if (call === 'unregister') ids.delete(keyOf(ops));
    if (call === 'unregister' || failure !== undefined || !ops.hasId) continue;
    const taken = new Set(ids.values());
    let id = firstId;
    while (taken.has(id)) id++;
    ids.set(keyOf(ops), id);
  }
  return ids;
}

function said({ file, line, reason }: Doubt): string {
  return file === '' ? reason : `${file}:${line}: ${reason}`;
}

function sorted(all: readonly Unresolved[]): Unresolved[] {
  return [...all].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line));
}

import type { Dialect } from '../../netns/index.ts';
import type { FunctionEntry, Id, Module, OpsEntry, Program } from '../../program/program.ts';
import { callbackOf } from '../bodies/callbacks-of.ts';
import { callbackPaths } from './callbacks.ts';
import { isSame } from './alike.ts';
import { askedOf, type AskedOf } from './asked-of.ts';
import { AskedState } from '../asks/asked-state.ts';
import type { DataUse } from '../asks/data-uses.ts';
import { PernetState } from '../asks/pernet-state.ts';
import { keyOfPath } from './doubts.ts';
import { isDecidedBy } from '../paths/effects.ts';
import { drive, scriptOf, type History, type Path } from './history.ts';
import { driveNamespace, scriptOfNamespace } from './namespace.ts';
import { play, type Played, type Script } from './play.ts';
import { plainest, storiesOf, type Story } from './stories.ts';
import { idsText, pernetCalls, reachedFrom } from '../bodies/known.ts';
import { gapAt, LifePaths, type Gap } from './life-paths.ts';
import { Overview } from '../paths/overview.ts';
import { kernelTable, type PairsByCall } from '../resources/index.ts';
import { restartSymbols } from '../paths/state.ts';
import type { OptionAnswer } from '../paths/frame.ts';
import { Pool } from '../paths/pool.ts';
import { Summaries } from '../paths/summary.ts';

export interface AnalysisOptions {
  readonly dialect: Dialect;
  readonly option: OptionAnswer;
  /** Called every now and then: it throws where nobody wants the result any more. */
  readonly checkpoint?: () => void;
  /** The pairs of calls that acquire and release; default: the kernel's. */
  readonly table?: PairsByCall;
}

/** The lives of a program's modules: their paths, run on the model on demand. */
export class Lifecycles {
  readonly overview: Overview;
  readonly summaries: Summaries;
  readonly state: AskedState;
  readonly gaps: Gap[] = [];
  private readonly pool: Pool | undefined;
  private readonly lives: LifePaths;
  /** All that was followed in this program, where that is kept. */
  private readonly followed: Summaries[] = [];

  /**
   * With `base`, the program is that one's but for the `changed` functions, and what they do not touch is taken over;
   * without, or of the `same` program, nothing that was followed elsewhere has a part in it.
   */
  constructor(
    readonly program: Program,
    private readonly options: AnalysisOptions,
    from: {
      readonly base?: { readonly lifecycles: Lifecycles; readonly changed: ReadonlySet<Id> } | undefined;
      readonly same?: Lifecycles;
      readonly apart?: ReadonlySet<Id> | undefined;
    } = {},
  ) {
    const { base, same } = from;
    this.overview = same?.overview ?? new Overview(program, base?.lifecycles.overview, options.table);
    this.state =
      (same ?? base?.lifecycles)?.state ?? new AskedState(new PernetState(program, this.overview.reach, options.table));
    if (!base) restartSymbols();
    this.pool = base ? undefined : (same?.pool ?? new Pool());
    this.summaries = new Summaries(program, this.overview, options.option, options.checkpoint, {
      base: base && {
        summaries: base.lifecycles.summaries,
        changed: base.changed,
        isSame,
        decides: (id) => this.isDecidedOver(id),
      },
      pool: this.pool,
      apart: from.apart,
    });
    this.followed.push(this.summaries);
    const note = (gap: Gap): void => {
      this.note(gap);
    };
    this.lives = new LifePaths(this.context, { note, checkpoint: options.checkpoint });
  }

  /** Whether an option that is off decides over a call in a function's own body. */
  private isDecidedOver(id: Id): boolean {
    const { acquires } = this.options.table ?? kernelTable;
    return [...this.program.calls(id)].some((name) => isDecidedBy(acquires.get(name), this.options.option));
  }

  /**
   * Lifecycles of the same program, by themselves: what they find does not depend on what was looked at before. With
   * `isKept`, what they follow is part of this one's record. The paths through the functions in `apart` are told apart by
   * what failed on them, although they come to the same: for whoever wants to see each.
   */
  alone({ isKept = false, apart }: { isKept?: boolean; apart?: ReadonlySet<Id> } = {}): Lifecycles {
    const lifecycles = new Lifecycles(this.program, this.options, { same: this, apart });
    if (isKept) this.followed.push(lifecycles.summaries);
    return lifecycles;
  }

  /** What was asked to make the histories so far, without all that was made. */
  get record(): AskedOf {
    const { program, overview, state, followed } = this;
    return askedOf({ program, overview, state, touched: this.summaries.asked.answers, followed });
  }

  private get context(): { readonly program: Program; readonly summaries: Summaries; readonly state: AskedState } {
    return { program: this.program, summaries: this.summaries, state: this.state };
  }

  /** Whether any registration or unregistration can be reached from a module's init or exits. */
  concerns(module: Module): boolean {
    return (
      module.passed !== undefined ||
      [module.init, ...module.exits].some((root) => root !== null && this.overview.registers(root.fn.id))
    );
  }

  /** All histories of a module, but for those whose paths are in `known`, to which the others are added. */
  *histories(module: Module, known: Set<string>): Generator<History> {
    for (const path of this.lives.of(module)) {
      const key = keyOfPath(path);
      if (known.has(key)) continue;
      known.add(key);
      yield this.run(path);
    }
  }

  /** All histories of the namespaces that live with one ops. */
  *callbackHistories(ops: OpsEntry, module: Module, known: Set<string>): Generator<History> {
    const paths = callbackPaths({ ...this.context, dialect: this.options.dialect }, ops, module);
    for (const path of paths ?? []) {
      const key = keyOfPath(path);
      if (known.has(key)) continue;
      known.add(key);
      yield this.run(path);
    }
  }

  /** The files that an ops' callbacks run through, its own among them. */
  filesOfCallbacks(ops: OpsEntry): ReadonlySet<string> {
    const files = new Set([ops.file]);
    const queue = ops.fact.fields.flatMap(({ name }) => callbackOf(this.program, ops, name)?.id ?? []);
    const seen = new Set<Id>();
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      if (seen.has(id) || !this.overview.leads(id)) continue;
      seen.add(id);
      files.add(id.slice(0, id.indexOf('#')));
      for (const callee of this.program.callees(id)) queue.push(callee.id);
    }
    return files;
  }

  /** One path run on the model. */
  run(path: Path): History {
    const options = { dialect: this.options.dialect };
    return path.of
      ? driveNamespace(path, this.program, this.state, options)
      : drive(path, this.program, this.state, options);
  }

  /** What the model runs for a path: played, it gives the events of the path's history. */
  script(path: Path): Script {
    const { dialect } = this.options;
    return path.of ? scriptOfNamespace(path, this.program, dialect) : scriptOf(path, this.program, dialect);
  }

  /** The runs of a module that loads; none where it never does. */
  stories(module: Module, paths: readonly Path[]): Story[] {
    const path = this.plainLoad(paths);
    if (!path) return [];
    const { dialect } = this.options;
    const callbacks = (ops: OpsEntry): Path[] => callbackPaths({ ...this.context, dialect }, ops, module) ?? [];
    return storiesOf(path, { program: this.program, dialect, callbacks });
  }

  /** Whose per-net data callbacks of an ops may use (`DataUses`). */
  mayUse(ops: OpsEntry): readonly DataUse[] {
    return this.state.mayUse(ops);
  }

  /** Whether an ops may be registered as a device: not where whatever names it calls but what registers subsystems. */
  mayBeDevice(ops: OpsEntry): boolean {
    return this.overview.mayBeDevice(ops);
  }

  /**
   * One module loaded after another, both by their plainest path, on the model; null where one of them never loads, or the
   * first registers nothing.
   */
  together(first: Module, later: Module): History | null {
    const a = this.plainLoad(this.lives.of(first));
    const paths = this.lives.of(later);
    const b = this.plainLoad(paths) ?? plainest(paths.filter(isLoad));
    return a && b ? this.run({ ...a, fate: 'loaded', exit: null, load: [...a.load, ...b.load], unload: [] }) : null;
  }

  /** The plainest of the paths on which a module loads and registers something. */
  private plainLoad(paths: readonly Path[]): Path | undefined {
    return plainest(paths.filter(isLoad).filter(({ load }) => load.some((step) => step.t === 'pernet' && step.ok)));
  }

  /** A script played on the model, each event with what it changed. */
  play(script: Script): Played {
    return play(script, { dialect: this.options.dialect, changes: true });
  }

  get dialect(): Dialect {
    return this.options.dialect;
  }

  /** The paths of a module's life, from its init to its end. */
  paths(module: Module): Path[] {
    return this.lives.of(module);
  }

  /** Whether a module's life is what it is in the base. */
  isAsInBase(module: Module): boolean {
    return rootsOf(module).every((id) => this.summaries.isAsInBase(id));
  }

  /** The functions that a module's life reaches: from its init and exits. */
  reach(module: Module): ReadonlySet<Id> {
    return reachedFrom(this.program, rootsOf(module));
  }

  /** The names in the bodies of a file's functions. */
  namesIn(file: string): ReadonlySet<string> {
    const names = new Set<string>();
    for (const { name } of this.program.facts(file)?.functions ?? [])
      for (const each of this.program.calls(`${file}#${name}`)) names.add(each);
    return names;
  }

  /** What the names in the whole program say of the calls in a file, as a text that changes when that does. */
  namingText(file: string): string {
    const texts = [...this.namesIn(file)].map((name) => this.overview.pairs.ownText(name));
    const facts = this.program.facts(file);
    return [...texts, facts ? this.program.statics.sharedBy(facts).join() : '']
      .filter((text) => text !== '')
      .sort()
      .join('');
  }

  /** Which ops are registered with which variable for their id, as a text that changes when that does. */
  idsText(): string {
    return idsText(this.program);
  }

  /** Whether a function registers or unregisters itself. */
  isRegistrar(id: Id): boolean {
    const fn = this.program.functionById(id);
    return (
      fn !== undefined &&
      !pernetCalls.has(fn.fact.name) &&
      [...this.program.calls(id)].some((name) => pernetCalls.has(name))
    );
  }

  /** Functions that register or unregister, but that no initcall and no module exit is known to reach. */
  unreached(reached: ReadonlySet<Id>): readonly FunctionEntry[] {
    return this.program.allFunctions().filter((fn) => !reached.has(fn.id) && this.isRegistrar(fn.id));
  }

  /** Whether a registration, an acquisition or a release can be reached from a function. */
  matters(id: Id): boolean {
    return this.overview.leads(id);
  }

  /** Whether a registration or unregistration can be reached from a function. */
  registers(id: Id): boolean {
    return this.overview.registers(id);
  }

  /** What could not be followed so far: functions beyond a bound, ops that are not known. */
  collectGaps(): readonly Gap[] {
    for (const { fn, reason } of this.summaries.unfollowed.values()) this.note(gapAt(fn, reason));
    return this.gaps;
  }

  private note(gap: Gap): void {
    if (!this.gaps.some((g) => g.file === gap.file && g.line === gap.line && g.reason === gap.reason))
      this.gaps.push(gap);
  }
}

function isLoad({ fate }: Path): boolean {
  return fate === 'unloaded' || fate === 'loaded';
}

/** Where a module's life begins and ends. */
export function rootsOf({ init, exits }: Module): Id[] {
  return [init, ...exits].flatMap((root) => (root ? [root.fn.id] : []));
}

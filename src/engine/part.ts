import type { FileFacts } from '../facts/index.ts';
import { Lifecycles, type History, type OptionAnswer } from '../lifecycle/index.ts';
import type { Module, OpsEntry } from '../program/index.ts';
import { allLivesOf, livesOf, Program } from '../program/index.ts';
import { Collector, type Breach, type NotAnalysed } from '../rules/index.ts';
import type { AnalysisInput } from './analysis.ts';
import { addsPernetCode, filesOf, lifeOf, optionsOf } from './life-files.ts';
import { registrationsIn, type Registration } from './kinds.ts';
import { Registrations, type Registered } from './reading.ts';
import { moduleWords, type PartKeys } from './stock.ts';

/** What a part of an analysis comes to: plain data, that depends on nothing but what the part was given to look at. */
export interface PartResult {
  readonly breaches: readonly Breach[];
  readonly gaps: readonly NotAnalysed[];
  /** What could not be followed with an option off. */
  readonly gapsWithout: readonly { readonly gap: NotAnalysed; readonly option: string }[];
  readonly registrations: readonly Registration[];
  /** The orders of registration, and the calls, as the histories show them. */
  readonly registered: Registered;
  /** Functions that are reached in a configuration in which other arms of a file are read. */
  readonly reachedElsewhere: readonly string[];
}

/** A part's result, with the part itself where it was made now. */
export interface MadePart {
  readonly result: PartResult;
  readonly part: Part | null;
}

/** What a part of an analysis comes to: what an earlier run made from the same, or what `make` makes now. */
export function partOf(
  input: AnalysisInput,
  key: string | null | undefined,
  make: (part: Part) => void,
  isDry = false,
): MadePart {
  const kept = key && input.stock ? input.stock.parts.get(key) : null;
  if (kept) return { result: kept, part: null };
  const part = new Part(input, isDry);
  make(part);
  const result = part.result();
  if (key) input.stock?.parts.put(key, result);
  return { result, part };
}

/** More options than this that decide over one module's lifecycle code are not each tried off; that is said. */
const mostOptions = 12;

/** One part of an analysis while it is made: one module's life, the ops of one file's hidden arms, one ops' callbacks. */
export class Part {
  private readonly collector: Collector;
  private readonly gaps: NotAnalysed[] = [];
  private readonly gapsWithout: { readonly gap: NotAnalysed; readonly option: string }[] = [];
  private readonly registrations = new Map<string, Registration>();
  private readonly registered = new Registrations();
  private readonly reachedElsewhere = new Set<string>();
  private readonly owners = new WeakMap<History, Lifecycles>();

  /** All that was decided before anything was run: what would be run, in which programs. */
  readonly told: string[] = [];
  /** The lifecycles of other readings, that what is run is asked of. */
  readonly others: Lifecycles[] = [];

  /** A dry one decides what there is to run, and runs nothing. */
  constructor(
    private readonly input: AnalysisInput,
    private readonly isDry = false,
  ) {
    this.collector = new Collector({ severityOf: input.severityOf });
  }

  result(): PartResult {
    return {
      breaches: this.collector.breaches(),
      gaps: this.gaps,
      gapsWithout: this.gapsWithout,
      registrations: [...this.registrations.values()],
      registered: this.registered.data(),
      reachedElsewhere: [...this.reachedElsewhere],
    };
  }

  historyOf(breach: Breach): { readonly history: History; readonly lifecycles: Lifecycles } | undefined {
    const history = this.collector.historyOf(breach);
    const lifecycles = history && this.owners.get(history);
    return lifecycles && { history, lifecycles };
  }

  /** A module's life, also with each option off that decides over its code: what is new there needs it off. */
  runModule(of: { program: Program; lifecycles: Lifecycles; module: Module; files: ReadonlySet<string> }): void {
    const lifecycles = this.alone(of.lifecycles);
    const known = new Set<string>();
    this.told.push([...of.files].join());
    this.live(of.module, lifecycles, known);
    this.runVariants({ ...of, lifecycles, known });
    this.gaps.push(...lifecycles.collectGaps());
  }

  /**
   * A file with pernet code in an arm that is left out: read with that arm's option off, in the whole program. Each life
   * through it is a part by itself; the callbacks of the ops that only that arm holds belong to this one.
   */
  runHidden(of: {
    program: Program;
    other: FileFacts;
    option: string;
    /** What is loaded and unloaded with that arm read. */
    lives: readonly Module[];
    ownerOf: (ops: OpsEntry) => Module;
    isInFocus: (files: ReadonlySet<string>, varied: Varied & { readonly reach: ReadonlySet<string> }) => boolean;
    keysOf: (varied: Varied) => ReturnType<PartKeys['hiddenLives']> | undefined;
  }): void {
    const { program, other, option } = of;
    const all = program.fileNames().map((file) => (file === other.file ? other : program.facts(file)!));
    const varied = this.lifecyclesWithout(option, all);
    this.told.push(`${other.file} without ${option}`);
    this.others.push(varied.lifecycles);
    const keyOf = of.keysOf(varied);
    const known = new Set(of.lives.map(lifeOf));
    const adds = addsPernetCode(other, varied.lifecycles, program);
    for (const module of livesOf(varied.program, this.input.moduleInfo)) {
      if (!varied.lifecycles.concerns(module)) continue;
      const reach = varied.lifecycles.reach(module);
      // A life that does not come through the file reaches what it reaches anyway.
      if (!known.has(lifeOf(module)) || [...reach].some((id) => id.startsWith(`${other.file}#`)))
        for (const id of reach) if (varied.lifecycles.isRegistrar(id)) this.reachedElsewhere.add(id);
      // What is only ever built in is not unloaded: a stub leaves nothing behind there.
      if (!adds && !module.unloadable && known.has(lifeOf(module))) continue;
      const files = filesOf(module, reach, varied.lifecycles);
      if (!files.has(other.file) || !of.isInFocus(files, { ...varied, reach })) continue;
      this.adopt(
        partOf(
          this.input,
          keyOf?.(module),
          (part) => {
            part.runLife(module, varied.lifecycles, option);
          },
          this.isDry,
        ),
      );
    }
    for (const ops of varied.program.allOps()) {
      if (ops.file !== other.file || program.opsEntry(ops.id)) continue;
      if (!of.isInFocus(varied.lifecycles.filesOfCallbacks(ops), { ...varied, reach: new Set() })) continue;
      this.call(ops, of.ownerOf(ops), varied.lifecycles, `${option}=n`);
    }
    this.noteGaps(varied.lifecycles, option);
  }

  /** An ops' callbacks, run for a namespace. */
  runCallbacks(of: { lifecycles: Lifecycles; ops: OpsEntry; module: Module }): void {
    const lifecycles = this.alone(of.lifecycles);
    this.call(of.ops, of.module, lifecycles);
    this.gaps.push(...lifecycles.collectGaps());
  }

  private call(ops: OpsEntry, module: Module, lifecycles: Lifecycles, config?: string): void {
    this.told.push(ops.id);
    if (this.isDry) return;
    for (const history of lifecycles.callbackHistories(ops, module, new Set())) {
      this.owners.set(history, lifecycles);
      this.collector.add(history, config);
    }
  }

  /** Of what is looked at for one file it is known later what was followed: that file changes all the time. */
  private alone(lifecycles: Lifecycles): Lifecycles {
    return lifecycles.alone({ isKept: !this.isDry && this.input.focus !== undefined });
  }

  /** A module's life with an option off. */
  private runLife(module: Module, shared: Lifecycles, option: string): void {
    const lifecycles = this.alone(shared);
    this.live(module, lifecycles, new Set(), `${option}=n`);
    this.noteGaps(lifecycles, option);
  }

  /** Takes over what a part of this part comes to. */
  private adopt({ result, part }: MadePart): void {
    if (part) {
      this.told.push(...part.told);
      this.others.push(...part.others);
    }
    this.collector.adopt(result.breaches, (breach) => {
      const made = part?.historyOf(breach);
      if (made) this.owners.set(made.history, made.lifecycles);
      return made?.history;
    });
    this.gaps.push(...result.gaps);
    this.gapsWithout.push(...result.gapsWithout);
    for (const registration of result.registrations) this.noteRegistration(registration);
    this.registered.adopt(result.registered);
    for (const id of result.reachedElsewhere) this.reachedElsewhere.add(id);
  }

  private noteRegistration(registration: Registration): void {
    const { ops, isDevice, fn } = registration;
    const key = `${ops}|${isDevice}|${fn}`;
    if (!this.registrations.has(key)) this.registrations.set(key, registration);
  }

  private live(module: Module, lifecycles: Lifecycles, known: Set<string>, config?: string): void {
    this.told.push(moduleWords(module).join());
    if (this.isDry) return;
    for (const history of lifecycles.histories(module, known)) {
      this.input.checkpoint?.();
      this.owners.set(history, lifecycles);
      this.collector.add(history, config);
      this.registered.note(history);
      for (const registration of registrationsIn(history)) this.noteRegistration(registration);
    }
  }

  /** Runs a module again with each option that decides over its lifecycle code off: what is new there needs it off. */
  private runVariants(of: {
    program: Program;
    lifecycles: Lifecycles;
    module: Module;
    files: ReadonlySet<string>;
    known: Set<string>;
  }): void {
    const { program, lifecycles, module, files, known } = of;
    const inReach = [...files].flatMap((file) => program.facts(file) ?? []);
    const reach = lifecycles.reach(module);
    const deciding = new Map(inReach.map((facts) => [facts.file, optionsOf(facts, lifecycles, reach)]));
    // What is only ever built in stays as it is once booted; an option's arm matters there where it adds pernet code,
    // which runHidden() looks at.
    const options = module.unloadable ? [...new Set([...deciding.values()].flat())].sort() : [];
    if (options.length > mostOptions) {
      const reason = `${options.length} options decide over its lifecycle code; only all on was analysed`;
      this.gaps.push({ file: module.file, line: 1, reason });
      return;
    }
    for (const option of options) {
      const facts = inReach.map((each) =>
        deciding.get(each.file)?.includes(option) ? (this.input.variant(each, option) ?? each) : each,
      );
      const changed = new Set(
        facts.flatMap((each) =>
          each.functions.flatMap((fact) =>
            program.functionById(`${each.file}#${fact.name}`)?.fact === fact ? [] : [`${each.file}#${fact.name}`],
          ),
        ),
      );
      // Another ops makes other histories of the same paths.
      const sameOps = facts.every((each) =>
        each.ops.every((fact) => program.opsEntry(`${each.file}#${fact.name}`)?.fact === fact),
      );
      const varied = this.lifecyclesWithout(option, facts, sameOps ? { lifecycles, changed } : undefined);
      this.told.push(`without ${option}: ${sameOps} ${[...changed].join()}`);
      this.others.push(varied.lifecycles);
      const isIt = (each: Module): boolean => each.file === module.file && each.init?.fn.id === module.init?.fn.id;
      // What is a module by its initcall is none by its name.
      const own = varied.program.modules.filter(isIt);
      for (const each of own.length > 0 ? own : allLivesOf(varied.program, this.input.moduleInfo).filter(isIt))
        if (!sameOps || this.isDry || !varied.lifecycles.isAsInBase(each))
          this.live(each, varied.lifecycles, sameOps ? known : new Set(), `${option}=n`);
      this.noteGaps(varied.lifecycles, option);
    }
  }

  private noteGaps(lifecycles: Lifecycles, option: string): void {
    for (const gap of lifecycles.collectGaps()) this.gapsWithout.push({ gap, option });
  }

  private lifecyclesWithout(
    option: string,
    facts: readonly FileFacts[],
    base?: { lifecycles: Lifecycles; changed: ReadonlySet<string> },
  ): { program: Program; lifecycles: Lifecycles } {
    const program = new Program(facts, this.input.moduleInfo);
    const options = {
      dialect: this.input.dialect,
      option: ((name, as) => (name === option ? false : this.input.option(name, as))) satisfies OptionAnswer,
      table: this.input.table,
      ...(this.input.checkpoint ? { checkpoint: this.input.checkpoint } : {}),
    };
    return { program, lifecycles: new Lifecycles(program, options, { base }) };
  }
}

/** A program with an option off. */
export interface Varied {
  readonly program: Program;
  readonly lifecycles: Lifecycles;
}

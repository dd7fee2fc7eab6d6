import type { FileFacts } from '../facts/index.ts';
import {
  Lifecycles,
  rootsOf,
  type AskedOf,
  type Besides,
  type History,
  type OptionAnswer,
  type PairsByCall,
  type Reworded,
} from '../lifecycle/index.ts';
import { dialectWith, type Dialect } from '../netns/index.ts';
import { livesOf, Program, type Module, type ModuleInfo, type OpsEntry } from '../program/index.ts';
import {
  Collector,
  compare,
  keyOfUse,
  notAnalysedRule,
  type Found,
  type NotAnalysed,
  type Rule,
  type Severity,
} from '../rules/index.ts';
import { acrossModules } from './across.ts';
import type { ContextFiles } from './context.ts';
import { isIn, isNear, touches, type Focus } from './focus.ts';
import { noteRegistration, type Registered } from './kinds.ts';
import { linked } from './link.ts';
import { Registrations } from './reading.ts';
import { settle, type RawResult } from './settle.ts';
import { PartKeys, type Stock } from './stock.ts';
import { filesOf, partOf, type Part } from './part.ts';
import type { AnalysisResult, Clock, OpsSummary } from './types.ts';

export interface AnalysisInput {
  /** Only the lifecycles that run through these files are looked at. */
  readonly focus: Focus | undefined;
  readonly read: ContextFiles;
  readonly dialect: Dialect;
  readonly moduleInfo: (file: string) => ModuleInfo | undefined;
  readonly severityOf: (rule: Pick<Rule, 'id' | 'severity'>) => Severity | null;
  readonly option: OptionAnswer;
  /** The pairs of calls that acquire and release. */
  readonly table: PairsByCall;
  /** A file's facts with what an option decides over read with it off; null where the configuration is given. */
  readonly variant: (facts: FileFacts, off: string) => FileFacts | null;
  /** The facts of a whole file with one option off; null where the configuration is given. */
  readonly reread: (file: string, off: string) => FileFacts | null;
  /** The facts of a file with the bodies that mention one of some names, and of what calls these; null where it cannot be read. */
  readonly bodies: (file: string, names: readonly string[]) => FileFacts | null;
  /** Called every now and then: it throws where nobody wants the result any more. */
  readonly checkpoint?: () => void;
  readonly clock?: Clock;
  /** What earlier runs over the whole tree came to. */
  readonly stock?:
    (Pick<Stock, 'parts' | 'digest'> & { readonly sourceOf: (facts: FileFacts) => string | null }) | undefined;
}

/** A result with what is needed to run its histories again. */
export interface Analysed {
  readonly result: AnalysisResult;
  readonly found: readonly Found[];
  /** The modules that were looked at, with the lifecycles that they belong to. */
  readonly modules: readonly Looked[];
  /** The lifecycles that made a history, by which it can be run again. */
  readonly ownerOf: (history: History) => Lifecycles;
  /** What the result is made of (`settle`). */
  readonly raw: RawResult;
  /** The functions that the lifecycles reach. */
  readonly reached: ReadonlySet<string>;
  /** What it was made from, beside the facts of what it followed; null where that is not known. */
  readonly record: Record | null;
}

/** What an analysis decided to run, what it asked meanwhile, and what it could not follow. */
interface Record {
  readonly told: readonly string[];
  /** The functions where the lives begin and end that concern an ops. */
  readonly roots: readonly string[];
  readonly asked: readonly AskedOf[];
  readonly gaps: readonly NotAnalysed[];
  readonly gapsWithout: readonly { readonly gap: NotAnalysed; readonly option: string }[];
  /** What registers and was not found to be reached. */
  readonly unreached: readonly NotAnalysed[];
}

export interface Looked {
  readonly module: Module;
  readonly lifecycles: Lifecycles;
}

/** Runs the lifecycles of linked files and collects what the rules find in them. */
export function analyseProgram(input: AnalysisInput): Analysed {
  const { clock } = input;
  const analysis = new Analysis(input);
  return clock ? clock('analyse', () => analysis.run()) : analysis.run();
}

/**
 * What an earlier analysis would come to with these facts, if they give the same answers to all that it asked; null if they
 * may not. The functions that it followed are the same but for places, which `move` takes along.
 */
export function analysedAgain(
  before: Analysed,
  input: AnalysisInput,
  by: { readonly besides: Besides; readonly move: <T>(value: T) => T | null },
): RawResult | null {
  return new Analysis(input, true).again(before, by);
}

/** The same where functions that were not followed say something else, and nothing besides. */
export function rewordedAgain(
  before: Analysed,
  input: AnalysisInput,
  by: { readonly reworded: Reworded; readonly move: <T>(value: T) => T | null },
): RawResult | null {
  return new Analysis(input, true).reworded(before, by);
}

class Analysis {
  private readonly collector: Collector;
  private readonly owners = new WeakMap<History, Lifecycles>();
  private readonly kinds = new Map<string, Registered>();
  private readonly looked: Looked[] = [];
  private readonly gaps: NotAnalysed[] = [];
  private readonly gapsWithout: { readonly gap: NotAnalysed; readonly option: string }[] = [];
  private readonly ops = new Map<string, OpsEntry>();
  private readonly registrations = new Registrations();
  private readonly reached = new Set<string>();
  /** Functions that some configuration's lifecycles reach: for saying of the others that none does. */
  private readonly reachedElsewhere = new Set<string>();

  /** Whether modules were run together, or others than those in focus. */
  private isAcross = false;
  private readonly told: string[] = [];
  private readonly roots: string[] = [];
  private readonly others: Lifecycles[] = [];

  private readonly input: AnalysisInput;

  /** A dry one decides what there is to run, and runs nothing. */
  constructor(
    given: AnalysisInput,
    private readonly isDry = false,
  ) {
    const members = given.read.facts.flatMap(({ ops }) => ops.flatMap(({ fields }) => fields.map(({ name }) => name)));
    this.input = { ...given, dialect: dialectWith(given.dialect, members) };
    const { input } = this;
    this.collector = new Collector({ severityOf: input.severityOf });
  }

  run(): Analysed {
    const whole = this.walk();
    const { program, lifecycles } = whole;
    const asked = [lifecycles, ...this.others].map((each) => each.record);
    const unreached = this.unreached(lifecycles);
    const record =
      this.isAcross || !this.input.focus
        ? null
        : {
            told: this.told,
            roots: this.roots,
            asked,
            gaps: [...this.gaps],
            gapsWithout: this.gapsWithout,
            unreached,
          };
    this.addGaps(unreached);
    return { ...this.finish(program, lifecycles), record };
  }

  /** The same where functions that are not followed say something else, and nothing besides. */
  reworded(
    { raw, record, reached }: Analysed,
    { reworded, move }: { readonly reworded: Reworded; readonly move: <T>(value: T) => T | null },
  ): RawResult | null {
    const reaches: Parameters<AskedOf['holdsFor']>[1] = new Map();
    if (!record?.asked.every((each) => each.holdsFor(reworded, reaches))) return null;
    const now = reworded.calling.size > 0 ? record.asked[0]?.reachedFrom(record.roots, reworded) : undefined;
    for (const id of now ?? reached) this.reached.add(id);
    const moved = this.moved(raw, record, move);
    if (!moved) return null;
    this.addGaps(moved.unreached);
    const stats = { ...raw.stats, functions: this.reached.size };
    return { ...moved.raw, stats, notAnalysed: this.notAnalysed() };
  }

  again(
    { raw, record }: Analysed,
    { besides, move }: { readonly besides: Besides; readonly move: <T>(value: T) => T | null },
  ): RawResult | null {
    if (!record) return null;
    const whole = this.walk();
    const others = [whole.lifecycles, ...this.others];
    const seen = new Set<unknown>();
    if (
      this.told.join('\n') !== record.told.join('\n') ||
      !record.asked.every((each, index) => each.hasSameAnswers(others[index]!, { ...besides, seen }))
    )
      return null;
    const moved = this.moved(raw, record, move);
    if (!moved) return null;
    this.addGaps(this.unreached(whole.lifecycles));
    const stats = { ...raw.stats, functions: this.reached.size };
    return { ...moved.raw, stats, notAnalysed: this.notAnalysed() };
  }

  /** What was found, and what its parts could not follow, where it stands now. */
  private moved(
    { findings, ops, readings }: RawResult,
    { gaps, gapsWithout, unreached }: Record,
    move: <T>(value: T) => T | null,
  ): {
    readonly raw: Pick<RawResult, 'findings' | 'ops' | 'readings'>;
    readonly unreached: readonly NotAnalysed[];
  } | null {
    const moved = move({ raw: { findings, ops, readings }, gaps, gapsWithout, unreached });
    if (!moved) return null;
    this.gaps.push(...moved.gaps);
    this.gapsWithout.push(...moved.gapsWithout);
    return moved;
  }

  /** Decides what there is to run, and runs it. */
  private walk(): Whole {
    const { input } = this;
    const link = (): Whole => this.link();
    const whole = input.clock ? input.clock('link', link) : link();
    const { program, lifecycles, lives, keys } = whole;
    for (const facts of input.read.facts) this.noteOps(facts);
    for (const module of lives) {
      if (!lifecycles.concerns(module)) continue;
      const reach = lifecycles.reach(module);
      this.roots.push(...rootsOf(module));
      for (const id of reach) this.reached.add(id);
      const files = filesOf(module, reach, lifecycles);
      if (!this.inFocus(files, { program, lifecycles, reach })) continue;
      this.looked.push({ module, lifecycles });
      this.take(keys?.ofModule(module), (part) => {
        part.runModule({ program, lifecycles, module, files });
      });
    }
    this.runHidden(whole);
    this.runCallbacks(whole);
    const across = this.isDry
      ? []
      : acrossModules({ input, ...whole, kinds: this.kinds, onRun: () => (this.isAcross = true) });
    for (const { user, used, history, lifecycles: owner } of across) {
      this.owners.set(history, owner);
      this.collector.addTogether(history, keyOfUse(user.ops, used.ops));
    }
    return whole;
  }

  /** What could not be looked at beside what the parts could not follow. */
  private addGaps(unreached: readonly NotAnalysed[]): void {
    const { unread } = this.input.read;
    this.gaps.push(...unread, ...this.variedGaps(this.gaps), ...this.unreadable(), ...unreached);
  }

  private link(): Whole {
    const { dialect, moduleInfo, stock, ...input } = this.input;
    const { program, lifecycles } = linked(input.read.facts, this.input);
    const lives = livesOf(program, moduleInfo);
    const keys =
      stock && input.focus === undefined
        ? new PartKeys(program, lifecycles, { ...stock, dialect, lives, moduleInfo })
        : undefined;
    return { program, lifecycles, lives, keys };
  }

  /** Files with pernet code in an arm that is left out: read with that arm's option off, in the whole program. */
  private runHidden({ program, lives, keys }: Whole): void {
    for (const facts of this.input.read.facts) {
      if (!isNear(this.input.focus, facts.file)) continue;
      for (const option of facts.hiddenBy) {
        const other = this.input.reread(facts.file, option);
        if (!other) continue;
        this.noteOps(other);
        this.take(keys?.ofHidden(other, option), (part) => {
          part.runHidden({
            program,
            lives,
            other,
            option,
            isInFocus: (files, varied) => this.inFocus(files, varied),
            keysOf: (varied) => keys?.hiddenLives(other, option, varied.lifecycles),
          });
        });
      }
    }
  }

  /** Runs every ops' callbacks for a namespace. */
  private runCallbacks({ program, lifecycles, keys }: Whole): void {
    for (const ops of program.allOps()) {
      if (!touches(this.input.focus, lifecycles.filesOfCallbacks(ops))) continue;
      const module = this.ownerOf(ops);
      this.take(keys?.ofCallbacks(ops.id, module), (part) => {
        part.runCallbacks({ lifecycles, ops, module });
      });
    }
  }

  /** Takes over what a part of the analysis comes to: made now, or by an earlier run from the same. */
  private take(key: string | null | undefined, make: (part: Part) => void): void {
    this.input.checkpoint?.();
    const { result, part } = partOf(this.input, key, make, this.isDry);
    // Of a whole tree nothing is asked again: what would be asked need not stay.
    if (part && this.input.focus) {
      this.told.push(...part.told);
      this.others.push(...part.others);
    }
    this.collector.adopt(result.breaches, (breach) => {
      // Of a whole tree no run is shown: what it was made from need not stay.
      const made = this.input.focus && part?.historyOf(breach);
      if (made) this.owners.set(made.history, made.lifecycles);
      return made?.history;
    });
    this.gaps.push(...result.gaps);
    this.gapsWithout.push(...result.gapsWithout);
    for (const registration of result.registrations) noteRegistration(registration, this.kinds);
    this.registrations.adopt(result.registered);
    for (const id of result.reachedElsewhere) this.reachedElsewhere.add(id);
  }

  /** The module that registers an ops, or what is known of the one that it lies in. */
  private ownerOf({ id, file }: OpsEntry): Module {
    const known = this.kinds.get(id)?.module;
    const name = this.input.moduleInfo(file)?.name ?? baseOf(file);
    return { name, file, unloadable: false, ...known, init: null, exits: [] };
  }

  /** What could not be followed with an option off, and could be with all on: the option is named. */
  private variedGaps(base: readonly NotAnalysed[]): NotAnalysed[] {
    const known = new Set(base.map((gap) => `${gap.file}|${gap.line}|${gap.reason}`));
    return this.gapsWithout
      .filter(({ gap }) => !known.has(`${gap.file}|${gap.line}|${gap.reason}`))
      .map(({ gap, option }) => ({ ...gap, reason: `${gap.reason} (with ${option}=n)` }));
  }

  private finish(program: Program, lifecycles: Lifecycles): Omit<Analysed, 'record'> {
    const { input } = this;
    const { focus } = input;
    const found = this.collector.findings();
    const ops = [...this.ops.values()].filter(({ file }) => isIn(focus, file)).sort((a, b) => compare(a.id, b.id));
    const raw: RawResult = {
      findings: found.map(({ finding }) => finding),
      notAnalysed: this.notAnalysed(),
      ops: ops.map((entry) => summaryOf(entry, this.kinds, input.moduleInfo(entry.file))),
      readings: this.registrations.readings(program, {
        focus,
        moduleOf: (file) => input.moduleInfo(file)?.name ?? baseOf(file),
      }),
      stats: {
        files: input.read.facts.length + input.read.unread.length,
        parsed: input.read.facts.length,
        ops: ops.length,
        modules: new Set(this.looked.map(({ module }) => `${module.file}|${module.name}`)).size,
        functions: this.reached.size,
      },
    };
    return {
      result: settle(raw, input),
      raw,
      reached: this.reached,
      found,
      modules: this.looked,
      ownerOf: ownerOf(this.owners, lifecycles),
    };
  }

  private notAnalysed(): NotAnalysed[] {
    const { focus, severityOf } = this.input;
    return severityOf(notAnalysedRule) === null ? [] : sortGaps(this.gaps.filter(({ file }) => isIn(focus, file)));
  }

  private noteOps({ file, ops }: FileFacts): void {
    for (const fact of ops) {
      const id = `${file}#${fact.name}`;
      if (!this.ops.has(id)) this.ops.set(id, { id, file, fact });
    }
  }

  /** Whether a module's life runs through the file in question, or brings an ops of it to life. */
  private inFocus(
    files: ReadonlySet<string>,
    of: { program: Program; lifecycles: Lifecycles; reach: ReadonlySet<string> },
  ): boolean {
    const { focus } = this.input;
    if (focus === undefined || touches(focus, files)) return true;
    return [...of.reach].some((id) => {
      const fn = of.program.functionById(id);
      return (
        fn !== undefined &&
        of.lifecycles.matters(id) &&
        [...of.program.calls(id)].some((name) => focus.files.has(of.program.resolveOps(fn.file, name)?.file ?? ''))
      );
    });
  }

  private unreadable(): NotAnalysed[] {
    return this.input.read.facts.flatMap(({ file, unreadable }) =>
      unreadable.flatMap((gap) =>
        gap.function === undefined || this.reached.has(`${file}#${gap.function}`) ? [{ file, ...gap }] : [],
      ),
    );
  }

  private unreached(lifecycles: Lifecycles): NotAnalysed[] {
    const all = new Set([...this.reached, ...this.reachedElsewhere]);
    return lifecycles.unreached(all).map((fn) => ({
      file: fn.file,
      line: fn.fact.at[0],
      function: fn.fact.name,
      reason: 'it registers or unregisters a pernet_operations, but no initcall or module exit that calls it was found',
    }));
  }
}

/** By itself, so that whoever keeps it does not keep the analysis. */
function ownerOf(owners: WeakMap<History, Lifecycles>, otherwise: Lifecycles): Analysed['ownerOf'] {
  return (history) => owners.get(history) ?? otherwise;
}

/** A program with its lifecycles, and keys for the parts of its analysis where results are kept. */
interface Whole {
  readonly program: Program;
  readonly lifecycles: Lifecycles;
  readonly lives: readonly Module[];
  readonly keys: PartKeys | undefined;
}

function summaryOf(entry: OpsEntry, kinds: ReadonlyMap<string, Registered>, info: ModuleInfo | undefined): OpsSummary {
  const { fact, file } = entry;
  const registered = kinds.get(entry.id);
  const [line, column, endLine, endColumn] = fact.at;
  return {
    name: fact.name,
    file,
    range: { line, column, endLine, endColumn },
    kind: !registered
      ? undefined
      : registered.devices.size > 1
        ? 'both'
        : registered.devices.has(true)
          ? 'device'
          : 'subsys',
    registeredIn: registered ? [...registered.functions].sort() : [],
    module: info?.name ?? baseOf(file),
    problems: 0,
    fields: Object.fromEntries(fact.fields.map((field) => [field.name, field.text])),
  };
}

function baseOf(file: string): string {
  return file.replace(/^.*\//, '').replace(/\.[ch]$/, '');
}

function sortGaps(gaps: readonly NotAnalysed[]): NotAnalysed[] {
  const unique = new Map(gaps.map((gap) => [`${gap.file}|${gap.line}|${gap.function ?? ''}|${gap.reason}`, gap]));
  return [...unique.values()].sort((a, b) => compare(a.file, b.file) || a.line - b.line || compare(a.reason, b.reason));
}

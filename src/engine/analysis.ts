import type { FileFacts } from '../facts/index.ts';
import { Lifecycles, type History } from '../lifecycle/index.ts';
import type { Dialect } from '../netns/index.ts';
import { Program, type Module, type ModuleInfo, type OpsEntry } from '../program/index.ts';
import {
  Collector,
  compare,
  notAnalysedRule,
  type Found,
  type NotAnalysed,
  type Rule,
  type Severity,
} from '../rules/index.ts';
import { folderOf, type ContextFiles } from './context.ts';
import { settle, type RawResult } from './settle.ts';
import type { AnalysisResult, OpsSummary } from './types.ts';

export interface AnalysisInput {
  /** Only the lifecycles that run through this file are looked at. */
  readonly focus: string | undefined;
  readonly read: ContextFiles;
  readonly dialect: Dialect;
  readonly moduleInfo: (file: string) => ModuleInfo | undefined;
  readonly severityOf: (rule: Pick<Rule, 'id' | 'severity'>) => Severity | null;
  /** Whether an option is on, as IS_ENABLED() asks. */
  readonly option: (name: string) => boolean;
  /** A file's facts with what an option decides over read with it off; null where the configuration is given. */
  readonly variant: (facts: FileFacts, off: string) => FileFacts | null;
  /** The facts of a whole file with one option off; null where the configuration is given. */
  readonly reread: (file: string, off: string) => FileFacts | null;
  /** Called every now and then: it throws where nobody wants the result any more. */
  readonly checkpoint?: () => void;
}

/** A result with what is needed to run its histories again. */
export interface Analysed {
  readonly result: AnalysisResult;
  readonly found: readonly Found[];
  /** The modules that were looked at, with the lifecycles that they belong to. */
  readonly modules: readonly Looked[];
  readonly rerun: (history: History) => History;
  /** What the result is made of (`settle`). */
  readonly raw: RawResult;
  /** The functions that the lifecycles reach. */
  readonly reached: ReadonlySet<string>;
}

export interface Looked {
  readonly module: Module;
  readonly lifecycles: Lifecycles;
}

/** More options than this that decide over one module's lifecycle code are not each tried off; that is said. */
const mostOptions = 12;

/** Runs the lifecycles of linked files and collects what the rules find in them. */
export function analyseProgram(input: AnalysisInput): Analysed {
  return new Analysis(input).run();
}

class Analysis {
  private readonly collector: Collector;
  private readonly owners = new Map<History, Lifecycles>();
  private readonly kinds = new Map<string, Registered>();
  private readonly looked: Looked[] = [];
  private readonly followed: Lifecycles[] = [];
  private readonly gaps: NotAnalysed[] = [];
  private readonly gapsWithout: { readonly gap: NotAnalysed; readonly option: string }[] = [];
  private readonly ops = new Map<string, OpsEntry>();
  private readonly reached = new Set<string>();
  /** Functions that some configuration's lifecycles reach: for saying of the others that none does. */
  private readonly reachedElsewhere = new Set<string>();

  constructor(private readonly input: AnalysisInput) {
    this.collector = new Collector({ severityOf: input.severityOf });
  }

  run(): Analysed {
    const { input } = this;
    const program = new Program(input.read.facts, input.moduleInfo);
    const { dialect, option, checkpoint } = input;
    const lifecycles = new Lifecycles(program, { dialect, option, ...(checkpoint ? { checkpoint } : {}) });
    this.noteOps(program);
    for (const module of program.modules) {
      if (!lifecycles.concerns(module)) continue;
      const reach = lifecycles.reach(module);
      for (const id of reach) this.reached.add(id);
      const files = filesOf(module, reach, lifecycles);
      if (!this.inFocus(files, { program, lifecycles, reach })) continue;
      const own = lifecycles.alone();
      this.looked.push({ module, lifecycles: own });
      const known = new Set<string>();
      this.live(module, own, known);
      this.runVariants({ program, lifecycles: own, module, files, known });
      this.followed.push(own);
    }
    this.runHidden(program);
    this.runCallbacks(program, lifecycles);
    const gaps = [
      ...new Map(
        this.followed
          .flatMap((each) => each.collectGaps())
          .map((gap) => [`${gap.file}|${gap.line}|${gap.reason}`, gap]),
      ).values(),
    ];
    this.gaps.push(
      ...input.read.unread,
      ...gaps,
      ...this.variedGaps(gaps),
      ...this.unreadable(program),
      ...this.unreached(lifecycles),
    );
    return this.finish(lifecycles);
  }

  private live(module: Module, lifecycles: Lifecycles, known: Set<string>, config?: string): void {
    for (const history of lifecycles.histories(module, known)) {
      this.input.checkpoint?.();
      this.owners.set(history, lifecycles);
      this.collector.add(history, config);
      noteRegistrations(history, this.kinds);
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
    const deciding = new Map(inReach.map((facts) => [facts.file, optionsOf(facts, lifecycles)]));
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
      for (const each of varied.program.modules) {
        if (each.file === module.file && each.init?.fn.id === module.init?.fn.id)
          this.live(each, varied.lifecycles, sameOps ? known : new Set(), `${option}=n`);
      }
      this.noteGaps(varied.lifecycles, option);
    }
  }

  /** Files with pernet code in an arm that is left out: read with that arm's option off, in the whole program. */
  private runHidden(program: Program): void {
    for (const facts of this.input.read.facts) {
      if (!isNear(facts.file, this.input.focus)) continue;
      for (const option of facts.hiddenBy) {
        const other = this.input.reread(facts.file, option);
        if (!other) continue;
        const all = program.fileNames().map((file) => (file === facts.file ? other : program.facts(file)!));
        const varied = this.lifecyclesWithout(option, all);
        this.noteOps(varied.program);
        for (const module of varied.program.modules) {
          if (!varied.lifecycles.concerns(module)) continue;
          const reach = varied.lifecycles.reach(module);
          for (const id of reach) this.reachedElsewhere.add(id);
          const files = filesOf(module, reach, varied.lifecycles);
          if (files.has(facts.file) && this.inFocus(files, { ...varied, reach }))
            this.live(module, varied.lifecycles, new Set(), `${option}=n`);
        }
        this.noteGaps(varied.lifecycles, option);
      }
    }
  }

  /** Runs every ops' callbacks for a namespace. */
  private runCallbacks(program: Program, lifecycles: Lifecycles): void {
    for (const ops of program.allOps()) {
      const files = lifecycles.filesOfCallbacks(ops);
      if (this.input.focus !== undefined && !files.has(this.input.focus)) continue;
      this.input.checkpoint?.();
      const module = this.kinds.get(ops.id)?.module ?? this.unowned(ops);
      const own = lifecycles.alone();
      for (const history of own.callbackHistories(ops, module, new Set())) {
        this.owners.set(history, own);
        this.collector.add(history);
      }
      this.followed.push(own);
    }
  }

  /** The module of an ops that no registration was found for. */
  private unowned({ file }: OpsEntry): Module {
    const name = this.input.moduleInfo(file)?.name ?? file.replace(/^.*\//, '').replace(/\.[ch]$/, '');
    return { name, file, init: null, exits: [], unloadable: false };
  }

  private noteGaps(lifecycles: Lifecycles, option: string): void {
    for (const gap of lifecycles.collectGaps()) this.gapsWithout.push({ gap, option });
  }

  /** What could not be followed with an option off, and could be with all on: the option is named. */
  private variedGaps(base: readonly NotAnalysed[]): NotAnalysed[] {
    const known = new Set(base.map((gap) => `${gap.file}|${gap.line}|${gap.reason}`));
    return this.gapsWithout
      .filter(({ gap }) => !known.has(`${gap.file}|${gap.line}|${gap.reason}`))
      .map(({ gap, option }) => ({ ...gap, reason: `${gap.reason} (with ${option}=n)` }));
  }

  private lifecyclesWithout(
    option: string,
    facts: readonly FileFacts[],
    base?: { lifecycles: Lifecycles; changed: ReadonlySet<string> },
  ): { program: Program; lifecycles: Lifecycles } {
    const program = new Program(facts, this.input.moduleInfo);
    const options = {
      dialect: this.input.dialect,
      option: (name: string) => name !== option && this.input.option(name),
      ...(this.input.checkpoint ? { checkpoint: this.input.checkpoint } : {}),
    };
    return { program, lifecycles: new Lifecycles(program, options, { base }) };
  }

  private finish(lifecycles: Lifecycles): Analysed {
    const { input } = this;
    const { focus } = input;
    const found = this.collector.findings();
    const ops = [...this.ops.values()]
      .filter((entry) => focus === undefined || entry.file === focus)
      .sort((a, b) => compare(a.id, b.id));
    const raw: RawResult = {
      findings: found.map(({ finding }) => finding),
      notAnalysed:
        input.severityOf(notAnalysedRule) === null
          ? []
          : sortGaps(this.gaps.filter((gap) => focus === undefined || gap.file === focus)),
      ops: ops.map((entry) => summaryOf(entry, this.kinds, input.moduleInfo(entry.file))),
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
      rerun: (history) => (this.owners.get(history) ?? lifecycles).run(history.path, true),
    };
  }

  private noteOps(program: Program): void {
    for (const entry of program.allOps()) if (!this.ops.has(entry.id)) this.ops.set(entry.id, entry);
  }

  /** Whether a module's life runs through the file in question, or brings an ops of it to life. */
  private inFocus(
    files: ReadonlySet<string>,
    of: { program: Program; lifecycles: Lifecycles; reach: ReadonlySet<string> },
  ): boolean {
    const { focus } = this.input;
    if (focus === undefined || files.has(focus)) return true;
    return [...of.reach].some((id) => {
      const fn = of.program.functionById(id);
      return (
        fn !== undefined &&
        of.lifecycles.matters(id) &&
        [...of.program.calls(id)].some((name) => of.program.resolveOps(fn.file, name)?.file === focus)
      );
    });
  }

  private unreadable(program: Program): NotAnalysed[] {
    return program
      .fileNames()
      .flatMap((file) =>
        (program.facts(file)?.unreadable ?? []).flatMap((gap) =>
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

/** Whether a file's module can run through the one in question: one of their folders is, or lies in, the other's. */
function isNear(file: string, focus: string | undefined): boolean {
  if (focus === undefined) return true;
  const [a, b] = [`${folderOf(file)}/`, `${folderOf(focus)}/`];
  return a.startsWith(b) || b.startsWith(a);
}

/** The files that a module's life runs through. */
function filesOf(module: Module, reach: ReadonlySet<string>, lifecycles: Lifecycles): Set<string> {
  const mattering = [...reach].filter((id) => lifecycles.matters(id));
  return new Set([module.file, ...mattering.map((id) => id.slice(0, id.indexOf('#')))]);
}

/** The options that decide over the functions of a file that register, and over its ops. */
function optionsOf(facts: FileFacts, lifecycles: Lifecycles): string[] {
  const functions = facts.functions.filter((fact) => lifecycles.registers(`${facts.file}#${fact.name}`));
  return [...functions, ...facts.ops].flatMap((fact) => fact.options);
}

/** How and where an ops is registered, as the histories show it. */
interface Registered {
  readonly devices: Set<boolean>;
  readonly functions: Set<string>;
  readonly module: Module;
}

function noteRegistrations(history: History, kinds: Map<string, Registered>): void {
  for (const { trace } of history.events) {
    if (trace?.t !== 'pernet' || !trace.call.startsWith('register')) continue;
    let known = kinds.get(trace.ops);
    if (!known) kinds.set(trace.ops, (known = { devices: new Set(), functions: new Set(), module: history.module }));
    known.devices.add(trace.call.endsWith('device'));
    known.functions.add(trace.place.fn);
  }
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
    module: info?.name ?? file.replace(/^.*\//, '').replace(/\.[ch]$/, ''),
    problems: 0,
    fields: Object.fromEntries(fact.fields.map((field) => [field.name, field.text])),
  };
}

function sortGaps(gaps: readonly NotAnalysed[]): NotAnalysed[] {
  const unique = new Map(gaps.map((gap) => [`${gap.file}|${gap.line}|${gap.function ?? ''}|${gap.reason}`, gap]));
  return [...unique.values()].sort((a, b) => compare(a.file, b.file) || a.line - b.line || compare(a.reason, b.reason));
}

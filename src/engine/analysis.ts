import type { FileFacts } from '../facts/index.ts';
import type { AskedOf, History, Lifecycles, OptionAnswer, PairsByCall } from '../lifecycle/index.ts';
import type { Dialect } from '../netns/index.ts';
import type { LinkOrder, Module, ModuleInfo, OpsEntry } from '../program/index.ts';
import { compare, type Found, type NotAnalysed, type Rule, type Severity } from '../rules/index.ts';
import type { ContextFiles } from './context.ts';
import { isIn, type Focus } from './focus.ts';
import type { PartGaps } from './gaps.ts';
import { moduleNameOf, type Registered } from './kinds.ts';
import { settle, type RawResult } from './settle.ts';
import type { Stock } from './stock.ts';
import type { AnalysisResult, Clock, OpsSummary } from './types.ts';
import { Walk, type Whole } from './walk.ts';

export interface AnalysisInput {
  /** Only the lifecycles that run through these files are looked at. */
  readonly focus: Focus | undefined;
  readonly read: ContextFiles;
  readonly dialect: Dialect;
  readonly moduleInfo: (file: string) => ModuleInfo | undefined;
  /** Says why one file is linked before another one, where both are built in; null where it is not known to be. */
  readonly linkedFirst: LinkOrder['isFirst'];
  /** Whether a configuration is given. */
  readonly isConfigured: boolean;
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
  readonly record: Recorded | null;
}

/** What an analysis decided to run, what it asked meanwhile, and what it could not follow. */
export interface Recorded extends PartGaps {
  readonly told: readonly string[];
  /** The functions where the lives begin and end that concern an ops. */
  readonly roots: readonly string[];
  readonly asked: readonly AskedOf[];
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
  return clock ? clock('analyse', () => analysed(input)) : analysed(input);
}

function analysed(input: AnalysisInput): Analysed {
  const walk = new Walk(input);
  const whole = walk.go();
  const { lifecycles } = whole;
  const { gaps, owners, looked: modules } = walk;
  const unreached = gaps.unreached(lifecycles);
  const asked = [lifecycles, ...walk.others].map((each) => each.record);
  const isKnown = input.focus !== undefined && !walk.isAcross;
  const record = isKnown ? { told: walk.told, roots: walk.roots, asked, ...gaps.ofParts(), unreached } : null;
  const found = walk.collector.findings();
  const raw = rawResult(walk, whole, { input, found, notAnalysed: gaps.all(unreached) });
  const result = settle(raw, input);
  return { result, raw, reached: gaps.reached, found, modules, ownerOf: ownerOf(owners, lifecycles), record };
}

function rawResult(
  walk: Walk,
  { program }: Whole,
  of: {
    readonly input: AnalysisInput;
    readonly found: readonly Found[];
    readonly notAnalysed: readonly NotAnalysed[];
  },
): RawResult {
  const { focus, read, moduleInfo } = of.input;
  const { looked, gaps, kinds, registrations } = walk;
  const ops = [...walk.ops.values()]
    .filter(({ file, fact }) => isIn(focus, file) && fact.isStandIn !== true)
    .sort((a, b) => compare(a.id, b.id));
  return {
    findings: of.found.map(({ finding }) => finding),
    notAnalysed: of.notAnalysed,
    ops: ops.map((entry) => summaryOf(entry, kinds, moduleInfo(entry.file))),
    readings: registrations.readings(program, {
      focus,
      moduleOf: (file) => moduleNameOf(file, moduleInfo(file)),
    }),
    stats: {
      files: read.facts.length + read.unread.length,
      parsed: read.facts.length,
      ops: ops.length,
      modules: new Set(looked.map(({ module }) => `${module.file}|${module.name}`)).size,
      functions: gaps.reached.size,
    },
  };
}

/** By itself, so that whoever keeps it does not keep the analysis. */
function ownerOf(owners: WeakMap<History, Lifecycles>, otherwise: Lifecycles): Analysed['ownerOf'] {
  return (history) => owners.get(history) ?? otherwise;
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
    module: moduleNameOf(file, info),
    problems: 0,
    fields: Object.fromEntries(fact.fields.map((field) => [field.name, field.text])),
  };
}

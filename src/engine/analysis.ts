import type { FileFacts } from '../facts/index.ts';
import { Lifecycles, type History } from '../lifecycle/index.ts';
import type { Dialect } from '../netns/index.ts';
import { Program, type Module, type ModuleInfo, type OpsEntry } from '../program/index.ts';
import { Collector, compare, type Found, type NotAnalysed, type Rule, type Severity } from '../rules/index.ts';
import type { ContextFiles } from './context.ts';
import { suppress, unusedSuppression } from './suppress.ts';
import type { AnalysisResult, OpsSummary } from './types.ts';

export interface AnalysisInput {
  /** Only the lifecycles that run through this file are looked at. */
  readonly focus: string | undefined;
  readonly read: ContextFiles;
  readonly dialect: Dialect;
  readonly moduleInfo: (file: string) => ModuleInfo | undefined;
  readonly severityOf: (rule: Pick<Rule, 'id' | 'severity'>) => Severity | null;
  /** The facts of a file with some options off. */
  readonly variant: (file: string, off: ReadonlySet<string>) => FileFacts | null;
}

/** A result with what is needed to run its histories again. */
export interface Analysed {
  readonly result: AnalysisResult;
  readonly found: readonly Found[];
  /** The modules that were looked at, with the lifecycles that they belong to. */
  readonly modules: readonly { readonly module: Module; readonly lifecycles: Lifecycles }[];
  readonly rerun: (history: History) => History;
}

/** More options than this that decide over one module's lifecycle code are not each tried off; that is said. */
const mostOptions = 12;

/** Runs the lifecycles of linked files and collects what the rules find in them. */
export function analyseProgram(input: AnalysisInput): Analysed {
  const program = new Program(input.read.facts, input.moduleInfo);
  const lifecycles = new Lifecycles(program, { dialect: input.dialect, option: () => true });
  const collector = new Collector({ severityOf: input.severityOf });
  const owners = new Map<History, Lifecycles>();
  const reached = new Set<string>();
  const gaps: NotAnalysed[] = [];
  const looked: { module: Module; lifecycles: Lifecycles }[] = [];
  const kinds = new Map<string, Registered>();
  for (const module of program.modules) {
    if (!lifecycles.concerns(module)) continue;
    const reach = lifecycles.reach(module);
    for (const id of reach) reached.add(id);
    const files = new Set([module.file, ...[...reach].filter((id) => lifecycles.matters(id)).map((id) => id.slice(0, id.indexOf('#')))]);
    if (input.focus !== undefined && !files.has(input.focus) && !ownsOps(program, lifecycles, module, input.focus)) continue;
    looked.push({ module, lifecycles });
    for (const history of lifecycles.histories(module)) {
      owners.set(history, lifecycles);
      collector.add(history);
      noteRegistrations(history, kinds);
    }
    gaps.push(...runVariants(input, { program, lifecycles, module, files }, collector, owners));
  }
  const found = collector.findings();
  const isOn = (id: string): boolean => found.some(({ finding }) => finding.rule === id) || input.severityOf({ id, severity: 'error' }) !== null;
  const findings = suppress(
    found.map(({ finding }) => finding),
    input.read.facts.filter((facts) => input.focus === undefined || facts.file === input.focus),
    { severity: input.severityOf({ id: unusedSuppression, severity: 'warning' }), isOn },
  ).filter((finding) => input.focus === undefined || finding.file === input.focus);
  gaps.push(...input.read.unread, ...lifecycles.collectGaps(), ...unreadable(program, reached), ...unreached(program, lifecycles, reached));
  const ops = program.allOps().filter((entry) => input.focus === undefined || entry.file === input.focus);
  return {
    result: {
      findings,
      notAnalysed: sortGaps(gaps.filter((gap) => input.focus === undefined || gap.file === input.focus)),
      ops: ops.map((entry) => summaryOf(entry, kinds, findings, input.moduleInfo(entry.file))),
      stats: {
        files: input.read.facts.length + input.read.unread.length,
        parsed: input.read.facts.length,
        ops: ops.length,
        modules: new Set(looked.map(({ module }) => `${module.file}|${module.name}`)).size,
        functions: reached.size,
      },
    },
    found,
    modules: looked,
    rerun: (history) => (owners.get(history) ?? lifecycles).run(history.path, true),
  };
}

/** Runs a module again with each option that decides over its lifecycle code off: what is new there needs it off. */
function runVariants(
  input: AnalysisInput,
  { program, lifecycles, module, files }: { readonly program: Program; readonly lifecycles: Lifecycles; readonly module: Module; readonly files: ReadonlySet<string> },
  collector: Collector,
  owners: Map<History, Lifecycles>,
): NotAnalysed[] {
  const inReach = [...files].flatMap((file) => program.facts(file) ?? []);
  const deciding = new Map(inReach.map((facts) => [facts.file, optionsOf(facts, lifecycles)]));
  const options = [...new Set([...deciding.values()].flat())].sort();
  if (options.length > mostOptions) {
    return [{ file: module.file, line: 1, reason: `${options.length} options decide over its lifecycle code; only all on was analysed` }];
  }
  for (const option of options) {
    const off = new Set([option]);
    const facts = inReach.map((each) => (deciding.get(each.file)?.includes(option) ? (input.variant(each.file, off) ?? each) : each));
    const variant = new Program(facts, input.moduleInfo);
    const varied = new Lifecycles(variant, { dialect: input.dialect, option: (name) => name !== option });
    for (const each of variant.modules) {
      if (each.file !== module.file || each.init?.fn.id !== module.init?.fn.id) continue;
      for (const history of varied.histories(each)) {
        owners.set(history, varied);
        collector.add(history, `${option}=n`);
      }
    }
  }
  return [];
}

/** The options that decide over the functions of a file that register, and over its ops. */
function optionsOf(facts: FileFacts, lifecycles: Lifecycles): string[] {
  const functions = facts.functions.filter((fact) => lifecycles.matters(`${facts.file}#${fact.name}`));
  return [...functions, ...facts.ops].flatMap((fact) => fact.options);
}

/** How and where an ops is registered, as the histories show it. */
interface Registered {
  readonly devices: Set<boolean>;
  readonly functions: Set<string>;
}

function noteRegistrations(history: History, kinds: Map<string, Registered>): void {
  for (const { trace } of history.events) {
    if (trace?.t !== 'pernet' || !trace.call.startsWith('register')) continue;
    let known = kinds.get(trace.ops);
    if (!known) kinds.set(trace.ops, (known = { devices: new Set(), functions: new Set() }));
    known.devices.add(trace.call.endsWith('device'));
    known.functions.add(trace.place.fn);
  }
}

function ownsOps(program: Program, lifecycles: Lifecycles, module: Module, file: string): boolean {
  return [...lifecycles.reach(module)].some((id) => {
    const fn = program.functionById(id);
    return fn !== undefined && lifecycles.matters(id) && [...program.calls(id)].some((name) => program.resolveOps(fn.file, name)?.file === file);
  });
}

function unreadable(program: Program, reached: ReadonlySet<string>): NotAnalysed[] {
  return program.fileNames().flatMap((file) =>
    (program.facts(file)?.unreadable ?? []).flatMap((gap) =>
      gap.function === undefined || reached.has(`${file}#${gap.function}`) ? [{ file, line: gap.line, ...(gap.function === undefined ? {} : { function: gap.function }), reason: gap.reason }] : [],
    ),
  );
}

function unreached(program: Program, lifecycles: Lifecycles, reached: ReadonlySet<string>): NotAnalysed[] {
  return lifecycles.unreached(reached).map((fn) => ({
    file: fn.file,
    line: fn.fact.at[0],
    function: fn.fact.name,
    reason: 'it registers or unregisters a pernet_operations, but no initcall or module exit that calls it was found',
  }));
}

function summaryOf(entry: OpsEntry, kinds: ReadonlyMap<string, Registered>, findings: AnalysisResult['findings'], info: ModuleInfo | undefined): OpsSummary {
  const { fact, file } = entry;
  const registered = kinds.get(entry.id);
  const [line, column, endLine, endColumn] = fact.at;
  return {
    name: fact.name,
    file,
    range: { line, column, endLine, endColumn },
    kind: !registered ? undefined : registered.devices.size > 1 ? 'both' : registered.devices.has(true) ? 'device' : 'subsys',
    registeredIn: registered ? [...registered.functions].sort() : [],
    module: info?.name ?? file.replace(/^.*\//, '').replace(/\.[ch]$/, ''),
    problems: findings.filter((finding) => finding.ops === fact.name && finding.file === file).length,
    fields: Object.fromEntries(fact.fields.map((field) => [field.name, field.text])),
  };
}

function sortGaps(gaps: readonly NotAnalysed[]): NotAnalysed[] {
  const unique = new Map(gaps.map((gap) => [`${gap.file}|${gap.line}|${gap.function ?? ''}|${gap.reason}`, gap]));
  return [...unique.values()].sort((a, b) => compare(a.file, b.file) || a.line - b.line || compare(a.reason, b.reason));
}

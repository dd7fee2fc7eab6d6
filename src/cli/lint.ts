import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { parseDotConfig } from '../engine/config.ts';
import { Engine, type AnalysisResult } from '../engine/index.ts';
import { compareFindings } from '../engine/suppress.ts';
import type { Severities } from '../engine/project/check.ts';
import type { FindResult, ScanRequest } from '../engine/find.ts';
import { isAsSeen, lookAgain } from '../engine/look-again.ts';
import { Scanner } from '../engine/scan.ts';
import { diskHost, reasonOf } from '../engine/tree.ts';
import { dialectNamed, dialects } from '../netns/index.ts';
import { render, statsJson, statsLine, type RenderOptions, type Report } from '../report/index.ts';
import {
  gapFindings,
  notAnalysedRule,
  ownRules,
  rules,
  severities,
  type Finding,
  type Severity,
} from '../rules/index.ts';
import { sourceOf } from '../engine/stock.ts';
import { loadParser } from '../engine/parser.ts';
import { keepBaselines, readBaseline, type Entry } from './baseline.ts';
import { cacheFolder, recordingHost, ResultCache } from './cache.ts';
import { lintUsage, parseLintArgs, type LintArgs } from './lint-args.ts';
import { projectSettings, type ProjectSettings } from './project.ts';
import { isAsked, targetsOf, type Targets } from './paths.ts';
import { SeenCache } from './seen-cache.ts';
import { Store } from './store.ts';
import { rulePageLink, version } from './version.ts';

export interface LintIo {
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/**
 * `pernet-lint lint`. Resolves to the exit status: 0 nothing at or above --fail-on, 1 findings, 2 wrong usage,
 * unreadable input or an internal error; findings that were made are printed all the same.
 */
export async function runLint(argv: readonly string[], io: LintIo): Promise<number> {
  const parsed = parseLintArgs(argv);
  if ('error' in parsed) {
    io.stderr.write(`pernet-lint: ${parsed.error}\n`);
    return 2;
  }
  const { args } = parsed;
  if (args.help) {
    io.stdout.write(lintUsage);
    return 0;
  }
  const start = performance.now();
  const targets = targetsOf(args.paths, args.root);
  const prepared = prepareOptions(args, targets);
  if ('error' in prepared) {
    io.stderr.write(`pernet-lint: ${prepared.error}\n`);
    return 2;
  }
  const report = await lint(args, targets, prepared, io);
  const errors = [...targets.errors, ...report.errors];
  const set = prepared.rules[notAnalysedRule.id];
  const gapSeverity = set === 'off' ? undefined : set;
  const asFindings = args.only?.includes(notAnalysedRule.id) ? gapFindings(report.notAnalysed, gapSeverity) : [];
  const known = new Set(prepared.baseline.map(({ fingerprint }) => fingerprint));
  const counts = (finding: Finding): boolean =>
    !known.has(finding.fingerprint) && rank(finding.severity) <= rank(args.minSeverity);
  const shown: Report = {
    ...report,
    findings: [...report.findings, ...asFindings].sort(compareFindings).filter(counts),
    suppressed: report.suppressed.filter(({ finding }) => counts(finding)),
    // What is for people says each gap once; programs find them where they always are.
    notAnalysed: asFindings.length > 0 && !args.format.startsWith('json') ? [] : report.notAnalysed,
    stats: { ...report.stats, ms: Math.round(performance.now() - start) },
    errors,
  };
  io.stdout.write(render(args.format, shown, renderOptions(io, targets.root)));
  if (args.stats !== null) io.stderr.write(`${args.stats === 'json' ? statsJson(shown) : statsLine(shown)}\n`);
  // What was not looked at, or not to its end, may still be there.
  const off = severitiesOf(args, prepared.rules);
  const holed = new Set(report.notAnalysed.map(({ file }) => file));
  const couldFind = ({ file, rule }: Entry): boolean =>
    errors.length === 0 && isAsked(targets.asked, file) && off[rule] !== 'off' && !holed.has(file);
  const kept = keepBaselines(args, { entries: prepared.baseline, findings: report.findings, couldFind });
  for (const note of kept.notes) io.stderr.write(`pernet-lint: ${note}\n`);
  errors.push(...kept.errors);
  for (const error of errors) io.stderr.write(`pernet-lint: ${error}\n`);
  if (errors.length > 0) return 2;
  return shown.findings.some((finding) => rank(finding.severity) <= rank(args.failOn)) ? 1 : 0;
}

/** What reports are told of the program, the tree and the terminal. */
export function renderOptions(io: LintIo, root: string): RenderOptions {
  return {
    colour: io.stdout.isTTY === true && process.env['NO_COLOR'] === undefined,
    rules,
    version,
    tree: path.basename(path.resolve(root)),
    ...(rulePageLink === undefined ? {} : { rulePageLink }),
    gzipSize: (text) => gzipSync(text).length,
    note: (line) => io.stderr.write(`pernet-lint: ${line}\n`),
  };
}

export type Linted = Omit<Report, 'stats'> & { readonly stats: Omit<Report['stats'], 'ms'> };

/** What the options that name files come to. */
export interface Prepared extends ProjectSettings {
  readonly config: Record<string, boolean> | null;
  /** What was judged before; nothing without a baseline. */
  readonly baseline: readonly Entry[];
}

/** Looks at what was asked for, by way of the cache where it may. */
export async function lint(args: LintArgs, targets: Targets, prepared: Prepared, io: LintIo): Promise<Linted> {
  const { config } = prepared;
  const here = programFolder();
  const workerFile = path.join(here, 'worker.cjs');
  const scanner = new Scanner({ root: targets.root, jobs: args.jobs, config, workerFile });
  try {
    if (io.stderr.isTTY) io.stderr.write('reading …\r');
    const start = Date.now();
    const found = await find(args, { root: targets.root, requests: withFolders(targets), scanner, here });
    const cache = args.cache ? new ResultCache<AnalysisResult>(targets.root, cacheKey(args, prepared, here)) : null;
    let analysis = cache?.load(found.hits) ?? null;
    if (!analysis) {
      const store = args.cache ? openStore(args, { root: targets.root, prepared, here }) : null;
      const made = await analyse(args, { targets, prepared, found, scanner, store });
      store?.close();
      analysis = made.analysis;
      if (made.unchanged) cache?.save(found.hits, made.asked, analysis, start);
    }
    return reportOf(args, prepared.rules, targets, found, analysis);
  } finally {
    await scanner.close();
    if (io.stderr.isTTY) io.stderr.write('\r\x1b[K');
  }
}

/** Looks for the files that mention pernet, by what the last run saw of the tree where it may. */
async function find(
  args: LintArgs,
  of: {
    readonly root: string;
    readonly requests: readonly ScanRequest[];
    readonly scanner: Scanner;
    readonly here: string;
  },
): Promise<FindResult> {
  const { root, requests, scanner, here } = of;
  // Single files, and what lies beside them, are read anyway.
  if (!args.cache || requests.some(({ kind }) => kind === 'file')) return scanner.find(requests);
  const start = Date.now();
  const cache = new SeenCache(root, JSON.stringify([versionOf(here), requests]));
  const seen = cache.load();
  const again = seen && lookAgain(root, requests, seen);
  const found = again ?? (await scanner.find(requests));
  if (found.unreadable.length === 0 && !(again && seen && isAsSeen(again.seen, seen))) cache.save(found.seen, start);
  return found;
}

async function analyse(
  args: LintArgs,
  given: {
    readonly targets: Targets;
    readonly prepared: Prepared;
    readonly found: FindResult;
    readonly scanner: Scanner;
    readonly store: Store | null;
  },
): Promise<{ analysis: AnalysisResult; asked: ReadonlySet<string>; unchanged: boolean }> {
  const { host, asked } = recordingHost(diskHost(given.targets.root));
  const { store } = given;
  const engine = new Engine({
    parser: await loadParser(),
    host,
    ...(store ? { stock: store } : {}),
    ...(args.dialect === null ? {} : { dialect: args.dialect }),
    ...(given.prepared.config === null ? {} : { config: given.prepared.config }),
    severities: severitiesOf(args, given.prepared.rules),
    pairs: given.prepared.pairs,
  });
  engine.setIndex(given.found.hits.map((hit) => hit.path));
  const hashes = new Map(given.found.hits.map((hit) => [hit.path, hit.hash]));
  const isKept = ([file, hash]: [string, string]): boolean => store?.facts.has(sourceOf(file, hash)) === true;
  const [kept, others] = [[...hashes].filter(isKept), [...hashes].filter((hit) => !isKept(hit))];
  let unchanged = true;
  for (const { path: file, hash, text, result } of await given.scanner.read(others.map(([file]) => file))) {
    engine.adopt(file, text, result);
    if (hashes.get(file) !== hash) unchanged = false;
  }
  // Their memory is not needed any more.
  await given.scanner.close();
  for (const [file, hash] of kept) {
    const read = host.readText(file);
    if (!('text' in read) || store?.digest(read.text) !== hash) unchanged = false;
  }
  return { analysis: engine.analyse(), asked, unchanged };
}

/** Of what the engine says of all files that were read, what was asked for. */
function reportOf(
  args: LintArgs,
  set: Severities,
  targets: Targets,
  found: FindResult,
  analysis: AnalysisResult,
): Linted {
  const asked = (file: string): boolean => isAsked(targets.asked, file);
  const isListed = severitiesOf(args, set)[notAnalysedRule.id] !== 'off';
  const ops = analysis.ops.filter(({ file }) => asked(file));
  return {
    findings: analysis.findings.filter((finding) => asked(finding.file)),
    suppressed: analysis.suppressed.filter(({ finding }) => asked(finding.file)),
    ops,
    notAnalysed: !isListed
      ? []
      : [
          ...analysis.notAnalysed.filter((gap) => asked(gap.file)),
          ...found.unreadable
            .filter(({ file }) => asked(file) || file === '.')
            .map(({ file, reason }) => ({ file, line: 1, reason })),
        ],
    stats: {
      files: found.files,
      parsed: analysis.stats.parsed,
      ops: ops.length,
      modules: analysis.stats.modules,
      functions: analysis.stats.functions,
    },
    errors: found.unreadable.filter(({ file }) => asked(file)).map(({ file, reason }) => `${file}: ${reason}`),
  };
}

/** All that decides over a result besides the files: the options, and the program itself as it was built. */
function cacheKey(args: LintArgs, { config, pairs, rules: set }: Prepared, here: string): string {
  return JSON.stringify([versionOf(here), args.dialect, severitiesOf(args, set), config, pairs]);
}

/** Where this program and its workers lie. */
export function programFolder(): string {
  return path.dirname(process.argv[1] ? fs.realpathSync(process.argv[1]) : '.');
}

/** Facts of files do not depend on which rules are on, nor on the tree that a file lies in. */
export function openStore(
  args: LintArgs,
  { root, prepared, here }: { readonly root: string; readonly prepared: Prepared; readonly here: string },
): Store {
  const factsVersion = JSON.stringify([versionOf(here), prepared.config]);
  return new Store(cacheFolder(), { root, version: cacheKey(args, prepared, here), factsVersion });
}

function versionOf(here: string): string[] {
  return ['cli.cjs', 'worker.cjs'].map((name) => {
    const stat = fs.statSync(path.join(here, name), { throwIfNoEntry: false });
    return stat ? `${name} ${stat.size} ${stat.mtimeMs}` : name;
  });
}

/** What is read: what was asked for and, in a tree, the folders of single files, where the rest of their module is. */
function withFolders({ asked, isTree }: Targets): ScanRequest[] {
  const folders = asked.filter((each) => isTree && each.kind === 'file').map((each) => path.posix.dirname(each.path));
  const extra = [...new Set(folders)].map((folder): ScanRequest => ({
    kind: 'folder',
    path: folder === '.' ? '' : folder,
  }));
  return [...asked, ...extra];
}

/** What the options that name files and dialects come to, or one line that says what is wrong. */
export function prepareOptions(args: LintArgs, { root }: Pick<Targets, 'root'>): Prepared | { error: string } {
  if (args.dialect !== null && !dialectNamed(args.dialect)) {
    return { error: `--dialect ${args.dialect}: it is one of ${dialects.map((dialect) => dialect.name).join(', ')}` };
  }
  const project = projectSettings(root, args);
  if ('error' in project) return project;
  let config: Record<string, boolean> | null = null;
  if (args.kernelConfig !== null) {
    try {
      config = parseDotConfig(fs.readFileSync(args.kernelConfig, 'utf8'));
    } catch (error) {
      return { error: `--kernel-config ${args.kernelConfig}: ${reasonOf(error)}` };
    }
  }
  if (args.baseline === null) return { ...project, config, baseline: [] };
  const baseline = readBaseline(args.baseline);
  return 'error' in baseline ? baseline : { ...project, config, baseline: baseline.entries };
}

/** What the tree's own file says, and over it the command line: a rule that --only names is on. */
export function severitiesOf(args: LintArgs, own: Severities): Record<string, Severity | 'off'> {
  const off = (id: string): boolean => args.disable.includes(id) || (args.only !== null && !args.only.includes(id));
  const isOff = (id: string): boolean =>
    // What the rules that are left could not look at is listed all the same.
    id === notAnalysedRule.id ? args.disable.includes(id) : off(id);
  const set = Object.entries(own).filter(([id, level]) => level !== 'off' || args.only?.includes(id) !== true);
  const ids = [...rules, ...ownRules].map(({ id }) => id).filter(isOff);
  return { ...Object.fromEntries(set), ...Object.fromEntries(ids.map((id) => [id, 'off' as const])) };
}

export function rank(severity: Severity): number {
  return severities.indexOf(severity);
}

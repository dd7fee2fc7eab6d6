import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { helpersIn, type FindResult, type ScanRequest } from '../engine/find.ts';
import type { AnalysisResult } from '../engine/index.ts';
import type { Severities } from '../engine/project/check.ts';
import { Scanner } from '../engine/scan.ts';
import { compareFindings } from '../engine/suppress.ts';
import { printable, render, statsJson, statsLine, type RenderOptions, type Report } from '../report/index.ts';
import { gapFindings, notAnalysedRule, rules, type Finding } from '../rules/index.ts';
import { analyse, find, programFolder } from './analyse.ts';
import { keepBaselines, type Entry } from './baseline.ts';
import { lintUsage, parseLintArgs, type LintArgs } from './lint-args.ts';
import { prepareOptions, rank, severitiesOf, type Prepared } from './options.ts';
import { isAsked, targetsOf, type Targets } from './paths.ts';
import { rulePageLink, version } from './version.ts';

export interface LintIo {
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/**
 * `pernet-lint lint`. Resolves to the exit status: 0 nothing at or above --fail-on, 1 findings, 2 wrong usage,
 * unreadable input or an internal error; findings that were made are printed all the same.
 */
export async function runLint(argv: readonly string[], io: LintIo, { isBare = false } = {}): Promise<number> {
  const parsed = parseLintArgs(argv, isBare);
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
  const targets = targetsOf(args.paths, args.root, isBare);
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
    notAnalysed: asFindings.length > 0 && !args.format.startsWith('json') ? [] : gapsIn(report, args.format),
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
  for (const error of errors) io.stderr.write(`pernet-lint: ${printable(error)}\n`);
  if (errors.length > 0) return 2;
  return shown.findings.some((finding) => rank(finding.severity) <= rank(args.failOn)) ? 1 : 0;
}

/** The gaps that a report lists: in lines, not those that stderr has as errors. */
function gapsIn({ notAnalysed, errors }: Linted, format: LintArgs['format']): Linted['notAnalysed'] {
  if (format !== 'text' && format !== 'gcc') return notAnalysed;
  return notAnalysed.filter(({ file, reason }) => !errors.includes(`${file}: ${reason}`));
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

/** Looks at what was asked for, by way of the cache where it may. */
export async function lint(args: LintArgs, targets: Targets, prepared: Prepared, io: LintIo): Promise<Linted> {
  const { config } = prepared;
  const here = programFolder();
  const workerFile = path.join(here, 'worker.cjs');
  const scanner = new Scanner({ root: targets.root, jobs: args.jobs, config, workerFile });
  try {
    if (io.stderr.isTTY) io.stderr.write('reading …\r');
    const seen = await find(args, { root: targets.root, requests: withFolders(targets), scanner, here });
    // In a tree, the ops that a folder's files belong to are looked for there.
    const helpers = seen.hits.length > 0 || targets.isTree ? [] : helpersIn(targets.asked, targets.root);
    const found = helpers.length > 0 ? { ...seen, hits: helpers } : seen;
    const analysis = await analyse(args, { root: targets.root, prepared, found, scanner, here });
    return reportOf(args, prepared.rules, targets, found, analysis);
  } finally {
    await scanner.close();
    if (io.stderr.isTTY) io.stderr.write('\r\x1b[K');
  }
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
  const named = targets.asked.filter(({ kind }) => kind === 'file');
  // What a helper does is reported where the callback that calls it ends: in another file, perhaps.
  const concerns = ({ file, related }: Finding): boolean =>
    asked(file) || related.some((place) => isAsked(named, place.file));
  const isListed = severitiesOf(args, set)[notAnalysedRule.id] !== 'off';
  const ops = analysis.ops.filter(({ file }) => asked(file));
  return {
    findings: analysis.findings.filter(concerns),
    suppressed: analysis.suppressed.filter(({ finding }) => concerns(finding)),
    ops,
    notAnalysed: !isListed
      ? []
      : [
          ...analysis.notAnalysed.filter(({ file, reason }) => {
            return asked(file) && !found.unreadable.some((each) => each.file === file && each.reason === reason);
          }),
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

/** What is read: what was asked for and, in a tree, the folders of single files, where the rest of their module is. */
function withFolders({ asked, isTree }: Targets): ScanRequest[] {
  const folders = asked.filter((each) => isTree && each.kind === 'file').map((each) => path.posix.dirname(each.path));
  const extra = [...new Set(folders)].map((folder): ScanRequest => ({
    kind: 'folder',
    path: folder === '.' ? '' : folder,
  }));
  return [...asked, ...extra];
}

import { appendFileSync } from 'node:fs';
import { expect } from 'vitest';
import { textsWith } from '../src/engine/fixes.ts';
import { Engine, type AnalysisResult, type EngineOptions } from '../src/engine/index.ts';
import type { Finding, Fix, NotAnalysed } from '../src/rules/index.ts';
import { loadNative, prepare, withTree } from '../src/syntax/index.ts';
import { memoryHost, parseFixture, renderFile, type FixtureFile, type GapMarker, type Marker } from './fixture.ts';
import { checkWitness } from './witness.ts';

export type CheckOptions = Omit<EngineOptions, 'parser' | 'host'>;

/** One parser for all tests of a worker. */
const parser = await loadNative();

/**
 * Runs the engine over a fixture and compares its diagnostics with the markers in it: a missing one, one too many or
 * another range fails with the fixture's text as it should read. Every fixture proves more on the way: each finding's
 * witness breaks the invariant at its failing event, its related places lie on the witness's path, one file looked at
 * alone shows what the whole shows, with an index and without, a second run gives the same bytes, and unrelated lines above change no fingerprint.
 */
export function check(fixture: string, options: CheckOptions = {}): AnalysisResult {
  const files = parseFixture(fixture);
  const result = analyseFiles(files, options);
  expect(renderActual(files, result)).toBe(render(files, (file) => file));
  for (const finding of result.findings) checkWitness(finding, files);
  expect(new Set(result.findings.map(({ fingerprint }) => fingerprint)).size).toBe(result.findings.length);
  expect(JSON.stringify(analyseFiles(files, options))).toBe(JSON.stringify(result));
  checkFileByFile(files, options, result);
  checkFingerprints(files, options, result);
  checkFixes(files, options, result);
  return result;
}

const mended = new Set<string>();

/** The rules of which a finding had a fix, which was tried, in one of the fixtures of this test file so far. */
export function rulesMended(): ReadonlySet<string> {
  return mended;
}

/** Each fix that is offered mends: the file still parses, the finding is gone, and nothing new is found. */
function checkFixes(files: readonly FixtureFile[], options: CheckOptions, { findings }: AnalysisResult): void {
  const engine = engineOf(files, options);
  for (const finding of findings) {
    const fix = engine.fixOf(finding.file, finding.fingerprint);
    noteFix(finding, fix);
    if (!fix) continue;
    mended.add(finding.rule);
    const texts = textsWith(
      {
        title: fix.title,
        edits: fix.edits.map(({ file, line, column, endLine, endColumn, text }) => ({
          file,
          at: [line, column, endLine, endColumn],
          text,
        })),
      },
      (file) => files.find(({ path }) => path === file)?.text ?? null,
    );
    const now = files.map(({ path, text }) => ({ path, text: texts?.get(path) ?? text }));
    const after = analyseFiles(now, options);
    const keys = (all: readonly Finding[]): string[] =>
      all.map(({ rule, file, ops }) => `${rule} ${file} ${ops ?? ''}`);
    const left = keys(findings);
    for (const key of keys(after.findings)) {
      const index = left.indexOf(key);
      expect(index, `${fix.title} brings ${key}`).toBeGreaterThanOrEqual(0);
      left.splice(index, 1);
    }
    expect(left, `${fix.title} mends ${finding.message}`).toContain(keys([finding])[0]);
    for (const { path, text } of now)
      expect(openErrors(text), path).toBe(openErrors(files.find((f) => f.path === path)!.text));
  }
  for (const { path, text } of files)
    expect(engine.analyse(path), `after fixes were tried on ${text.slice(0, 40)}`).toEqual(
      engineOf(files, options).analyse(path),
    );
}

function openErrors(text: string): boolean {
  const prepared = prepare(text);
  return withTree(parser, prepared, (root) => root.hasError);
}

/** With PERNET_FIXES=FILE, a line for each finding says whether it has a fix: which rules lack one, and where. */
function noteFix(finding: Finding, fix: Fix | null): void {
  const file = process.env['PERNET_FIXES'];
  if (file !== undefined)
    appendFileSync(
      file,
      `${JSON.stringify({ rule: finding.rule, fix: fix?.title ?? null, message: finding.message })}\n`,
    );
}

/** An engine over a fixture's files. Its index is what a scan of the tree finds: those that mention pernet, or the one that is asked for. */
export function engineOf(files: readonly Pick<FixtureFile, 'path' | 'text'>[], options: CheckOptions = {}): Engine {
  const engine = newEngine(files, options);
  const indexed = files.filter(
    ({ path, text }) => path.endsWith('.c') && (files.length === 1 || text.includes('pernet_')),
  );
  engine.setIndex(indexed.map(({ path }) => path));
  return engine;
}

function newEngine(files: readonly Pick<FixtureFile, 'path' | 'text'>[], options: CheckOptions): Engine {
  const host = memoryHost(new Map(files.map(({ path, text }) => [path, text])));
  return new Engine({ parser, host, ...options });
}

export function analyseFiles(
  files: readonly Pick<FixtureFile, 'path' | 'text'>[],
  options: CheckOptions = {},
): AnalysisResult {
  return engineOf(files, options).analyse();
}

function render(
  files: readonly FixtureFile[],
  shown: (file: FixtureFile) => Pick<FixtureFile, 'markers' | 'gaps'>,
): string {
  return files
    .map((file) => {
      const { markers, gaps } = shown(file);
      return renderFile(file.path, file.text, markers, gaps);
    })
    .join('\n');
}

/** The fixture as the engine sees it; of a message, the part that the fixture asks for where that is in it. */
function renderActual(files: readonly FixtureFile[], { findings, notAnalysed }: AnalysisResult): string {
  const elsewhere = [...findings, ...notAnalysed].filter((each) => !files.some(({ path }) => path === each.file));
  expect(elsewhere).toEqual([]);
  return render(files, (file) => ({
    markers: findings.filter((finding) => finding.file === file.path).map((finding) => markerOf(finding, file.markers)),
    gaps: notAnalysed.filter((gap) => gap.file === file.path).map((gap) => gapOf(gap, file.gaps)),
  }));
}

function markerOf(finding: Finding, expected: readonly Marker[]): Marker {
  const { line, column, endLine, endColumn, severity, config, message } = finding;
  const marker = {
    line,
    column,
    endLine,
    endColumn,
    severity,
    rule: finding.rule.replace(/^pernet\//, ''),
    ...(config === undefined ? {} : { config }),
  };
  const asked = expected.find(
    (each) =>
      (['line', 'column', 'endLine', 'endColumn', 'severity', 'rule', 'config'] as const).every(
        (name) => each[name] === finding[name] || each[name] === (marker as Marker)[name],
      ) &&
      (each.part === undefined || message.includes(each.part)),
  );
  if (!asked) return { ...marker, part: message };
  return asked.part === undefined ? marker : { ...marker, part: asked.part };
}

function gapOf({ line, reason }: NotAnalysed, expected: readonly GapMarker[]): GapMarker {
  return expected.find((gap) => gap.line === line && reason.includes(gap.part)) ?? { line, part: reason };
}

function checkFileByFile(files: readonly FixtureFile[], options: CheckOptions, whole: AnalysisResult): void {
  const places = (findings: readonly Finding[]): string[] =>
    findings.map(({ rule, file, line, message }) => `${file}:${line}: ${message} [${rule}]`);
  for (const { path } of files.filter((file) => file.path.endsWith('.c'))) {
    const expected = places(whole.findings.filter((finding) => finding.file === path));
    expect(places(engineOf(files, options).analyse(path).findings)).toEqual(expected);
    // An editor has no index at first: then the folder is the context.
    expect(places(newEngine(files, options).analyse(path).findings)).toEqual(expected);
  }
}

/** Lines of no bearing above, as an unrelated patch adds them. */
const unrelated = `/* Of no bearing. */
static int unrelated_counter;

static int unrelated_helper(int value)
{
	return value + unrelated_counter;
}

`;

function checkFingerprints(files: readonly FixtureFile[], options: CheckOptions, whole: AnalysisResult): void {
  const moved = files.map(({ path, text }) => ({ path, text: path.endsWith('.c') ? unrelated + text : text }));
  const shown = ({ findings }: AnalysisResult, shift: number): unknown[] =>
    findings.map(({ rule, line, fingerprint }) => ({ rule, line: line + shift, fingerprint }));
  expect(shown(analyseFiles(moved, options), 0)).toEqual(shown(whole, unrelated.split('\n').length - 1));
}

/** The titles of the fixes that are offered for a fixture's findings; null for one that has none. */
export function fixesOf(fixture: string, options: CheckOptions = {}): { rule: string; fix: string | null }[] {
  const files = parseFixture(fixture);
  const engine = engineOf(files, options);
  return analyseFiles(files, options).findings.map(({ rule, file, fingerprint }) => ({
    rule,
    fix: engine.fixOf(file, fingerprint)?.title ?? null,
  }));
}

/**
 * Part of `npm run test:kernel`: puts single bugs into real files of the trees in PERNET_TREES, in memory, as
 * test/kernel/lines.json tells it, looks at where each finding stands and which places walk the path to it, and reviews
 * the change that brings the bug and the one that mends it.
 * `--show` prints what is found in each case, right or not.
 */
import fs from 'node:fs';
import path from 'node:path';
import { Engine, type Host } from '../engine/index.ts';
import { loadParser } from '../engine/parser.ts';
import { diskHost } from '../engine/tree.ts';
import type { Change } from '../review/change.ts';
import { review } from '../review/review.ts';
import type { Finding } from '../rules/index.ts';
import type { CParser } from '../syntax/index.ts';
import { changed, lineOf, type Anchor, type LineCase } from './kernel-lines/case.ts';

const root = path.join(__dirname, '../..');
const { cases } = JSON.parse(fs.readFileSync(path.join(root, 'test/kernel/lines.json'), 'utf8')) as {
  cases: readonly LineCase[];
};

/** What is wrong with one case in a tree; empty when nothing is. */
function check(parser: CParser, tree: string, each: LineCase): string[] {
  const host = diskHost(tree);
  const text = (file: string): string => {
    const read = host.readText(file);
    if ('error' in read) throw new Error(`${file}: ${read.error}`);
    return read.text;
  };
  const mutated = changed(text(each.file), each.edits);
  const engine = new Engine({ parser, host });
  const rule = `pernet/${each.rule}`;
  const isIt = (finding: Finding): boolean => finding.rule === rule && (finding.function ?? finding.ops) === each.at.in;
  const where = each.at.file ?? each.file;
  const before = engine.analyse(where).findings.filter(isIt);
  engine.setOverlay(each.file, mutated);
  const after = engine.analyse(where).findings;
  if (process.argv.includes('--show'))
    for (const f of after)
      console.log(
        [`  ${f.file}:${f.line} ${f.function ?? ''} ${f.rule}: ${f.message}`, ...f.related.map(lineText)].join('\n'),
      );
  const found = after.filter((finding) => isIt(finding) && !before.some((b) => b.fingerprint === finding.fingerprint));
  const [finding] = found;
  if (!finding) return [`${rule} is not found in ${each.at.in}()`];
  const wanted = (anchor: Anchor): string => {
    const file = anchor.file ?? each.file;
    return `${file}:${lineOf(file === each.file ? mutated : text(file), anchor)}`;
  };
  const place = `${finding.file}:${finding.line}`;
  const way = finding.related.map(({ file, line }) => `${file}:${line}`).join(' ');
  const wantedWay = each.related.map(wanted).join(' ');
  return [
    ...reviewed(parser, { tree: host, file: each.file, text: mutated, isIt }),
    ...(place === wanted(each.at) ? [] : [`it stands at ${place}, a reviewer's comment at ${wanted(each.at)}`]),
    ...(way === wantedWay ? [] : [`its related places are ${way || 'none'}, the path is ${wantedWay || 'none'}`]),
  ];
}

/** What is wrong with the reviews of the change that brings a bug, and of the one that mends it. */
function reviewed(
  parser: CParser,
  bug: { readonly tree: Host; readonly file: string; readonly text: string; readonly isIt: (f: Finding) => boolean },
): string[] {
  const { tree, file, isIt } = bug;
  const buggy: Host = {
    ...tree,
    readText: (path) => (path === file ? { text: bug.text } : tree.readText(path)),
  };
  const change = (before: Host, after: Host): Change => ({
    before,
    steps: [{ head: { title: file }, files: [{ from: file, to: file }], after }],
  });
  const shown = (findings: readonly Finding[]): string =>
    findings.map(({ rule, line }) => `${rule} in line ${line}`).join(', ') || 'nothing';
  return (
    [
      ['brings', review(change(tree, buggy), { parser })],
      ['mends', review(change(buggy, tree), { parser })],
    ] as const
  ).flatMap(([what, { introduced, mended }]) => {
    const [about, against] = what === 'brings' ? [introduced, mended] : [mended, introduced];
    if (about.some(isIt) && against.length === 0) return [];
    return [
      `the review of the change that ${what} it shows ${shown(introduced)} as new and ${shown(mended)} as mended`,
    ];
  });
}

function lineText({ file, line, message }: Finding['related'][number]): string {
  return `      ${file}:${line} ${message}`;
}

function versionOf(tree: string): string {
  const makefile = fs.readFileSync(path.join(tree, 'Makefile'), 'utf8');
  const part = (name: string): string => new RegExp(`^${name} = (\\d+)`, 'm').exec(makefile)?.[1] ?? '?';
  return `${part('VERSION')}.${part('PATCHLEVEL')}`;
}

async function main(): Promise<void> {
  const trees = (process.env['PERNET_TREES'] ?? '').split(':').filter((tree) => tree !== '');
  if (trees.length === 0) console.log('SKIPPED: PERNET_TREES names no kernel tree.');
  const parser = await loadParser();
  let failures = 0;
  for (const tree of trees) {
    const version = versionOf(tree);
    const here = cases.filter((each) => each.trees?.includes(version) ?? true);
    let right = 0;
    for (const each of here) {
      let wrong: string[];
      try {
        wrong = check(parser, tree, each);
      } catch (error) {
        wrong = [error instanceof Error ? error.message : String(error)];
      }
      if (wrong.length === 0) right++;
      for (const line of wrong) console.log(`FAILED: ${version}: ${each.rule} in ${each.file}: ${line}`);
      failures += wrong.length;
      // A binding that frees trees when the event loop turns gets its chance.
      await new Promise((resolve) => setImmediate(resolve));
    }
    const count = (of: (each: LineCase) => string): number => new Set(here.map(of)).size;
    console.log(
      `${tree} (${version}): ${right} of ${here.length} planted bugs shown where a reviewer would comment, new in the review that brings them and gone in the one that mends them (${count((each) => each.rule)} rules, ${count((each) => `${each.file} ${each.at.in}`)} functions)`,
    );
  }
  process.exitCode = failures === 0 ? 0 : 1;
}

void main();

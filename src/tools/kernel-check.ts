/**
 * `npm run test:kernel`: lints the kernel trees in PERNET_TREES (colon-separated) and compares with what was reviewed
 * (test/kernel/reviewed.json): the number of ops, the findings, how much is not analysed. Says so when there is no tree.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { checkBootOrder } from './kernel-check-boot.ts';

interface Reviewed {
  readonly ops: number;
  readonly mostNotAnalysed: number;
  readonly findings: readonly { rule: string; file: string; function?: string; ops?: string; verdict: string }[];
}
interface Linted {
  readonly findings: readonly {
    rule: string;
    file: string;
    line: number;
    function?: string;
    ops?: string;
    message: string;
  }[];
  readonly notAnalysed: readonly { file: string; line: number; function?: string; reason: string }[];
  readonly stats: { readonly ops: number; readonly ms: number };
}

const root = path.join(__dirname, '../..');
const { trees: reviewed } = JSON.parse(fs.readFileSync(path.join(root, 'test/kernel/reviewed.json'), 'utf8')) as {
  trees: Record<string, Reviewed>;
};
const trees = (process.env['PERNET_TREES'] ?? '').split(':').filter((tree) => tree !== '');
let failures = 0;

if (trees.length === 0) {
  console.log(
    'SKIPPED: PERNET_TREES names no kernel tree; `npm run fetch:kernel -- FOLDER` gets two and prints its value.',
  );
}
for (const tree of trees) check(tree);
process.exit(failures === 0 ? 0 : 1);

function check(tree: string): void {
  const version = versionOf(tree);
  for (const wrong of checkBootOrder(root, tree, version)) fail(tree, wrong);
  const run = spawnSync(
    process.execPath,
    [path.join(root, 'dist/cli.cjs'), 'lint', '--format', 'json', '--root', tree, tree],
    {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    },
  );
  if (run.status === 2 || run.stdout === '') {
    fail(tree, run.stderr.trim());
    return;
  }
  const { findings, notAnalysed, stats } = JSON.parse(run.stdout) as Linted;
  const expected = reviewed[version];
  console.log(
    `${tree} (${version}): ${stats.ops} ops, ${findings.length} findings, ${notAnalysed.length} not analysed, ${stats.ms} ms`,
  );
  for (const gap of notAnalysed)
    console.log(`    not analysed: ${gap.file}:${gap.line} ${gap.function ?? ''}: ${gap.reason}`);
  if (!expected) {
    fail(tree, `nothing was reviewed for ${version}`);
    return;
  }
  if (stats.ops !== expected.ops) fail(tree, `${stats.ops} ops found, ${expected.ops} are there`);
  if (notAnalysed.length > expected.mostNotAnalysed) fail(tree, `more than ${expected.mostNotAnalysed} not analysed`);
  const key = (f: { rule: string; file: string; function?: string; ops?: string }): string =>
    [f.rule, f.file, f.function ?? '', f.ops ?? ''].join(' ');
  const found = new Set(findings.map(key));
  const known = new Set(expected.findings.map(key));
  for (const finding of findings)
    if (!known.has(key(finding))) fail(tree, `not reviewed: ${key(finding)} line ${finding.line}: ${finding.message}`);
  for (const each of known) if (!found.has(each)) fail(tree, `no longer found: ${each}`);
}

function versionOf(tree: string): string {
  const makefile = fs.readFileSync(path.join(tree, 'Makefile'), 'utf8');
  const part = (name: string): string => new RegExp(`^${name} = (\\d+)`, 'm').exec(makefile)?.[1] ?? '?';
  return `${part('VERSION')}.${part('PATCHLEVEL')}`;
}

function fail(tree: string, message: string): void {
  failures++;
  console.log(`FAILED: ${tree}: ${message}`);
}

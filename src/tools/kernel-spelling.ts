/**
 * `npm run test:spelling -- [SPELLING…]`: writes each tree in PERNET_TREES in other ways (in a copy by links, in a temporary
 * folder) that change nothing of what the code does and no line, and lints it: the findings, and what is not analysed,
 * have to be those of the tree as it is. Without names all spellings are tried, each by itself.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { listTree } from '../engine/tree.ts';
import { linkTree } from './bench-tree/link-tree.ts';
import { respelt, spellings, type Spelling } from './kernel-spelling/spellings.ts';

interface Linted {
  readonly findings: readonly { rule: string; file: string; line: number; message: string }[];
  readonly notAnalysed: readonly { file: string; line: number; reason: string }[];
}

const cli = path.join(__dirname, '../cli.cjs');
const trees = (process.env['PERNET_TREES'] ?? '').split(':').filter((tree) => tree !== '');
const named = process.argv.slice(2);
const unknown = named.filter((name) => !(name in spellings));
if (unknown.length > 0) {
  console.error(`no such spelling: ${unknown.join(', ')}; there are: ${Object.keys(spellings).join(', ')}`);
  process.exit(2);
}
if (trees.length === 0)
  console.log(
    'SKIPPED: PERNET_TREES names no kernel tree; `npm run fetch:kernel -- FOLDER` gets two and prints its value.',
  );
let failures = 0;
for (const tree of trees) check(tree);
process.exit(failures === 0 ? 0 : 1);

function check(tree: string): void {
  const before = lint(tree);
  const sources = sourcesAround(tree);
  for (const [name, spelling] of Object.entries(spellings)) {
    if (named.length > 0 && !named.includes(name)) continue;
    const work = fs.mkdtempSync(path.join(os.tmpdir(), 'pernet-spelling-'));
    try {
      const copy = linkTree(tree, path.join(work, 'tree'), 1);
      const files = sources.filter((file) => respell(path.join(copy, file), spelling)).length;
      const after = lint(copy);
      const [lost, added] = [except(before, after), except(after, before)];
      console.log(`${tree}: ${name}, ${files} files: ${lost.length} lost, ${added.length} new of ${before.size}`);
      for (const line of lost) console.log(`FAILED: lost by ${name}: ${line}`);
      for (const line of added) console.log(`FAILED: new by ${name}: ${line}`);
      failures += lost.length + added.length;
    } finally {
      fs.rmSync(work, { recursive: true, force: true });
    }
  }
}

/** The sources of all folders in which one mentions pernet. */
function sourcesAround(tree: string): string[] {
  const sources = listTree(tree).files.filter((file) => file.endsWith('.c'));
  const mentioning = sources.filter((file) => fs.readFileSync(path.join(tree, file)).includes('pernet_'));
  const folders = new Set(mentioning.map((file) => path.posix.dirname(file)));
  return sources.filter((file) => folders.has(path.posix.dirname(file)));
}

/** Whether it made a difference. A link is replaced, not written through. */
function respell(file: string, spelling: Spelling): boolean {
  const text = fs.readFileSync(file, 'latin1');
  const now = respelt(text, spelling);
  if (now === text) return false;
  if (now.split('\n').length !== text.split('\n').length) throw new Error(`${file}: other lines`);
  fs.rmSync(file);
  fs.writeFileSync(file, now, 'latin1');
  return true;
}

/** What is said of a tree, by rule and line. */
function lint(tree: string): Map<string, string> {
  const { findings, notAnalysed } = JSON.parse(
    run(['lint', '--no-cache', '--format', 'json', '--root', tree, tree]),
  ) as Linted;
  return new Map([
    ...findings.map((f) => [`${f.file}:${f.line} ${f.rule}`, f.message] as const),
    ...notAnalysed.map((gap) => [`${gap.file}:${gap.line} not analysed`, gap.reason] as const),
  ]);
}

function run(args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (stdout === '') throw new Error(stderr);
  return stdout;
}

function except(these: ReadonlyMap<string, string>, those: ReadonlyMap<string, string>): string[] {
  return [...these].flatMap(([key, message]) => (those.has(key) ? [] : [`${key}: ${message}`]));
}

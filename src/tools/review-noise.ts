/**
 * `npm run bench:review -- [COUNT]`: makes a git repository of the pernet files of each tree in PERNET_TREES (in a temporary
 * folder), commits COUNT random edits that change nothing of what the code does, and reviews each commit: a review that says
 * anything of one is a false alarm. Prints how long a review takes.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { loadParser } from '../engine/parser.ts';
import { listTree } from '../engine/tree.ts';
import { rangeChange } from '../review/git-change.ts';
import { Git } from '../review/git.ts';
import { review } from '../review/review.ts';
import { edits, pick, randomFrom } from './review-noise/edits.ts';

const count = Number(process.argv[2] ?? '200');
const trees = (process.env['PERNET_TREES'] ?? '').split(':').filter((tree) => tree !== '');

async function main(): Promise<number> {
  if (trees.length === 0) {
    console.log(
      'SKIPPED: PERNET_TREES names no kernel tree; `npm run fetch:kernel -- FOLDER` gets two and prints its value.',
    );
    return 0;
  }
  let alarms = 0;
  for (const tree of trees) alarms += await check(tree);
  return alarms === 0 ? 0 : 1;
}

async function check(tree: string): Promise<number> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pernet-noise-'));
  try {
    const files = copyPernet(tree, folder);
    run(folder, 'init', '-q');
    run(folder, 'add', '-A');
    run(folder, 'commit', '-q', '-m', 'base');
    const made = commitEdits(folder, files);
    const times: number[] = [];
    let alarms = 0;
    const parser = await loadParser();
    for (const { commit, what } of made) {
      const start = performance.now();
      const result = review(rangeChange(Git.at(folder), commit), { parser });
      times.push(performance.now() - start);
      for (const { rule, file, line, message } of [...result.introduced, ...result.mended]) {
        alarms++;
        console.log(`FALSE ALARM: ${what}: ${file}:${line}: ${message} [${rule}]`);
      }
      for (const gap of result.notAnalysed) {
        alarms++;
        console.log(`FALSE ALARM: ${what}: ${gap.file}:${gap.line}: not analysed: ${gap.reason}`);
      }
      // The parser gives memory back when the event loop turns.
      await new Promise((resolve) => setImmediate(resolve));
    }
    times.sort((a, b) => a - b);
    const at = (share: number): number => Math.round(times[Math.floor((times.length - 1) * share)] ?? 0);
    console.log(
      `${tree}: ${made.length} unrelated commits in ${files.length} files, ${alarms} false alarms; ` +
        `a review takes ${at(0.5)} ms (median), ${at(0.95)} ms (95 %), ${at(1)} ms at most`,
    );
    return alarms;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** The files that mention pernet with what Kbuild says of their folders; the paths of the sources. */
function copyPernet(tree: string, folder: string): string[] {
  const sources = listTree(tree).files.filter(
    (file) => file.endsWith('.c') && fs.readFileSync(path.join(tree, file)).includes('pernet_'),
  );
  const beside = ['Makefile', 'Kbuild', 'Kconfig'];
  const around = [...new Set(sources.map((file) => path.posix.dirname(file)))].flatMap((each) =>
    beside.map((name) => path.posix.join(each, name)),
  );
  for (const file of [...sources, ...around, 'include/net/net_namespace.h']) {
    if (!fs.existsSync(path.join(tree, file))) continue;
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.copyFileSync(path.join(tree, file), path.join(folder, file));
  }
  return sources;
}

function commitEdits(folder: string, files: readonly string[]): { commit: string; what: string }[] {
  const random = randomFrom(6);
  const kinds = Object.entries(edits);
  const made: { commit: string; what: string }[] = [];
  for (let turn = 0; made.length < count && turn < count * 20; turn++) {
    const [name, edit] = kinds[turn % kinds.length]!;
    const file = pick(files, random)!;
    const full = path.join(folder, file);
    const text = edit(fs.readFileSync(full, 'utf8'), random);
    if (text === null) continue;
    fs.writeFileSync(full, text);
    run(folder, 'commit', '-q', '-a', '-m', name);
    made.push({ commit: run(folder, 'rev-parse', 'HEAD').trim(), what: `${name} (${file})` });
  }
  return made;
}

function run(folder: string, ...args: string[]): string {
  const who = [
    '-c',
    'user.name=noise',
    '-c',
    'user.email=noise@localhost',
    '-c',
    'commit.gpgsign=false',
    '-c',
    'gc.auto=0',
  ];
  const { status, stdout, stderr } = spawnSync('git', [...who, ...args], { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout;
}

void main().then((status) => {
  process.exitCode = status;
});

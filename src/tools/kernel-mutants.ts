/**
 * Part of `npm run test:kernel`: puts single bugs into a few real files of the trees in PERNET_TREES, in memory
 * (`bench:mutants` does it to all), and fails when less is found than test/kernel/mutants.json says has to be.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

interface Sample {
  /** The files that get the bugs: those whose path holds this. */
  readonly files: string;
  /** How many bugs there are at least to put in, and the share that is found at least. */
  readonly planted: number;
  readonly found: number;
}
interface Figures {
  readonly classes: readonly { readonly planted: number; readonly found: number; readonly failed: number }[];
}

const root = path.join(__dirname, '../..');
const { samples } = JSON.parse(fs.readFileSync(path.join(root, 'test/kernel/mutants.json'), 'utf8')) as {
  samples: readonly Sample[];
};
const trees = (process.env['PERNET_TREES'] ?? '').split(':').filter((tree) => tree !== '');
if (trees.length === 0) console.log('SKIPPED: PERNET_TREES names no kernel tree.');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pernet-mutants-'));
let failures = 0;
try {
  for (const tree of trees) for (const sample of samples) check(tree, sample);
} finally {
  fs.rmSync(folder, { recursive: true });
}
process.exit(failures === 0 ? 0 : 1);

function check(tree: string, sample: Sample): void {
  const json = path.join(folder, 'figures.json');
  const start = performance.now();
  const bench = [path.join(root, 'src/tools/run.mjs'), 'bench-mutants', tree];
  const run = spawnSync(process.execPath, [...bench, '--files', sample.files, '--json', json], { encoding: 'utf8' });
  if (run.status !== 0) {
    fail(tree, `mutants of ${sample.files}: ${run.stderr.trim()}`);
    return;
  }
  const { classes } = JSON.parse(fs.readFileSync(json, 'utf8')) as Figures;
  const sum = (of: 'planted' | 'found' | 'failed'): number => classes.reduce((all, each) => all + each[of], 0);
  const [planted, found] = [sum('planted'), sum('found')];
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${tree}: ${found} of ${planted} single bugs found in ${sample.files}, ${seconds} s`);
  if (sum('failed') > 0) fail(tree, `${sum('failed')} analyses of mutants of ${sample.files} failed`);
  if (planted < sample.planted)
    fail(tree, `${planted} bugs are put into ${sample.files}, fewer than ${sample.planted}`);
  if (found < planted * sample.found) {
    fail(tree, `less than ${sample.found * 100} % of the bugs in ${sample.files} are found`);
    console.log(run.stdout);
  }
}

function fail(tree: string, message: string): void {
  failures++;
  console.log(`FAILED: ${tree}: ${message}`);
}

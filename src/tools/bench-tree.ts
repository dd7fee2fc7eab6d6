/** `npm run bench:tree -- TREE [ROUNDS]`: the wall time of linting a whole tree beside `rg -l pernet_`, in turn. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const [tree, rounds = '5'] = process.argv.slice(2);
if (tree === undefined) {
  console.error('usage: npm run bench:tree -- TREE [ROUNDS]');
  process.exit(2);
}
const cli = path.join(__dirname, '../cli.cjs');
/** As the first line of dist/cli.cjs has it. */
const node = ['--max-semi-space-size=64'];

interface Timed {
  readonly ms: number;
  /** Peak resident memory in MB, where GNU time is there to say. */
  readonly peak: number | null;
}

function timed(command: string, args: readonly string[]): Timed {
  const hasTime = spawnSync('/usr/bin/time', ['--version']).status === 0;
  const start = performance.now();
  const run = hasTime
    ? spawnSync('/usr/bin/time', ['-f', 'peak %M', command, ...args], { maxBuffer: 1 << 28 })
    : spawnSync(command, args, { maxBuffer: 1 << 28 });
  const ms = performance.now() - start;
  if (run.error) {
    console.error(`${command}: ${run.error.message}`);
    process.exit(2);
  }
  // 0 and 1 are what rg and the linter say of what they found.
  if ((run.status ?? 2) > 1) {
    console.error(`${command} ended with ${run.status ?? 'a signal'}: ${run.stderr.toString().trim()}`);
    process.exit(2);
  }
  const peak = /peak (\d+)/.exec(run.stderr.toString());
  return { ms, peak: peak ? Math.round(Number(peak[1]) / 1024) : null };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

// One run of each beforehand, so that both read from the page cache, and that there is a result to take over.
timed('rg', ['-l', 'pernet_', tree]);
timed(process.execPath, [...node, cli, 'lint', '--root', tree, tree]);
const search: Timed[] = [];
const cold: Timed[] = [];
const warm: Timed[] = [];
for (let round = 0; round < Number(rounds); round++) {
  search.push(timed('rg', ['-l', 'pernet_', tree]));
  cold.push(timed(process.execPath, [...node, cli, 'lint', '--no-cache', '--root', tree, tree]));
  warm.push(timed(process.execPath, [...node, cli, 'lint', '--root', tree, tree]));
}
const rg = median(search.map((t) => t.ms));
console.log(`rg -l pernet_               ${rg.toFixed(0)} ms (median of ${rounds})`);
for (const [name, runs] of [
  ['nothing cached', cold],
  ['nothing changed', warm],
] as const) {
  const ms = median(runs.map((t) => t.ms));
  console.log(
    `pernet-lint, ${name.padEnd(15)} ${ms.toFixed(0)} ms, ${(ms / rg).toFixed(1)} times rg, peak ${runs[0]?.peak ?? '?'} MB`,
  );
}

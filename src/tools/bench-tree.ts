/**
 * `npm run bench:tree -- TREE [ROUNDS] [--in FOLDER]`: the wall time and peak memory of linting a whole tree beside
 * `rg -l pernet_`, in turn: nothing cached, nothing changed, one file changed (lines that move; code that differs); how
 * the cost grows with the tree; and what one thread spends its time on. The tree itself is left alone: a changed one is
 * made of links to its files in a folder beside it (or in FOLDER).
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { setUpV8 } from '../cli/v8.ts';
import { linkTree } from './bench-tree/link-tree.ts';
import { loadWasm } from '../syntax/index.ts';
import { phasesOf } from './bench-tree/phases.ts';

const { positionals, values } = parseArgs({ allowPositionals: true, options: { in: { type: 'string' } } });
const [given, rounds = '5'] = positionals;
if (given === undefined) {
  console.error('usage: npm run bench:tree -- TREE [ROUNDS] [--in FOLDER]');
  process.exit(2);
}
const tree = path.resolve(given);
const cli = path.join(__dirname, '../cli.cjs');
/** As the first line of dist/cli.cjs has it. */
const node = ['--max-semi-space-size=16'];

interface Timed {
  readonly ms: number;
  /** Peak resident memory in MB, where GNU time is there to say. */
  readonly peak: number | null;
  readonly output: string;
}

const hasTime = spawnSync('/usr/bin/time', ['--version']).status === 0;
const work = fs.mkdtempSync(path.join(values.in ?? path.dirname(tree), 'bench-tree-'));
process.on('exit', () => {
  fs.rmSync(work, { recursive: true, force: true });
});
const env = { ...process.env, XDG_CACHE_HOME: path.join(work, 'cache') };

function timed(command: string, args: readonly string[]): Timed {
  const options = { maxBuffer: 1 << 28, env };
  const start = performance.now();
  const run = hasTime
    ? spawnSync('/usr/bin/time', ['-f', 'peak %M', command, ...args], options)
    : spawnSync(command, args, options);
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
  return { ms, peak: peak ? Math.round(Number(peak[1]) / 1024) : null, output: run.stdout.toString() };
}

const search = (root: string): Timed => timed('rg', ['-l', 'pernet_', root]);
const lint = (root: string, ...more: string[]): Timed =>
  timed(process.execPath, [...node, cli, 'lint', '--root', root, ...more, root]);

function median(runs: readonly Timed[]): number {
  return runs.map(({ ms }) => ms).sort((a, b) => a - b)[runs.length >> 1]!;
}

function print(name: string, runs: readonly Timed[], beside: readonly Timed[]): void {
  const [ms, rg] = [median(runs), median(beside)];
  const peaks = runs.flatMap(({ peak }) => peak ?? []);
  const peak = peaks.length > 0 ? `, peak ${Math.max(...peaks)} MB` : '';
  console.log(`${name.padEnd(30)} ${ms.toFixed(0)} ms, ${(ms / rg).toFixed(1)} times rg${peak}`);
}

const whole = linkTree(tree, path.join(work, 'whole'), 1);
// One run of each beforehand, so that both read from the page cache, and that there is something to take over.
const mentioning = search(whole)
  .output.split('\n')
  .filter((file) => file.endsWith('.c'))
  .sort();
lint(whole);
const searches: Timed[] = [];
const runs = {
  'nothing cached': [] as Timed[],
  'nothing changed': [] as Timed[],
  'lines of a file moved': [] as Timed[],
  'code of a file changed': [] as Timed[],
};
/** Where a function registers ops: code that a lifecycle runs through. */
const registering = /^(\t+)(?=(?:\w+ = |return )?register_pernet_)/gm;
const sources = mentioning.filter((file) => fs.readFileSync(file, 'utf8').search(registering) >= 0);
for (let round = 0; round < Number(rounds); round++) {
  searches.push(search(whole));
  runs['nothing cached'].push(lint(whole, '--no-cache'));
  // A result is kept only where no folder changed in the two seconds before the run.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500);
  lint(whole);
  runs['nothing changed'].push(lint(whole));
  const file = sources[Math.floor(((round + 0.5) * sources.length) / Number(rounds))]!;
  const text = fs.readFileSync(file, 'utf8');
  // A link is replaced, not written through.
  fs.rmSync(file);
  fs.writeFileSync(file, `/* changed in round ${round} */\n${text}`);
  runs['lines of a file moved'].push(lint(whole));
  fs.writeFileSync(file, text.replaceAll(registering, `$1bench_tree_note(${round});\n$1`));
  runs['code of a file changed'].push(lint(whole));
}
console.log(`${'rg -l pernet_'.padEnd(30)} ${median(searches).toFixed(0)} ms (median of ${rounds})`);
for (const [name, all] of Object.entries(runs)) print(`pernet-lint, ${name}`, all, searches);
for (const [name, share] of [
  ['a quarter', 0.25],
  ['a half', 0.5],
] as const) {
  const part = linkTree(tree, path.join(work, name), share);
  search(part);
  print(`${name} of the tree, nothing cached`, [lint(part, '--no-cache')], [search(part)]);
  fs.rmSync(part, { recursive: true, force: true });
}
void printPhases();

async function printPhases(): Promise<void> {
  setUpV8();
  const wasm = (name: string): Buffer => fs.readFileSync(path.join(__dirname, '..', name));
  const parser = await loadWasm({ coreWasm: wasm('web-tree-sitter.wasm'), languageWasm: wasm('tree-sitter-c.wasm') });
  const phases = await phasesOf(whole, parser);
  console.log(
    `one thread, processor time: ${Object.entries(phases)
      .map(([phase, ms]) => `${phase} ${Math.round(Number(ms))} ms`)
      .join(', ')}`,
  );
  const analysis = (phases.context + phases.link + phases.analyse) / phases.read;
  console.log(`the analysis (context, link and analyse) is ${analysis.toFixed(1)} times reading`);
}

/**
 * `npm run bench:mutants -- TREE [--class C,…] [--files SUBSTRING,…] [--sample N] [--each N] [--near] [--jobs N] [--json
 * FILE]`: plants single lifecycle bugs into pristine kernel files, in memory, and says what share of each class the
 * engine finds. `--sample N` takes N files, evenly spaced; `--each N` takes N bugs of each class, evenly spaced over the
 * files; `--near` takes the files around each to say what the whole tree says of it.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Scanner } from '../engine/scan.ts';
import { diskHost } from '../engine/tree.ts';
import { loadWasm } from '../syntax/index.ts';
import { Bench, type FileResult } from './mutants/bench.ts';
import { chooseEach, type Counted } from './mutants/choose.ts';
import { mutantClasses, type MutantClass } from './mutants/index.ts';
import { figuresOf, reportOf } from './mutants/report.ts';

const dist = path.join(__dirname, '..');

interface Args {
  readonly tree: string;
  readonly classes: readonly MutantClass[];
  readonly files: readonly string[];
  readonly sample: number;
  readonly each: number;
  readonly near: boolean;
  readonly jobs: number;
  readonly json: string | undefined;
}

interface Given {
  readonly tree: string;
  readonly paths: readonly string[];
  readonly classes: readonly string[];
  readonly manyFiles: boolean;
  readonly near: boolean;
}

function usage(reason: string): never {
  console.error(
    `${reason}\nusage: npm run bench:mutants -- TREE [--class C,…] [--files SUBSTRING,…] [--sample N] [--each N] [--near] [--jobs N] [--json FILE]`,
  );
  process.exit(2);
}

function readArgs(): Args {
  const text = { type: 'string' } as const;
  const near = { type: 'boolean' } as const;
  const options = { class: text, files: text, sample: text, each: text, near, jobs: text, json: text };
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [tree] = positionals;
  if (tree === undefined || positionals.length > 1) usage('one TREE is wanted');
  if (!fs.statSync(tree, { throwIfNoEntry: false })?.isDirectory()) usage(`${tree} is not a folder`);
  const names = values.class?.split(',') ?? mutantClasses.map(({ name }) => name);
  const unknown = names.filter((name) => !mutantClasses.some((each) => each.name === name));
  if (unknown.length > 0)
    usage(`no class ${unknown.join(', ')}: there are ${mutantClasses.map(({ name }) => name).join(', ')}`);
  const number = (name: string, value: string | undefined, otherwise: number): number => {
    if (value !== undefined && !/^[1-9]\d*$/.test(value)) usage(`--${name} ${value}: a number from 1 is wanted`);
    return value === undefined ? otherwise : Number(value);
  };
  return {
    tree,
    classes: mutantClasses.filter(({ name }) => names.includes(name)),
    files: values.files?.split(',') ?? [''],
    sample: number('sample', values.sample, Infinity),
    each: number('each', values.each, Infinity),
    near: values.near === true,
    jobs: number('jobs', values.jobs, os.availableParallelism()),
    json: values.json,
  };
}

/** What a thread is asked of a file: how many bugs it has a place for, or to plant those that are chosen (else all). */
interface Task {
  readonly file: string;
  readonly isCount: boolean;
  readonly chosen?: ReadonlyMap<string, readonly number[]> | undefined;
}

/** Threads that plant bugs; tasks are dealt out to them, and the answers come back in the order of the tasks. */
class Planters {
  private readonly workers: readonly Worker[];
  private isInterrupted = false;

  constructor(given: Given, jobs: number) {
    this.workers = Array.from(
      { length: jobs },
      () => new Worker(__filename, { workerData: given, resourceLimits: { maxYoungGenerationSizeMb: 96 } }),
    );
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => (this.isInterrupted = true));
  }

  /** Interrupted, it begins no other task, and gives the answers that there are. */
  async all<Answer>(tasks: readonly Task[]): Promise<Answer[]> {
    const answers = new Map<Task, Answer>();
    const queue = [...tasks];
    const next = (): Task | undefined => (this.isInterrupted ? undefined : queue.shift());
    await Promise.all(
      this.workers.map(async (worker) => {
        for (let task = next(); task; task = next()) {
          answers.set(task, await ask<Answer>(worker, task));
          if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${answers.size}/${tasks.length} ${task.file}`);
        }
      }),
    );
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    return tasks.flatMap((task) => answers.get(task) ?? []);
  }

  async end(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }
}

function ask<Answer>(worker: Worker, task: Task): Promise<Answer> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (answer: Answer) => {
      worker.off('error', reject);
      resolve(answer);
    });
    worker.postMessage(task);
  });
}

async function main(): Promise<void> {
  const args = readArgs();
  const scanner = new Scanner({
    root: args.tree,
    jobs: args.jobs,
    config: null,
    workerFile: path.join(dist, 'worker.cjs'),
  });
  const found = await scanner.find([{ kind: 'below', path: '' }]);
  await scanner.close();
  const paths = found.hits.map((hit) => hit.path);
  const candidates = paths.filter(
    (file) =>
      file.endsWith('.c') &&
      args.files.some((part) => file.includes(part)) &&
      fs.readFileSync(path.join(args.tree, file), 'utf8').includes('pernet_operations'),
  );
  const step = Math.max(1, candidates.length / args.sample);
  const files = candidates.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
  const start = performance.now();
  const given = {
    tree: args.tree,
    paths,
    classes: args.classes.map(({ name }) => name),
    manyFiles: files.length > 40 * args.jobs,
    near: args.near,
  };
  const planters = new Planters(given, Math.min(args.jobs, files.length));
  const tasks = Number.isFinite(args.each)
    ? await chosenTasks(planters, files, args.each)
    : files.map((file) => ({ file, isCount: false }));
  const results = await planters.all<FileResult>(tasks);
  await planters.end();
  const seconds = (performance.now() - start) / 1000;
  const all = results.flatMap((file) => file.results);
  for (const line of reportOf(args.classes, results)) console.log(line);
  const rate = (all.length / seconds).toFixed(1);
  const wide = results.filter((file) => file.wide).length;
  if (wide > 0) console.log(`${wide} files were looked at with the whole tree as index`);
  if (results.length < tasks.length)
    console.log(`interrupted: ${tasks.length - results.length} files were not looked at`);
  console.log(`${results.length} files, ${all.length} mutants in ${seconds.toFixed(1)} s, ${rate} mutants/s`);
  if (args.json !== undefined) {
    const classes = args.classes.map(({ name, expected, order }) => ({
      name,
      expected,
      ...(order ? { order } : {}),
      ...figuresOf(all.filter((result) => result.class === name)),
    }));
    fs.writeFileSync(args.json, `${JSON.stringify({ tree: args.tree, classes, files: results }, null, 1)}\n`);
  }
}

async function chosenTasks(planters: Planters, files: readonly string[], each: number): Promise<Task[]> {
  const counts = await planters.all<Counted>(files.map((file) => ({ file, isCount: true })));
  const chosen = chooseEach(counts, each);
  return files.flatMap((file) => (chosen.has(file) ? [{ file, isCount: false, chosen: chosen.get(file) }] : []));
}

async function work(given: Given): Promise<void> {
  const wasm = (name: string): Uint8Array => fs.readFileSync(path.join(dist, name));
  const parser = await loadWasm({
    coreWasm: wasm('web-tree-sitter.wasm'),
    languageWasm: wasm('tree-sitter-c.wasm'),
  });
  const bench = new Bench(parser, diskHost(given.tree), given.paths, given);
  parentPort?.on('message', ({ file, isCount, chosen }: Task) => {
    if (isCount) parentPort?.postMessage({ file, counts: bench.count(file, given.classes) } satisfies Counted);
    else void bench.run(file, given.classes, chosen).then((result) => parentPort?.postMessage(result));
  });
}

if (isMainThread) void main();
else void work(workerData as Given);

import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { CParser } from '../syntax/index.ts';
import { configurationOf, without } from './config.ts';
import { factsOf, type ReadResult } from './files.ts';
import { findIn, hashOf, readBytes, type FindResult, type Hit, type ScanRequest } from './find.ts';
import { packed, unpacked } from './packed.ts';
import { loadParser } from './parser.ts';
import { splitTree } from './tree.ts';

/** What a thread is asked: which files of a part mention pernet, or what one file's facts are. */
export type Task = { readonly do: 'find'; readonly unit: ScanRequest } | { readonly do: 'read'; readonly path: string };
export type Answer = FindResult | ReadFile;

export interface ReadFile extends Hit {
  /** The text that was read, by which a later reader knows whether the facts are still its. */
  readonly text: string;
  readonly result: ReadResult;
  /** The facts with each option off that leaves pernet code of it out. */
  readonly hidden: readonly { readonly off: string; readonly result: ReadResult }[];
}

/** What a thread sends: facts as a text, which costs its receiver little until a body is asked for. */
export type Sent = FindResult | SentFile;

interface SentFile extends Omit<ReadFile, 'result' | 'hidden'> {
  readonly packed: string;
  readonly hidden: readonly { readonly off: string; readonly packed: string }[];
}

export interface ScanOptions {
  readonly root: string;
  /** Worker threads; 1 works in this thread. */
  readonly jobs: number;
  /** A kernel configuration by option; null: every option is on. */
  readonly config: Readonly<Record<string, boolean>> | null;
  /** What this thread reads with; default: the parser for this program. */
  readonly parser?: CParser;
  /** The bundled worker, beside the program. */
  readonly workerFile: string;
}

/** So many files are read before threads would have started. */
const fewFiles = 4;

interface Means {
  readonly root: string;
  readonly config: ScanOptions['config'];
  readonly parser: CParser | null;
}

/** Looks through a tree in threads. The answers do not depend on how many there are. */
export class Scanner {
  private workers: Worker[] | null = null;
  private parser: CParser | null = null;

  constructor(private readonly options: ScanOptions) {}

  /** The files of some parts of the tree that mention pernet, sorted. */
  async find(paths: readonly ScanRequest[]): Promise<FindResult> {
    const units = paths.flatMap((unit) => (unit.kind === 'below' ? splitTree(this.options.root, unit.path) : [unit]));
    const results = (await this.run(units.map((unit) => ({ do: 'find', unit })))) as FindResult[];
    const hits = new Map(results.flatMap((result) => result.hits).map((hit) => [hit.path, hit]));
    return {
      files: results.reduce((sum, result) => sum + result.files, 0),
      hits: [...hits.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
      unreadable: results.flatMap((result) => result.unreadable).sort((a, b) => (a.file < b.file ? -1 : 1)),
      seen: {
        folders: results.flatMap(({ seen }) => seen.folders).sort((a, b) => (a.path < b.path ? -1 : 1)),
        guards: [...new Set(results.flatMap(({ seen }) => seen.guards))].sort(),
      },
    };
  }

  /** The facts of some files, in the order of their paths. */
  async read(paths: readonly string[]): Promise<ReadFile[]> {
    const read = (await this.run(paths.map((each) => ({ do: 'read', path: each })))) as ReadFile[];
    return read.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    await Promise.all((this.workers ?? []).map((worker) => worker.terminate()));
    this.workers = null;
  }

  private async run(tasks: readonly Task[]): Promise<Answer[]> {
    const isSoonDone = this.workers === null && tasks.length <= fewFiles && tasks.every((task) => task.do === 'read');
    return this.options.jobs <= 1 || isSoonDone ? this.runHere(tasks) : this.runInWorkers(tasks);
  }

  private async runHere(tasks: readonly Task[]): Promise<Answer[]> {
    const { root, config } = this.options;
    const answers: Answer[] = [];
    for (const task of tasks) {
      if (task.do === 'read') this.parser ??= this.options.parser ?? (await loadParser());
      answers.push(answer(task, { root, config, parser: this.parser }));
      // The native parser gives memory back when the event loop turns.
      await new Promise((resolve) => setImmediate(resolve));
    }
    return answers;
  }

  private runInWorkers(tasks: readonly Task[]): Promise<Answer[]> {
    const { root, config, workerFile, jobs } = this.options;
    this.workers ??= Array.from(
      { length: jobs },
      () => new Worker(workerFile, { workerData: { root, config }, resourceLimits: { maxYoungGenerationSizeMb: 32 } }),
    );
    const workers = this.workers;
    return new Promise((resolve, reject) => {
      const answers: Answer[] = [];
      let next = 0;
      if (tasks.length === 0) resolve(answers);
      for (const worker of workers) {
        const feed = (): void => {
          const task = tasks[next++];
          if (task) worker.postMessage(task);
        };
        worker.removeAllListeners('message').removeAllListeners('error');
        worker.on('error', reject);
        worker.on('message', (message: Sent) => {
          answers.push(received(message));
          if (answers.length === tasks.length) resolve(answers);
          else feed();
        });
        feed();
      }
    });
  }
}

/** One task done. */
export function answer(task: Task, means: Means): Answer {
  if (task.do === 'find') return findIn(task.unit, means.root);
  const bytes = readBytes(path.join(means.root, task.path));
  if (typeof bytes === 'string') return { path: task.path, hash: '', text: '', result: { error: bytes }, hidden: [] };
  const hash = hashOf(bytes);
  const text = bytes.toString('utf8');
  const { parser } = means;
  if (!parser) throw new Error('a file is to be read without a parser');
  const configuration = configurationOf(means.config);
  const result = factsOf(parser, task.path, text, configuration);
  // A given configuration is the only one that is looked at.
  const options = means.config === null && 'facts' in result ? result.facts.hiddenBy : [];
  const hidden = options.map((off) => ({
    off,
    result: factsOf(parser, task.path, text, without(configuration, off)),
  }));
  return { path: task.path, hash, text, result, hidden };
}

export function sent(answered: Answer): Sent {
  if (!('result' in answered)) return answered;
  const { result, hidden, ...rest } = answered;
  return {
    ...rest,
    packed: packed(result),
    hidden: hidden.map((each) => ({ off: each.off, packed: packed(each.result) })),
  };
}

function received(message: Sent): Answer {
  if (!('packed' in message)) return message;
  const { packed: text, hidden, ...rest } = message;
  return {
    ...rest,
    result: unpacked(text),
    hidden: hidden.map((each) => ({ off: each.off, result: unpacked(each.packed) })),
  };
}

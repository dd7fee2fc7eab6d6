import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import type { EngineOptions } from './engine.ts';
import type { Resumable } from './resume.ts';
import { packed } from './packed.ts';
import type { PartResult } from './part.ts';
import type { HelpedBy, Helpers, PartJob } from './part-jobs.ts';

/** What a thread looks at, and what it is set to. */
export interface Given {
  readonly root: string;
  readonly options: Pick<EngineOptions, 'config' | 'dialect' | 'severities' | 'pairs'>;
  /** Facts of all files, as texts (`packed`). */
  readonly facts: readonly string[];
  /** What Kbuild says of each file. */
  readonly modules: Resumable['modules'];
  readonly port: MessagePort;
}

/** Jobs that all threads take from: `counts` has how many were taken, and how many of those others do are done. */
export interface Batch {
  readonly number: number;
  readonly jobs: readonly PartJob[];
  readonly order: readonly number[];
  readonly counts: Int32Array<SharedArrayBuffer>;
}

/** The places in `Batch.counts`. */
export const taken = 0;
export const done = 1;

/** What a thread answers to one job; an error where it could not do it. */
export interface Done {
  readonly batch: number;
  readonly at: number;
  readonly result: PartResult | null;
  /** Files that it has looked into since the last job. */
  readonly asked: readonly string[];
}

/** Fewer jobs than this are done before threads would have started. */
const fewJobs = 24;
/** So long a thread may take for one job, in milliseconds, before this thread does what is left itself. */
const patienceMs = 120_000;

interface Thread {
  readonly worker: Worker;
  readonly port: MessagePort;
}

/** Threads that make parts of an analysis beside this one. Which thread makes what makes no difference to what it comes to. */
export class Analysts implements Helpers {
  private threads: Thread[] | null = null;
  private batches = 0;

  constructor(
    private readonly options: {
      /** The bundled thread, beside the program. */
      readonly workerFile: string;
      readonly root: string;
      /** So many threads beside this one. */
      readonly count: number;
      readonly engine: Given['options'];
    },
  ) {}

  make(jobs: readonly PartJob[], of: HelpedBy): PartResult[] {
    const results = new Array<PartResult | undefined>(jobs.length);
    if (this.options.count > 0 && (this.threads !== null || jobs.length >= fewJobs)) this.share(jobs, of, results);
    return jobs.map((_, at) => results[at] ?? of.here(at));
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    for (const { port } of this.threads ?? []) port.close();
    await Promise.all((this.threads ?? []).map(({ worker }) => worker.terminate()));
    this.threads = null;
  }

  /** Does jobs as the others do: each takes the next one until there is none. */
  private share(jobs: readonly PartJob[], of: HelpedBy, results: (PartResult | undefined)[]): void {
    const { order, here } = of;
    this.threads ??= this.begin(of);
    const counts = new Int32Array(new SharedArrayBuffer(8));
    const number = ++this.batches;
    for (const { port } of this.threads) port.postMessage({ number, jobs, order, counts } satisfies Batch);
    let own = 0;
    for (let next = Atomics.add(counts, taken, 1); next < order.length; next = Atomics.add(counts, taken, 1)) {
      results[order[next]!] = here(order[next]!);
      own++;
    }
    // What a thread does not answer in time, this one does itself.
    for (let seen = 0; seen < order.length - own;) {
      if (Atomics.wait(counts, done, seen, patienceMs) === 'timed-out') return;
      seen = Atomics.load(counts, done);
      this.receive(results, of);
    }
  }

  private begin({ facts, modules: known }: HelpedBy): Thread[] {
    const { root, engine, workerFile, count } = this.options;
    const texts = facts.map((each) => packed({ facts: each }));
    const modules = Object.fromEntries([...known].map(([file, info]) => [file, info ?? null]));
    return Array.from({ length: count }, () => {
      const { port1, port2 } = new MessageChannel();
      const workerData: Given = { root, options: engine, facts: texts, modules, port: port2 };
      const worker = new Worker(workerFile, {
        workerData,
        transferList: [port2],
        resourceLimits: { maxYoungGenerationSizeMb: 32 },
      });
      // One that cannot go on is not waited for: what it has not done is done here.
      worker.on('error', () => undefined);
      return { worker, port: port1 };
    });
  }

  private receive(results: (PartResult | undefined)[], { onAsked }: HelpedBy): void {
    for (const { port } of this.threads ?? [])
      for (let got = receiveMessageOnPort(port); got; got = receiveMessageOnPort(port)) {
        const { batch, at, result, asked } = got.message as Done;
        if (result && batch === this.batches) results[at] = result;
        for (const file of asked) onAsked(file);
      }
  }
}

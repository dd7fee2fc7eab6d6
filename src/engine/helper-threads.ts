import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import type { Pair } from '../lifecycle/index.ts';
import type { ModuleInfo } from '../program/index.ts';
import type { Severity } from '../rules/index.ts';
import { packed, unpacked } from './packed.ts';
import type { PartResult } from './part.ts';
import type { FileRead, Helping, SharedPart, Sharing, AskedFile } from './helping.ts';

/** What an analysis is set to, as another thread is told of it. */
export interface HelperOptions {
  readonly root: string;
  readonly config: Readonly<Record<string, boolean>> | null;
  readonly severities: Readonly<Record<string, Severity | 'off'>>;
  readonly pairs: readonly Pair[];
}

export interface HelperData extends HelperOptions {
  readonly port: MessagePort;
  readonly beat: Int32Array;
}

/** What a helper is told: to link a program by itself, or to do what it can of a round of work. */
export type HelperTask =
  | {
      readonly do: 'link';
      /** The dialect's name. */
      readonly dialect: string;
      /** The facts of each file (`packed`), in their order. */
      readonly files: readonly string[];
      readonly modules: Readonly<Record<string, ModuleInfo | null>>;
    }
  | (Round & { readonly do: 'read'; readonly items: readonly AskedFile[] })
  | (Round & { readonly do: 'make'; readonly items: readonly SharedPart[] });

/** A number of things to do, and who is at which (`itemState`). */
export interface Round {
  readonly number: number;
  readonly states: Int32Array;
}

/** What a helper made of an item: a part, or a file as it was read. */
export interface Helped {
  readonly round: number;
  readonly item: number;
  readonly result: PartResult | PackedRead;
}

/** A file's text, and what was read of it (`packed`). */
export interface PackedRead {
  readonly text: string;
  readonly packed: string;
}

/** How it stands with an item. Whoever gets it from `free` to `taken` does it; `left`: whoever took it could not. */
export const itemState = { free: 0, taken: 1, helped: 2, made: 3, left: 4 } as const;

/** A helper that was at work and of which nothing is heard for so long (ms) is gone. Following one function takes less. */
const longestSilence = 10_000;

/**
 * Threads that read files, link the program as well and make parts of its analysis beside the one that asks. The asking
 * thread never turns its event loop meanwhile: all is said by memory that is shared, and by ports that are read when it
 * says so.
 */
export class HelperThreads implements Helping {
  private readonly workers: Worker[] = [];
  private ports: MessagePort[] = [];
  private rounds = 0;
  private isLinked = false;
  private readonly beat = new Int32Array(new SharedArrayBuffer(4));

  constructor(
    private readonly options: HelperOptions & {
      readonly threads: number;
      /** The bundled helper, beside the program. */
      readonly helperFile: string;
      /** How long nothing may be heard of a helper that is at work, in ms. */
      readonly silence?: number;
    },
  ) {}

  read(items: readonly AskedFile[]): Sharing<FileRead> {
    const shared = this.begin<PackedRead>(items.length, (round) => ({ do: 'read', items, ...round }));
    return {
      claim: (item) => shared.claim(item),
      resultOf: (item) => {
        const read = shared.resultOf(item);
        return read && { text: read.text, result: unpacked(read.packed) };
      },
    };
  }

  share(items: readonly SharedPart[], of: Parameters<Helping['share']>[1]): Sharing<PartResult> {
    if (!this.isLinked) this.link(of);
    return this.begin<PartResult>(items.length, (round) => ({ do: 'make', items, ...round }));
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    const workers = this.workers.splice(0);
    this.ports = [];
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  private begin<T extends Helped['result']>(size: number, task: (round: Round) => HelperTask): SharedRound<T> {
    const { ports, beat } = this;
    const round = { number: ++this.rounds, states: new Int32Array(new SharedArrayBuffer(size * 4)) };
    this.tell(task(round));
    return new SharedRound(round, { ports, beat, silence: this.options.silence ?? longestSilence });
  }

  private link({ read, dialect, moduleInfo }: Parameters<Helping['share']>[1]): void {
    this.isLinked = true;
    if (this.options.threads === 0) return;
    const files = read.facts.map((facts) => packed({ facts }));
    const modules = Object.fromEntries(read.facts.map(({ file }) => [file, moduleInfo(file) ?? null]));
    this.tell({ do: 'link', dialect: dialect.name, files, modules });
  }

  private tell(task: HelperTask): void {
    if (this.workers.length === 0) this.start();
    for (const worker of this.workers) worker.postMessage(task);
  }

  private start(): void {
    const { threads, helperFile, root, config, severities, pairs } = this.options;
    for (let count = 0; count < threads; count++) {
      const { port1, port2 } = new MessageChannel();
      const workerData: HelperData = { root, config, severities, pairs, beat: this.beat, port: port2 };
      const worker = new Worker(helperFile, {
        workerData,
        transferList: [port2],
        resourceLimits: { maxYoungGenerationSizeMb: 24, maxOldGenerationSizeMb: 160 },
      });
      // What a helper that cannot go on leaves is done by who asked.
      worker.on('error', () => undefined);
      worker.unref();
      this.workers.push(worker);
      this.ports.push(port1);
    }
  }
}

class SharedRound<T extends Helped['result']> implements Sharing<T> {
  private readonly results = new Map<number, T>();

  constructor(
    private readonly round: Round,
    private readonly helpers: {
      readonly ports: readonly MessagePort[];
      readonly beat: Int32Array;
      readonly silence: number;
    },
  ) {}

  claim(item: number): boolean {
    return Atomics.compareExchange(this.round.states, item, itemState.free, itemState.taken) === itemState.free;
  }

  resultOf(item: number): T | null {
    const { beat, silence } = this.helpers;
    const { states } = this.round;
    for (let last = Atomics.load(beat, 0); Atomics.load(states, item) === itemState.helped;) {
      const end = Atomics.wait(states, item, itemState.helped, silence);
      const now = Atomics.load(beat, 0);
      if (end === 'timed-out' && now === last) return null;
      last = now;
    }
    if (Atomics.load(states, item) !== itemState.made) return null;
    this.receive();
    return this.results.get(item) ?? null;
  }

  private receive(): void {
    for (const port of this.helpers.ports) {
      for (let got = receiveMessageOnPort(port); got; got = receiveMessageOnPort(port)) {
        const { round, item, result } = got.message as Helped;
        // What was not waited for any longer is of an earlier round.
        if (round === this.round.number) this.results.set(item, result as T);
      }
    }
  }
}

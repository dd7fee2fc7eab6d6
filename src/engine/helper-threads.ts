import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import type { Pair } from '../lifecycle/index.ts';
import type { ModuleInfo } from '../program/index.ts';
import type { Severity } from '../rules/index.ts';
import { packed } from './packed.ts';
import type { PartResult } from './part.ts';
import type { Helping, SharedPart, Sharing } from './parts.ts';

/** What an analysis is set to, as another thread is told of it. */
export interface HelperOptions {
  readonly root: string;
  readonly config: Readonly<Record<string, boolean>> | null;
  readonly severities: Readonly<Record<string, Severity | 'off'>>;
  readonly pairs: readonly Pair[];
}

/** All that a helper is given to link the program by itself. */
export interface HelperData extends HelperOptions {
  /** Its name. */
  readonly dialect: string;
  /** The facts of each file (`packed`), in their order. */
  readonly files: readonly string[];
  readonly modules: Readonly<Record<string, ModuleInfo | null>>;
  readonly port: MessagePort;
  readonly beat: Int32Array;
}

/** Parts to make, and who is at which (`PartState`). */
export interface Round {
  readonly number: number;
  readonly parts: readonly SharedPart[];
  readonly states: Int32Array;
}

/** What a helper made. */
export interface HelpedPart {
  readonly round: number;
  readonly part: number;
  readonly result: PartResult;
}

/** How it stands with a part. Whoever gets it from `free` to `taken` makes it; `left`: whoever took it could not. */
export const partState = { free: 0, taken: 1, helped: 2, made: 3, left: 4 } as const;

/** A helper that was at work and of which nothing is heard for so long (ms) is gone. Following one function takes less. */
const longestSilence = 10_000;

/**
 * Threads that link the program as well and make parts of its analysis beside the one that asks. The asking thread never
 * turns its event loop meanwhile: all is said by memory that is shared, and by ports that are read when it says so.
 */
export class HelperThreads implements Helping {
  private readonly workers: Worker[] = [];
  private ports: MessagePort[] = [];
  private rounds = 0;
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

  share(parts: readonly SharedPart[], of: Parameters<Helping['share']>[1]): Sharing {
    if (this.workers.length === 0) this.start(of);
    const states = new Int32Array(new SharedArrayBuffer(parts.length * 4));
    const { ports, beat } = this;
    const round: Round = { number: ++this.rounds, parts, states };
    for (const worker of this.workers) worker.postMessage(round);
    return new SharedRound(round, { ports, beat, silence: this.options.silence ?? longestSilence });
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    const workers = this.workers.splice(0);
    this.ports = [];
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  private start({ read, dialect, moduleInfo }: Parameters<Helping['share']>[1]): void {
    const { threads, helperFile, root, config, severities, pairs } = this.options;
    const files = read.facts.map((facts) => packed({ facts }));
    const modules = Object.fromEntries(read.facts.map(({ file }) => [file, moduleInfo(file) ?? null]));
    for (let count = 0; count < threads; count++) {
      const { port1, port2 } = new MessageChannel();
      const data = { root, config, severities, pairs, dialect: dialect.name, files, modules, beat: this.beat };
      const workerData: HelperData = { ...data, port: port2 };
      const worker = new Worker(helperFile, {
        workerData,
        transferList: [port2],
        resourceLimits: { maxYoungGenerationSizeMb: 24, maxOldGenerationSizeMb: 160 },
      });
      // What a helper that cannot go on leaves is made here.
      worker.on('error', () => undefined);
      worker.unref();
      this.workers.push(worker);
      this.ports.push(port1);
    }
  }
}

class SharedRound implements Sharing {
  private readonly results = new Map<number, PartResult>();

  constructor(
    private readonly round: Round,
    private readonly helpers: {
      readonly ports: readonly MessagePort[];
      readonly beat: Int32Array;
      readonly silence: number;
    },
  ) {}

  claim(part: number): boolean {
    return Atomics.compareExchange(this.round.states, part, partState.free, partState.taken) === partState.free;
  }

  resultOf(part: number): PartResult | null {
    const { beat, silence } = this.helpers;
    const { states } = this.round;
    for (let last = Atomics.load(beat, 0); Atomics.load(states, part) === partState.helped;) {
      const end = Atomics.wait(states, part, partState.helped, silence);
      const now = Atomics.load(beat, 0);
      if (end === 'timed-out' && now === last) return null;
      last = now;
    }
    if (Atomics.load(states, part) !== partState.made) return null;
    this.receive();
    return this.results.get(part) ?? null;
  }

  private receive(): void {
    for (const port of this.helpers.ports) {
      for (let got = receiveMessageOnPort(port); got; got = receiveMessageOnPort(port)) {
        const { round, part, result } = got.message as HelpedPart;
        // What was not waited for any longer is of an earlier round.
        if (round === this.round.number) this.results.set(part, result);
      }
    }
  }
}

import { Worker, parentPort, workerData } from 'node:worker_threads';
import { loadParser } from '../engine/parser.ts';
import { Cancelled, ThreadDied, type Analyser, type Method, type Note, type Requests } from './work.ts';
import { Workroom } from './workroom.ts';

type ToThread =
  | ({ readonly kind: 'note' } & Note)
  | {
      readonly kind: 'ask';
      readonly id: number;
      readonly stamp: number;
      readonly method: Method;
      readonly params: unknown;
    };

type FromThread =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly cancelled: true }
  | { readonly id: number; readonly error: string };

/** What a thread is started with: the number that a request to give up raises. */
export interface ThreadData {
  readonly role: 'analyse';
  readonly stamp: Int32Array;
}

/** Whether a request is only of use while its document stays as it is. */
function isGivenUp(method: Method): boolean {
  return method === 'analyse' || method === 'fix' || method === 'fixes';
}

interface Waiting {
  readonly method: Method;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Analyses in a thread of its own, so that the server can hear and answer meanwhile. A thread that dies is replaced by
 * one that is told the same.
 */
export class ThreadAnalyser implements Analyser {
  private readonly stamp = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  private readonly waiting = new Map<number, Waiting>();
  private readonly texts = new Map<string, string>();
  private folders: readonly string[] = [];
  private worker: Worker | undefined;
  private last = 0;

  constructor(
    /** The script whose `serveAsThread` the thread runs. */
    private readonly file: string,
    /** Told, with the reason, each time a thread has died. */
    private readonly onDeath: (reason: string) => void,
  ) {}

  tell(note: Note): void {
    if (note.note === 'folders') this.folders = note.folders;
    if (note.note === 'text') {
      if (note.text === null) this.texts.delete(note.uri);
      else this.texts.set(note.uri, note.text);
    }
    this.send({ kind: 'note', ...note });
  }

  ask<M extends Method>(method: M, params: Requests[M]['params']): Promise<Requests[M]['result']> {
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { method, resolve: resolve as Waiting['resolve'], reject });
      this.send({ kind: 'ask', id, stamp: Atomics.load(this.stamp, 0), method, params });
    });
  }

  giveUp(): void {
    if ([...this.waiting.values()].some(({ method }) => isGivenUp(method))) Atomics.add(this.stamp, 0, 1);
  }

  close(): void {
    const { worker } = this;
    this.worker = undefined;
    worker?.removeAllListeners();
    void worker?.terminate();
  }

  private send(message: ToThread): void {
    (this.worker ??= this.start()).postMessage(message);
  }

  private start(): Worker {
    const workerData: ThreadData = { role: 'analyse', stamp: this.stamp };
    const worker = new Worker(this.file, { workerData, resourceLimits: { maxYoungGenerationSizeMb: 64 } });
    let reason = '';
    worker.on('message', (message: FromThread) => {
      this.hear(message);
    });
    worker.on('error', (error: Error) => {
      reason = error.message;
    });
    worker.on('exit', (code) => {
      this.died(reason === '' ? `it ended with status ${code}` : reason);
    });
    worker.postMessage({ kind: 'note', note: 'folders', folders: this.folders } satisfies ToThread);
    for (const [uri, text] of this.texts)
      worker.postMessage({ kind: 'note', note: 'text', uri, text } satisfies ToThread);
    return worker;
  }

  private hear(message: FromThread): void {
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (!waiting) return;
    if ('result' in message) waiting.resolve(message.result);
    else if ('cancelled' in message) waiting.reject(new Cancelled());
    else waiting.reject(new Error(message.error));
  }

  /** The next thread is started when there is something for it to do. */
  private died(reason: string): void {
    this.worker = undefined;
    const lost = [...this.waiting.values()];
    this.waiting.clear();
    this.onDeath(reason);
    for (const { reject } of lost) reject(new ThreadDied(reason));
  }
}

/** The thread's own part: hears until the server ends it. */
export function serveAsThread(): void {
  const port = parentPort;
  if (!port) throw new Error('this is no thread');
  const { stamp } = workerData as ThreadData;
  let current = 0;
  const checkpoint = (): void => {
    if (Atomics.load(stamp, 0) !== current) throw new Cancelled();
  };
  const room = loadParser().then((parser) => new Workroom(parser, checkpoint));
  port.on('message', (message: ToThread) => {
    void room.then((ready) => {
      if (message.kind === 'note') {
        ready.hear(message);
        return;
      }
      const { id, method, params } = message;
      current = message.stamp;
      port.postMessage(
        answerOf(id, () => {
          if (isGivenUp(method)) checkpoint();
          return ready.answer(method, params as never);
        }),
      );
    });
  });
}

function answerOf(id: number, make: () => unknown): FromThread {
  try {
    return { id, result: make() };
  } catch (error) {
    if (error instanceof Cancelled) return { id, cancelled: true };
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

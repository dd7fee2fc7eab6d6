import { BrowserMessageReader, BrowserMessageWriter, type MessageTransports } from 'vscode-languageclient/browser';
import type { WorkerReady, WorkerStart } from '../../server/protocol.ts';
import { randomText } from '../random.ts';

/** The part of a browser's own that is used: the types of a page's own library are not those of this program. */
interface Worker {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onerror: ((event: { readonly message?: string }) => void) | null;
  postMessage(message: unknown): void;
  terminate(): void;
}
interface LockManager {
  request(name: string, options: { readonly signal: AbortSignal }, granted: () => void): Promise<unknown>;
}
declare const Worker: new (url: string) => Worker;
declare const Blob: new (parts: readonly Uint8Array[], options: { readonly type: string }) => object;
declare const URL: { createObjectURL(blob: object): string; revokeObjectURL(url: string): void };
declare const navigator: { readonly locks?: LockManager };

/** A worker that has not said within this time that it is there, in milliseconds, will not. */
const startLimitMs = 60_000;

/** The server's worker. One that dies tells nobody: it is known by the lock that it has let go. */
export class ServerWorker {
  private readonly worker: Worker;
  private readonly address: string;
  private readonly watching = new AbortController();

  /** `script` is the worker's own: by its address the host starts no worker where the extension is on a remote machine. */
  constructor(script: Uint8Array) {
    // A worker loads its script when it likes: its address is let go with the worker.
    this.address = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
    this.worker = new Worker(this.address);
  }

  /**
   * Gives the way to speak to the worker, once it hears; its reader is closed when the worker has ended by itself.
   * @throws when the worker cannot be started.
   */
  async start(parser: Omit<WorkerStart, 'lock'>): Promise<MessageTransports> {
    const { worker } = this;
    const lock = `pernet-lifecycle-${randomText()}`;
    const { holdsLock } = await new Promise<WorkerReady>((resolve, reject) => {
      const late = setTimeout(() => {
        reject(new Error(`its worker did not start within ${startLimitMs / 1000} s`));
      }, startLimitMs);
      worker.onmessage = ({ data }) => {
        clearTimeout(late);
        resolve(data as WorkerReady);
      };
      worker.onerror = ({ message }) => {
        clearTimeout(late);
        reject(new Error(`its worker does not start: ${message ?? 'no reason is known'}`));
      };
      worker.postMessage({ ...parser, lock } satisfies WorkerStart);
    });
    worker.onerror = null;
    const reader = new MortalReader(worker);
    if (holdsLock) this.watch(lock, reader);
    return { reader, writer: new BrowserMessageWriter(worker) };
  }

  /** Ends the worker, which is no death. */
  end(): void {
    this.watching.abort();
    this.worker.terminate();
    URL.revokeObjectURL(this.address);
  }

  private watch(lock: string, reader: MortalReader): void {
    navigator.locks
      ?.request(lock, { signal: this.watching.signal }, () => {
        reader.died();
      })
      // It was ended on purpose.
      .catch(() => undefined);
  }
}

/** A reader that hears no more. */
class MortalReader extends BrowserMessageReader {
  died(): void {
    this.fireClose();
  }
}

import { parentPort, Worker, workerData } from 'node:worker_threads';
import { loadParser } from '../../engine/parser.ts';
import { doJob, JobCancelled, type Background, type JobName, type Jobs, type Progress } from './jobs.ts';

/** What a thread is started with. */
export interface JobData {
  readonly role: 'job';
  readonly name: JobName;
  readonly params: unknown;
}

type FromThread = { readonly progress: Progress } | { readonly result: unknown } | { readonly error: string };

/** Most of what an analysis makes is short-lived: a young generation that holds it is collected less often. */
const resourceLimits = { maxYoungGenerationSizeMb: 96 };

/** Does each job in a thread of its own; `file` is the script whose `serveJob` the thread runs. */
export function inThreads(file: string): Background {
  return <N extends JobName>(name: N, params: Jobs[N]['params'], onProgress: (progress: Progress) => void) => {
    const data: JobData = { role: 'job', name, params };
    const worker = new Worker(file, { workerData: data, resourceLimits });
    // A server that is told to end does not wait for it.
    worker.unref();
    let stop: () => void = () => undefined;
    const result = new Promise<Jobs[N]['result']>((resolve, reject) => {
      stop = () => {
        reject(new JobCancelled());
      };
      worker.on('message', (message: FromThread) => {
        if ('progress' in message) onProgress(message.progress);
        else if ('result' in message) resolve(message.result as Jobs[N]['result']);
        else reject(new Error(message.error));
      });
      worker.on('error', reject);
      worker.on('exit', (code) => {
        reject(new Error(`the thread ended with status ${code}`));
      });
    });
    const end = (): void => void worker.terminate();
    result.then(end, end);
    return {
      result,
      cancel: () => {
        stop();
      },
    };
  };
}

/** The thread's own part. */
export function serveJob(): void {
  const port = parentPort;
  if (!port) throw new Error('this is no thread');
  const { name, params } = workerData as JobData;
  const say = (message: FromThread): void => {
    port.postMessage(message);
  };
  let parser: ReturnType<typeof loadParser> | undefined;
  doJob(name, params as never, {
    parser: () => (parser ??= loadParser()),
    onProgress: (progress) => {
      say({ progress });
    },
  }).then(
    (result) => {
      say({ result });
    },
    (error: unknown) => {
      say({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    },
  );
}

import { parentPort, workerData } from 'node:worker_threads';
import type { CParser } from '../syntax/index.ts';
import { loadParser } from './parser.ts';
import { answer, sent, type Task } from './scan.ts';

/** A thread of the scan: one task in, its answer out, until the pool ends. The parser is loaded when a task needs it. */
let parser: Promise<CParser> | undefined;
const { root, config } = workerData as { root: string; config: Readonly<Record<string, boolean>> | null };

parentPort?.on('message', (task: Task) => {
  const loaded = task.do === 'read' ? (parser ??= loadParser()) : Promise.resolve(null);
  void loaded.then((ready) => parentPort?.postMessage(sent(answer(task, { root, config, parser: ready }))));
});

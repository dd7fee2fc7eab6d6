import { parentPort, workerData } from 'node:worker_threads';
import { loadParser } from './parser.ts';
import type { ScanRequest } from './scan.ts';
import { scanUnit } from './scan.ts';

/** A worker of the scan: one unit of a tree in, its facts out, until the pool ends. */
async function serve(): Promise<void> {
  const parser = await loadParser();
  const { root, options } = workerData as { root: string; options: Readonly<Record<string, boolean>> | null };
  parentPort?.on('message', (request: ScanRequest) => {
    parentPort?.postMessage(scanUnit(parser, root, request, options));
  });
  parentPort?.postMessage('ready');
}

void serve();

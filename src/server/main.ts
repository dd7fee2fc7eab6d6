import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import v8 from 'node:v8';
import { fileURLToPath } from 'node:url';
import { isMainThread, workerData } from 'node:worker_threads';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { URI } from 'vscode-uri';
import { inThreads, serveJob, type JobData } from './background/thread.ts';
import { serve } from './serve.ts';
import { serveAsThread, ThreadAnalyser, type ThreadData } from './thread.ts';

// The language server. It is bundled to dist/server.cjs, beside the two WASM files of its parser, and speaks over
// whatever its arguments name (--stdio, --node-ipc, --socket). The same file is what its thread runs.

// A garbage collection in time costs less than the room that V8 would take instead.
v8.setFlagsFromString('--heap-growing-percent=50');

if (isMainThread) {
  const connection = createConnection(ProposedFeatures.all);
  const analyser = new ThreadAnalyser(fileURLToPath(import.meta.url), (reason) => {
    connection.console.error(`the thread that analyses has ended (${reason}); another one is started`);
  });
  const background = inThreads(fileURLToPath(import.meta.url));
  // What a client refuses, or one answer fails at, ends no more than that: other editors start no other server.
  process.on('unhandledRejection', (reason) => {
    connection.console.error(reason instanceof Error ? (reason.stack ?? reason.message) : String(reason));
  });
  serve(connection, {
    ...{ analyser, background, hasDisk: true, show },
    readText: async (uri) => {
      const file = URI.parse(uri).fsPath;
      // A device has no end, and a pipe is waited for.
      if (!(await stat(file)).isFile()) throw new Error('not a file');
      return readFile(file, 'utf8');
    },
  });
} else {
  const { role } = workerData as ThreadData | JobData;
  if (role === 'job') serveJob();
  else serveAsThread();
}

async function show(name: string, text: string): Promise<string> {
  const file = path.join(await mkdtemp(path.join(os.tmpdir(), 'pernet-lint-')), name);
  await writeFile(file, text);
  return URI.file(file).toString();
}

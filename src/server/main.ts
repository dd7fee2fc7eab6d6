import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { URI } from 'vscode-uri';
import { serve } from './serve.ts';
import { serveAsThread, ThreadAnalyser } from './thread.ts';

// The language server. It is bundled to dist/server.cjs, beside the two WASM files of its parser, and speaks over
// whatever its arguments name (--stdio, --node-ipc, --socket). The same file is what its thread runs.

if (isMainThread) {
  const connection = createConnection(ProposedFeatures.all);
  const analyser = new ThreadAnalyser(fileURLToPath(import.meta.url), (reason) => {
    connection.console.error(`the thread that analyses has ended (${reason}); another one is started`);
  });
  serve(connection, { analyser, readText: (uri) => readFile(URI.parse(uri).fsPath, 'utf8'), show });
} else {
  serveAsThread();
}

async function show(name: string, text: string): Promise<string> {
  const file = path.join(await mkdtemp(path.join(os.tmpdir(), 'pernet-lint-')), name);
  await writeFile(file, text);
  return URI.file(file).toString();
}

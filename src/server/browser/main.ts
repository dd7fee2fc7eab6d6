import { BrowserMessageReader, BrowserMessageWriter, createConnection } from 'vscode-languageserver/browser';
import { URI } from 'vscode-uri';
import { loadWasm } from '../../syntax/index.ts';
import { inline } from '../background/inline.ts';
import { InlineAnalyser } from '../inline.ts';
import { methods, type TextsParams, type WorkerReady, type WorkerStart } from '../protocol.ts';
import { serve } from '../serve.ts';
import { readFileSync, setText } from './memory-fs.ts';

// The language server in a browser's worker. Its first message brings the parser, and it says that it hears; what follows
// is the protocol. It reads no files: the client hands it those of the workspace.

/** The worker's own global object: the types of a browser's library are not those of this program. */
declare const self: {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  postMessage(message: WorkerReady): void;
};
declare const navigator: {
  readonly locks?: { request(name: string, granted: () => Promise<never>): Promise<unknown> };
};

self.onmessage = (event: { readonly data: unknown }) => {
  const { coreWasm, languageWasm, lock } = event.data as WorkerStart;
  // Puts itself in the place of this listener, before the next message is delivered.
  const connection = createConnection(new BrowserMessageReader(self as never), new BrowserMessageWriter(self as never));
  connection.onNotification(methods.texts, ({ files }: TextsParams) => {
    for (const { uri, text } of files) setText(URI.parse(uri).path, text);
  });
  const parser = loadWasm({ coreWasm, languageWasm });
  serve(connection, {
    analyser: new InlineAnalyser(parser),
    background: inline(parser),
    hasDisk: false,
    readText: (uri) => Promise.resolve().then(() => readFileSync(URI.parse(uri).path)),
    // The extension shows pages and runs itself; it is the only client that there can be.
    show: () => Promise.reject(new Error('there is no place for files in a browser')),
  });
  void hold(lock).then((holdsLock) => {
    self.postMessage({ holdsLock });
  });
};

/** Takes a lock for good. A page of no origin has none. */
function hold(lock: string): Promise<boolean> {
  return new Promise((resolve) => {
    const { locks } = navigator;
    if (!locks) {
      resolve(false);
      return;
    }
    locks
      .request(lock, () => {
        resolve(true);
        return new Promise<never>(() => undefined);
      })
      .catch(() => {
        resolve(false);
      });
  });
}

import { build, type BuildOptions } from 'esbuild';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { provideChromium } from '../../src/tools/editor-page.ts';

// The server's bundle for a browser, in a worker of a real Chromium, spoken to as an editor's client does.

const root = path.resolve(import.meta.dirname, '../..');
const require = createRequire(import.meta.url);
const sample = readFileSync(path.join(root, 'test/sample/pernet_sample.c'), 'utf8');

interface Diagnostic {
  readonly code?: string;
  readonly message: string;
}

function chromiumOrWhy(): string | undefined {
  try {
    return provideChromium(console.log);
  } catch (error) {
    console.warn(`THE SERVER IN A BROWSER IS NOT TESTED: ${String(error)}`);
    return undefined;
  }
}
const executable = chromiumOrWhy();

describe.skipIf(executable === undefined)('the language server in a browser', () => {
  let browser: Browser;
  let url: string;
  let stop: () => void;
  const pages: Page[] = [];

  beforeAll(async () => {
    const { webBundles } = (await import(path.join(root, 'src/tools/web-bundles.mjs'))) as {
      webBundles: (version: string) => readonly BuildOptions[];
    };
    const bundles = await Promise.all(
      webBundles('test').map((options) => build({ ...options, absWorkingDir: root, outdir: '/', write: false })),
    );
    const files = new Map<string, Uint8Array>(
      bundles.flatMap(({ outputFiles = [] }) => outputFiles.map((file) => [path.basename(file.path), file.contents])),
    );
    files.set('core.wasm', readFileSync(require.resolve('web-tree-sitter/web-tree-sitter.wasm')));
    files.set('c.wasm', readFileSync(require.resolve('tree-sitter-c/tree-sitter-c.wasm')));
    const server = createServer((request, response) => {
      const name = request.url?.slice(1) ?? '';
      const type = name.endsWith('.js') ? 'text/javascript' : name.endsWith('.wasm') ? 'application/wasm' : 'text/html';
      response.setHeader('content-type', type).end(files.get(name) ?? '<!DOCTYPE html><title>a page</title>');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    stop = () => server.close();
    browser = await chromium.launch({ executablePath: executable ?? '', args: ['--no-sandbox', '--disable-gpu'] });
  });
  afterAll(async () => {
    await browser.close();
    stop();
  });
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.close();
  });

  async function start(): Promise<Client> {
    const page = await browser.newPage();
    pages.push(page);
    await page.goto(url);
    await page.evaluate(startWorker);
    const client = new Client(page);
    await client.request('initialize', { processId: null, rootUri: null, capabilities: {}, workspaceFolders: folders });
    await client.notify('initialized', {});
    return client;
  }

  test('a document without a file: diagnostics, lenses, and the run that proves a finding', async () => {
    const client = await start();
    const uri = 'untitled:Untitled-1';
    await client.open(uri, sample);
    const found = await client.diagnostics(uri, (all) => all.length > 0);
    expect(found.map(({ code }) => code).sort()).toEqual([
      'pernet/id-without-size',
      'pernet/left-registered-on-error',
      'pernet/left-registered-on-exit',
      'pernet/unregister-kind-mismatch',
    ]);
    const lenses = await client.request<unknown[]>('textDocument/codeLens', { textDocument: { uri } });
    expect(lenses.length).toBeGreaterThan(0);
    const answer = await client.request<{ kind: string; timeline?: { entries: unknown[] } }>('pernet/timeline', {
      uri,
    });
    expect(answer.timeline?.entries.length).toBeGreaterThan(20);
  });

  test('a module of two files, handed in by the client: what the other file undoes is no problem', async () => {
    const client = await start();
    const [a, b] = ['file:///~vscode-vfs~github/o/r/net/foo/a.c', 'file:///~vscode-vfs~github/o/r/net/foo/b.c'];
    const init = `static struct pernet_operations foo_ops = { .init = foo_net_init };
static int __init foo_init(void)
{
	int err = register_pernet_subsys(&foo_ops);

	if (err)
		return err;
	err = foo_dev_init();
	if (err)
		unregister_pernet_subsys(&foo_ops);
	return err;
}
static void __exit foo_exit(void)
{
	foo_dev_exit();
	unregister_pernet_subsys(&foo_ops);
}
module_init(foo_init);
module_exit(foo_exit);
`;
    const leaky = `static struct pernet_operations dev_ops = { .exit = dev_net_exit };
int foo_dev_init(void) { return register_pernet_device(&dev_ops); }
void foo_dev_exit(void) { }
`;
    await client.open(a, init);
    await client.diagnostics(a, (all) => all.length === 0);
    await client.hand({
      [a]: init,
      [b]: leaky,
      'file:///~vscode-vfs~github/o/r/net/foo/Makefile': 'obj-m += foo.o\nfoo-y := a.o b.o\n',
    });
    await client.open(b, leaky);
    await client.diagnostics(b, (all) => all.length === 0);
    const found = await client.diagnostics(a, (all) => all.length > 0);
    expect(found.map(({ code, message }) => [code, message.includes('dev_ops')])).toEqual([
      ['pernet/left-registered-on-exit', true],
    ]);
    await client.change(b, leaky.replace('{ }', '{ unregister_pernet_device(&dev_ops); }'));
    await client.diagnostics(a, (all) => all.length === 0);
  });

  test('it says that it hears, and that it lives by a lock', async () => {
    await start();
    const page = pages.at(-1);
    const isHeld = () =>
      page?.evaluate(async () => (await navigator.locks.query()).held?.some(({ name }) => name === 'alive') ?? false);
    expect(await page?.evaluate(() => (window as unknown as WorkerPage).ready)).toEqual({ holdsLock: true });
    expect(await isHeld()).toBe(true);
    await page?.evaluate(() => {
      (window as unknown as WorkerPage).end();
    });
    await expect.poll(isHeld).toBe(false);
  });

  test('a scenario that the client handed in runs', async () => {
    const client = await start();
    const uri = 'file:///~vscode-vfs~github/o/r/x.netns.json';
    await client.hand({ [uri]: '{"steps":[{"step":"net_ns_init"}]}' });
    const answer = await client.request<{ timeline?: { entries: unknown[] } }>('pernet/timeline', { uri });
    expect(answer.timeline?.entries.length).toBeGreaterThan(3);
  });
});

const folders = [{ uri: 'file:///~vscode-vfs~github/o/r', name: 'r' }];

/** Speaks the protocol to the worker in a page. */
class Client {
  private last = 0;

  constructor(private readonly page: Page) {}

  request<T>(method: string, params: unknown): Promise<T> {
    const id = ++this.last;
    return this.page.evaluate(
      ([message]) => (window as unknown as WorkerPage).ask(message as { id: number }),
      [{ jsonrpc: '2.0', id, method, params }],
    ) as Promise<T>;
  }

  async notify(method: string, params: unknown): Promise<void> {
    await this.page.evaluate(
      ([message]) => {
        (window as unknown as WorkerPage).say(message);
      },
      [{ jsonrpc: '2.0', method, params }],
    );
  }

  open(uri: string, text: string): Promise<void> {
    return this.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'c', version: 1, text } });
  }

  change(uri: string, text: string): Promise<void> {
    return this.notify('textDocument/didChange', { textDocument: { uri, version: 2 }, contentChanges: [{ text }] });
  }

  async hand(files: Readonly<Record<string, string>>): Promise<void> {
    const list = Object.entries(files).map(([uri, text]) => ({ uri, text }));
    await this.notify('pernet/texts', { files: list });
    await this.notify('workspace/didChangeWatchedFiles', { changes: list.map(({ uri }) => ({ uri, type: 1 })) });
  }

  /** The diagnostics that were published last, once they are such. */
  async diagnostics(uri: string, wanted: (all: readonly Diagnostic[]) => boolean): Promise<readonly Diagnostic[]> {
    let seen: readonly Diagnostic[] = [];
    const isWanted = async (): Promise<boolean> => {
      const all = await this.page.evaluate(
        (of) => (window as unknown as WorkerPage).published[of] as Diagnostic[] | undefined,
        uri,
      );
      seen = all ?? [];
      return all !== undefined && wanted(all);
    };
    await expect.poll(isWanted).toBe(true);
    return seen;
  }
}

interface WorkerPage {
  ask(message: { id: number }): Promise<unknown>;
  say(message: unknown): void;
  published: Record<string, unknown>;
  ready: unknown;
  end(): void;
}

/** Runs in the page: starts the worker as the extension does, and keeps what it says. */
async function startWorker(): Promise<void> {
  const bytes = async (name: string): Promise<Uint8Array> => new Uint8Array(await (await fetch(name)).arrayBuffer());
  const [coreWasm, languageWasm] = await Promise.all([bytes('core.wasm'), bytes('c.wasm')]);
  const worker = new Worker('server-web.js');
  const page = window as unknown as WorkerPage;
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  page.published = {};
  worker.onerror = (event) => {
    for (const { reject } of waiting.values()) reject(new Error(event.message));
  };
  worker.onmessage = ({ data }: MessageEvent) => {
    const message = data as {
      id?: number;
      method?: string;
      result?: unknown;
      error?: { message: string };
      params?: { uri: string; diagnostics: unknown };
    };
    const asked = message.id === undefined ? undefined : waiting.get(message.id);
    if (message.method === 'textDocument/publishDiagnostics' && message.params)
      page.published[message.params.uri] = message.params.diagnostics;
    else if (message.method !== undefined && message.id !== undefined)
      worker.postMessage({ jsonrpc: '2.0', id: message.id, result: null });
    else if (asked && message.error) asked.reject(new Error(message.error.message));
    else if (asked) asked.resolve(message.result);
  };
  page.say = (message) => {
    worker.postMessage(message);
  };
  page.ask = (message) =>
    new Promise((resolve, reject) => {
      waiting.set(message.id, { resolve, reject });
      worker.postMessage(message);
    });
  page.end = () => {
    worker.terminate();
  };
  const hears = new Promise<void>((resolve) => {
    page.ready = undefined;
    worker.addEventListener(
      'message',
      ({ data }) => {
        page.ready = data;
        resolve();
      },
      { once: true },
    );
  });
  worker.postMessage({ coreWasm, languageWasm, lock: 'alive' });
  await hears;
}

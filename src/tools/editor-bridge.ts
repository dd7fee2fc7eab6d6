import { mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';

/** Where to look: in the workbench, or in the document of the webview that is open. */
export interface Target {
  readonly in: 'workbench' | 'webview';
  /** A selector in Playwright's language. */
  readonly selector: string;
}

/** What a test in the extension host may ask of the page it is shown in. */
export type BridgeRequest =
  | ({ readonly ask: 'texts' } & Target)
  | ({ readonly ask: 'click' } & Target)
  | ({ readonly ask: 'choose'; readonly option: number } & Target)
  | { readonly ask: 'press'; readonly key: string }
  | { readonly ask: 'screenshot'; readonly path: string };

/** `null` for an act, else the texts of every match. */
export type BridgeAnswer = null | readonly string[];

/** An HTTP server on this machine through which the tests in the extension host look at the page and act on it. */
export interface Bridge {
  readonly url: string;
  /** Requests wait until a page is given. */
  show(page: Page): void;
  close(): Promise<void>;
}

/** Starts the bridge on a free port of 127.0.0.1: `POST` a `BridgeRequest`, get a `BridgeAnswer`, or 500 and why. */
export async function startBridge(): Promise<Bridge> {
  let show: (page: Page) => void = () => undefined;
  const shown = new Promise<Page>((resolve) => (show = resolve));
  const server = createServer((request, response) => {
    void answer(request, shown).then(
      (result) => response.end(JSON.stringify(result)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    show,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function answer(request: IncomingMessage, shown: Promise<Page>): Promise<BridgeAnswer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return act(await shown, JSON.parse(Buffer.concat(chunks).toString()) as BridgeRequest);
}

const actLimit = { timeout: 15_000 };

async function act(page: Page, request: BridgeRequest): Promise<BridgeAnswer> {
  switch (request.ask) {
    case 'texts':
      return locate(page, request).allTextContents();
    case 'click':
      await locate(page, request).first().click(actLimit);
      return null;
    case 'choose':
      await locate(page, request).first().selectOption({ index: request.option }, actLimit);
      return null;
    case 'press':
      await page.keyboard.press(request.key);
      return null;
    case 'screenshot':
      mkdirSync(path.dirname(request.path), { recursive: true });
      await page.screenshot({ path: request.path });
      return null;
  }
}

/** A webview's document is two frames deep: the outer one is VS Code's, the inner one holds the extension's page. */
function locate(page: Page, target: Target): Locator {
  if (target.in === 'workbench') return page.locator(target.selector);
  return page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame').locator(target.selector);
}

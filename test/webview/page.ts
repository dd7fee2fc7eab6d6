import { build } from 'esbuild';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { timelineHtml } from '../../src/extension/timeline-html.ts';
import type { FromPage, ToPage } from '../../src/webview/protocol.ts';
import { themes } from './themes.ts';

const entry = path.resolve(import.meta.dirname, '../../src/webview/main.ts');

/** The timeline's page alone in Chromium, as its webview would show it: same document, same policy, same script. */
export class TimelinePages {
  private constructor(
    private readonly browser: Browser,
    private readonly url: string,
    private readonly stop: () => void,
  ) {}

  static async launch(executablePath: string): Promise<TimelinePages> {
    const bundle = await build({
      entryPoints: { timeline: entry },
      bundle: true,
      write: false,
      outdir: '/',
      format: 'iife',
      target: 'chrome114',
    });
    const files = new Map(bundle.outputFiles.map(({ path: name, text }) => [path.basename(name), text]));
    const server = createServer((request, response) => {
      const name = request.url?.slice(1) ?? '';
      const type = name.endsWith('.css') ? 'text/css' : name.endsWith('.js') ? 'text/javascript' : 'text/html';
      response.setHeader('content-type', `${type}; charset=utf-8`).end(files.get(name) ?? files.get('index.html'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    files.set(
      'index.html',
      timelineHtml({ cspSource: url, script: `${url}/timeline.js`, style: `${url}/timeline.css`, nonce: 'n0nce' }),
    );
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    return new TimelinePages(browser, url, () => server.close());
  }

  async close(): Promise<void> {
    await this.browser.close();
    this.stop();
  }

  async open(options: {
    theme: keyof typeof themes;
    width?: number;
    height?: number;
    state?: unknown;
    /** Leaves out the policy, which forbids what an accessibility checker must inject. */
    bypassPolicy?: boolean;
  }): Promise<TimelinePage> {
    const page = await this.browser.newPage({
      viewport: { width: options.width ?? 1100, height: options.height ?? 700 },
      ...(options.bypassPolicy ? { bypassCSP: true } : {}),
    });
    page.setDefaultTimeout(10_000);
    const sent: FromPage[] = [];
    const faults: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    page.on('pageerror', (error) => faults.push(error.message));
    await page.exposeFunction('sentToEditor', (message: FromPage) => {
      sent.push(message);
    });
    const variables = Object.entries(themes[options.theme]).map(([name, value]) => [`--vscode-${name}`, value]);
    const kind = options.theme.startsWith('high contrast') ? 'vscode-high-contrast' : '';
    await page.addInitScript(standInForEditor, { variables, kind, state: options.state ?? null });
    await page.goto(this.url);
    return new TimelinePage(page, sent, faults);
  }
}

export class TimelinePage {
  constructor(
    readonly page: Page,
    /** What the page has sent so far. */
    readonly sent: readonly FromPage[],
    /** Errors of the page, and what its policy refused. */
    readonly faults: readonly string[],
  ) {}

  /** Sends a message, and waits until the page has taken it in. */
  async receive(message: ToPage): Promise<void> {
    await this.page.evaluate(
      (data) =>
        new Promise<void>((resolve) => {
          // The page's own listener was there before this one; what it asks for is drawn before the next task.
          window.addEventListener('message', () => setTimeout(resolve), { once: true });
          window.postMessage(data, '*');
        }),
      message,
    );
    await this.page.locator('main').first().waitFor();
  }

  /** The text of the chosen entry, or undefined. */
  async chosen(): Promise<string | undefined> {
    const [text] = await this.page.locator('[aria-current=step]').allInnerTexts();
    return text;
  }

  state(): Promise<unknown> {
    return this.page.evaluate(() => (window as unknown as { kept: unknown }).kept);
  }
}

/** Runs in the page before anything else: the theme's variables and the function that VS Code gives a webview. */
function standInForEditor({ variables, kind, state }: { variables: string[][]; kind: string; state: unknown }): void {
  const page = window as unknown as { kept: unknown; sentToEditor(message: unknown): void; acquireVsCodeApi: unknown };
  page.kept = state ?? undefined;
  page.acquireVsCodeApi = () => ({
    postMessage: (message: unknown) => {
      page.sentToEditor(message);
    },
    getState: () => page.kept,
    setState: (next: unknown) => {
      page.kept = next;
    },
  });
  document.addEventListener('DOMContentLoaded', () => {
    if (kind !== '') document.body.classList.add(kind);
    for (const [name = '', value = ''] of variables) document.documentElement.style.setProperty(name, value);
  });
}

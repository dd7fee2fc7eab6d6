import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { NoStandIn } from './editor-fetch.ts';

/** An editor's page in a headless Chromium. */
export interface EditorPage {
  readonly page: Page;
  /** The exit code that the workbench reports when a test run in its extension host has ended. */
  readonly exit: Promise<number>;
  close(): Promise<void>;
}

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const flags = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--disable-sync'];
const offline = ['--disable-quic', '--disable-background-networking', '--disable-component-update'];

/**
 * The path of a Chromium: `$CHROMIUM`, or the first of the usual names on the PATH.
 * @throws {NoStandIn} when there is none.
 */
export function findChromium(): string {
  const set = process.env['CHROMIUM'];
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const found = set ?? folders.flatMap((folder) => names.map((name) => path.join(folder, name))).find(existsSync);
  if (found === undefined || !existsSync(found)) {
    throw new NoStandIn(
      'there is no Chromium: install it (Debian: apt-get install chromium) or set CHROMIUM to its path',
    );
  }
  return found;
}

/**
 * As `findChromium`, but on a CI machine (`CI` is set) without one, installs Debian's: nobody is there who could.
 * @throws {NoStandIn} when there is none and none can be installed.
 */
export function provideChromium(say: (line: string) => void): string {
  try {
    return findChromium();
  } catch (error) {
    if (!process.env['CI'] || process.getuid?.() !== 0) throw error;
  }
  say('Installing Chromium (once)…');
  const quiet = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } } as const;
  spawnSync('apt-get', ['update', '-q'], quiet);
  spawnSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'], quiet);
  return findChromium();
}

/** Opens `url` in a fresh headless Chromium, which is refused every address but this machine's. */
export async function openEditorPage(
  url: string,
  options: { executablePath: string; log?: (line: string) => void },
): Promise<EditorPage> {
  const log = options.log ?? (() => undefined);
  const browser = await chromium.launch({
    executablePath: options.executablePath,
    headless: true,
    args: [...flags, ...offline],
  });
  const close = (): Promise<void> => browser.close();
  try {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    await context.route(
      (address) => /^(https?|wss?):$/.test(address.protocol) && !/^(127\.0\.0\.1|localhost)$/.test(address.hostname),
      (route) => route.abort(),
    );
    const page = await context.newPage();
    page.on('pageerror', (error) => {
      log(`[pageerror] ${error.message}`);
    });
    page.on('console', (message) => {
      log(`[page ${message.type()}] ${message.text()}`);
    });
    let reportExit: (code: number) => void = () => undefined;
    const exit = new Promise<number>((resolve, reject) => {
      page.once('crash', () => {
        reject(new Error('the page of the editor crashed'));
      });
      reportExit = resolve;
    });
    exit.catch(() => undefined);
    // The workbench under its smoke test driver calls these two; they must be there before it loads.
    await page.exposeFunction('codeAutomationLog', (type: string, words: readonly unknown[]) => {
      log(`[workbench ${type}] ${words.map(String).join(' ')}`);
    });
    await page.exposeFunction('codeAutomationExit', (code: number) => {
      reportExit(code);
    });
    await page.goto(url, { timeout: 60_000 });
    return { page, exit, close };
  } catch (error) {
    await close();
    throw error;
  }
}

import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startBridge } from './editor-bridge.ts';
import { fetchStandIn } from './editor-fetch.ts';
import { findChromium, openEditorPage } from './editor-page.ts';
import { startEditorServer, type EditorOptions } from './editor-server.ts';

// Looks like the `code` executable to @vscode/test-electron, and runs the suite in the stand-in editor. Two variables
// of the environment tell the tests where they are: PERNET_PAGE (the bridge to the page) and PERNET_SUITE_OUT (the
// file that takes what they print: a console of the extension host would go through the browser's log).

const suiteLimitMs = 300_000;

/** What @vscode/test-electron passes to `code`, as far as it matters here. */
function optionsOf(argv: readonly string[], otherwise: string): EditorOptions {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args: [...argv],
    strict: false,
    allowPositionals: true,
    options: { extensionDevelopmentPath: text, extensionTestsPath: text, 'extensions-dir': text },
  });
  const given = (name: keyof typeof values): string | undefined => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  const development = given('extensionDevelopmentPath');
  const tests = given('extensionTestsPath');
  const extensions = given('extensions-dir');
  return {
    workspace: positionals[0] ?? otherwise,
    ...(development ? { extensionDevelopmentPath: [development] } : {}),
    ...(tests ? { extensionTestsPath: tests } : {}),
    ...(extensions ? { extensionsDir: extensions } : {}),
  };
}

async function main(): Promise<number> {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'pernet-suite-'));
  const output = path.join(scratch, 'out');
  const printNews = printer(output);
  const ticking = setInterval(printNews, 200);
  const log = logTo(process.env['PERNET_EDITOR_LOG']);
  const closers: (() => Promise<void>)[] = [];
  try {
    const chromium = findChromium();
    const bridge = await startBridge();
    closers.push(() => bridge.close());
    const server = await startEditorServer(fetchStandIn(console.log), {
      ...optionsOf(process.argv.slice(2), scratch),
      env: { PERNET_PAGE: bridge.url, PERNET_SUITE_OUT: output },
      log,
    });
    closers.push(() => server.close());
    const view = await openEditorPage(server.url, { executablePath: chromium, log });
    closers.push(() => view.close());
    bridge.show(view.page);
    return await Promise.race([view.exit, server.gone, tooLong(), interrupted()]);
  } finally {
    for (const close of closers.reverse()) await close();
    clearInterval(ticking);
    printNews();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Prints what was added to `file` since the last call. */
function printer(file: string): () => void {
  let printed = 0;
  return () => {
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch {
      return; // Nothing has been written yet.
    }
    process.stdout.write(text.slice(printed));
    printed = text.length;
  };
}

/** Everything that server and page say goes to a file when one is named: it is noise until something fails. */
function logTo(file: string | undefined): (line: string) => void {
  if (file === undefined) return () => undefined;
  const stream = createWriteStream(file);
  return (line) => stream.write(`${line}\n`);
}

function tooLong(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => {
      reject(new Error(`the suite did not end within ${suiteLimitMs / 1000} s`));
    }, suiteLimitMs).unref();
  });
}

function interrupted(): Promise<never> {
  return new Promise((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        reject(new Error(`ended by ${signal}`));
      });
    }
  });
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(String(error));
    process.exit(1);
  },
);

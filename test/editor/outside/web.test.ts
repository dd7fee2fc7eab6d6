import assert from 'node:assert/strict';
import { suite, suiteSetup, suiteTeardown, test } from 'mocha';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { FrameLocator, Locator, Worker } from 'playwright-core';
import { fetchStandIn } from '../../../src/tools/editor-fetch.ts';
import { findChromium, openEditorPage, type EditorPage } from '../../../src/tools/editor-page.ts';
import { startEditorServer, type EditorServer } from '../../../src/tools/editor-server.ts';

// The bundle lies in dist/test-editor/outside/.
const checkout = path.resolve(__dirname, '../../..');

// As in vscode.dev: the extension's build for browsers in the page's own extension host, its server in a worker of that.
suite("the extension in a page's web worker", () => {
  let scratch: string;
  let server: EditorServer;
  let view: EditorPage;

  suiteSetup(async () => {
    scratch = mkdtempSync(path.join(os.tmpdir(), 'pernet-web-'));
    const workspace = path.join(scratch, 'sample');
    cpSync(path.join(checkout, 'test/sample'), workspace, { recursive: true });
    server = await startEditorServer(fetchStandIn(console.log), {
      workspace,
      open: { file: path.join(workspace, 'pernet_sample.c'), line: 78 },
      extensionDevelopmentPath: [checkout],
      // Else it would run in the server's Node.
      settings: { 'remote.extensionKind': { 'pernet-lifecycle.pernet-lifecycle': ['web'] } },
    });
    view = await openEditorPage(server.url, { executablePath: findChromium() });
    view.page.setDefaultTimeout(60_000);
  });

  suiteTeardown(async () => {
    await view.close();
    await server.close();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  });

  const status = (text: string): Locator => view.page.locator('.statusbar-item', { hasText: text });
  const inside = (): FrameLocator => view.page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  const command = async (title: string): Promise<void> => {
    await view.page.keyboard.press('F1');
    await view.page.keyboard.type(title);
    await view.page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first().click();
  };

  /** Those that run our server: its bundle declares this name. One that ends while it is asked is none of them. */
  const serverWorkers = async (): Promise<Worker[]> => {
    const found: Worker[] = [];
    for (const worker of view.page.workers())
      if ((await worker.evaluate('typeof __bundleUrl').catch(() => 'undefined')) === 'string') found.push(worker);
    return found;
  };

  test('finds the four problems of the sample, and has lenses', async () => {
    await status('Pernet 4').waitFor();
    await view.page.locator('.squiggly-warning').first().waitFor({ state: 'attached' });
    await view.page
      .locator('.codelens-decoration', { hasText: 'Simulate lifecycle' })
      .first()
      .waitFor({ state: 'attached' });
  });

  test('knows the files that are not open', async () => {
    await view.page.locator('.pane-header', { hasText: 'Pernet Operations' }).click();
    await view.page.locator('.monaco-list-row', { hasText: /^pernet_sample_fixed\s*3 ops/ }).waitFor();
  });

  test('a server that dies is replaced by one that knows what is not saved', async () => {
    const before = await serverWorkers();
    assert.equal(before.length, 1);
    await view.page.locator('.view-line', { hasText: '.id = &sample_stats_id' }).click();
    await view.page.keyboard.press('Home');
    await before[0]?.evaluate('self.close()');
    await view.page.keyboard.type('.size = 8, ');
    await status('Pernet 3').waitFor();
    const after = await serverWorkers();
    assert.ok(after.length === 1 && after[0] !== before[0], 'it is the same worker');
    // It has been handed the files again.
    await view.page.locator('.monaco-list-row', { hasText: /^pernet_sample_fixed\s*3 ops/ }).waitFor();
    // The editor decides what is typed at once; more than there is to undo does no harm.
    for (let undone = 0; undone < 12; undone++) await view.page.keyboard.press('Control+z');
    await status('Pernet 4').waitFor();
  });

  test('a quick fix mends, unsaved', async () => {
    await view.page.locator('.view-line', { hasText: '.id = &sample_stats_id' }).click();
    await view.page.keyboard.press('Control+.');
    await view.page.locator('.action-widget .monaco-list-row', { hasText: '.size' }).first().click();
    await status('Pernet 3').waitFor();
  });

  test('the timeline opens, and follows a click', async () => {
    await command('Pernet: Simulate Lifecycle');
    await inside().locator('.row .number').first().click();
    await inside().locator('.chosen .number', { hasText: /^1$/ }).waitFor();
  });

  test('it is the build for browsers that ran: its bug report says so', async () => {
    await command('Pernet: Collect Bug Report Information');
    const line = view.page.locator('.view-line', { hasText: 'a browser' }).first();
    await line.waitFor();
    assert.ok(!/Node \d/.test(await line.innerText()));
  });
});

import assert from 'node:assert/strict';
import { suite, suiteSetup, suiteTeardown, test } from 'mocha';
import { spawn, type ChildProcess } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { findChromium, openEditorPage, type EditorPage } from '../../../src/tools/editor-page.ts';

// The bundle lies in dist/test-editor/outside/.
const checkout = path.resolve(__dirname, '../../..');

suite('npm start', () => {
  let start: ChildProcess;
  let url: string;
  let view: EditorPage;

  suiteSetup(async () => {
    start = spawn('npm', ['start'], {
      cwd: checkout,
      env: { ...process.env, PERNET_EDITOR: 'standin' },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    url = await printedAddress(start);
    view = await openEditorPage(url, { executablePath: findChromium() });
  });

  suiteTeardown(async () => {
    await view.close();
    killGroup(start);
  });

  test('packages an extension of less than 3 MB', () => {
    assert.ok(statSync(path.join(checkout, 'dist/pernet-lifecycle.vsix')).size < 3_000_000);
  });

  test('shows the sample with its four diagnostics, from the installed package', async () => {
    const { page } = view;
    await page.locator('.tab', { hasText: 'pernet_sample.c' }).waitFor();
    await page.locator('.statusbar-item', { hasText: 'Pernet 4' }).waitFor({ timeout: 60_000 });
    await page.locator('.squiggly-error').first().waitFor({ state: 'attached' });
    await page.locator('.view-lines').first().click();
    await page.keyboard.press('F8');
    await page.locator('.peekview-widget', { hasText: 'of 4 problems' }).waitFor();
  });

  test('a timeline is back at its step when the editor has been loaded anew', async () => {
    const { page } = view;
    const inside = () => page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
    await page.keyboard.press('F1');
    await page.keyboard.type('Pernet: Simulate Lifecycle');
    await page.locator('.quick-input-list-row, .monaco-list-row', { hasText: 'Simulate Lifecycle' }).first().click();
    await inside().locator('.row .number').first().click();
    await inside().locator('.chosen .number', { hasText: /^1$/ }).waitFor();
    // In a browser the editor writes its state down every 5 s, when it has nothing else to do, and not when it is left.
    await page.waitForTimeout(12_000);
    // An address that names a file to open brings back nothing else.
    const again = new URL(url);
    again.searchParams.delete('payload');
    await page.goto(again.toString());
    await page.locator('.tab', { hasText: 'Lifecycle' }).waitFor({ timeout: 60_000 });
    await inside().locator('.chosen .number', { hasText: /^1$/ }).waitFor({ timeout: 60_000 });
  });

  test('ends with the npm that started it, and leaves no server', async () => {
    start.kill('SIGTERM');
    await untilRefused(url);
  });
});

/** Whatever the test left of what it started, which leads a process group of its own. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group is gone already, as it should be.
  }
}

function printedAddress(start: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    start.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const url = /^http:\/\/127\.0\.0\.1:\d+\/\S*$/m.exec(output)?.[0];
      if (url !== undefined) resolve(url);
    });
    start.once('exit', () => {
      reject(new Error(`npm start ended before it printed an address:\n${output}`));
    });
  });
}

async function untilRefused(url: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    try {
      await fetch(url);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} still answers`);
}

import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { commands, extensions, window, workspace } from 'vscode';
import { openSample, sampleUri } from './sample.ts';

const mostMs = 50;

// These come first (the files run in the order of their names): nothing of C is open yet.
suite('activation', () => {
  test('without C nothing of it is loaded, nor by a look at the explorer', async function () {
    const extension = ours();
    if (extension.isActive) this.skip();
    await window.showTextDocument(await workspace.openTextDocument(sampleUri('Makefile')));
    await commands.executeCommand('workbench.view.explorer');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assert.equal(extension.isActive, false);
    await commands.executeCommand('workbench.action.closeSidebar');
  });

  test(`takes less than ${mostMs} ms of the extension host's processor`, async function () {
    const extension = ours();
    if (extension.isActive) this.skip();
    const before = process.cpuUsage();
    const start = performance.now();
    await extension.activate();
    const passed = Math.round(performance.now() - start);
    const { user, system } = process.cpuUsage(before);
    const used = Math.round((user + system) / 1000);
    this.test!.title += ` (${used} ms used, ${passed} ms passed)`;
    await openSample('pernet_sample.c');
    assert.ok(used < mostMs * slowness(), `${used} ms used, ${passed} ms passed`);
  });
});

function ours(): NonNullable<ReturnType<typeof extensions.getExtension>> {
  const extension = extensions.all.find(({ id }) => id.endsWith('.pernet-lifecycle'));
  assert.ok(extension, 'the extension is not there');
  return extension;
}

/** How many times slower than a usual machine this one is now: what 5 million additions take, which is 5 ms there. */
function slowness(): number {
  const start = process.cpuUsage();
  let sum = 0;
  for (let at = 0; at < 5_000_000; at++) sum = (sum + at) | 0;
  const { user, system } = process.cpuUsage(start);
  return sum === 1 ? 1 : Math.max(1, (user + system) / 5000);
}

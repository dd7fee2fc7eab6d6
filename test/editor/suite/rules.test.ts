import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { commands, Uri, window, workspace } from 'vscode';
import { until } from './page.ts';
import { openSample } from './sample.ts';

suite('rule pages', () => {
  test('are shown as a preview', async () => {
    await openSample('pernet_sample.c');
    await commands.executeCommand('pernet.explainRule', 'pernet/left-registered-on-exit');
    await until(
      'the preview',
      () =>
        window.tabGroups.all.some(({ tabs }) => tabs.some(({ label }) => /left-registered-on-exit/.test(label))) ||
        undefined,
    );
    await commands.executeCommand('workbench.action.closeActiveEditor');
  });

  test('have the text that the rule declares, and say so when there is no such rule', async () => {
    const text = async (rule: string): Promise<string> =>
      (await workspace.openTextDocument(Uri.parse(`pernet-rule:/${rule}.md`))).getText();
    assert.match(await text('pernet/left-registered-on-exit'), /^# pernet\/left-registered-on-exit/);
    assert.match(await text('pernet/nonsense'), /There is no rule `pernet\/nonsense`/);
  });
});

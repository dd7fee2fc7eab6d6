import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { commands, Uri, window, workspace } from 'vscode';
import { click, pageIsVisible, until } from './page.ts';
import { openSample, ourDiagnostics } from './sample.ts';

suite('rule pages', () => {
  test('are shown as a preview', async () => {
    await openSample('pernet_sample.c');
    await commands.executeCommand('pernet.explainRule', 'pernet/left-registered-on-exit');
    await until('the preview', () => isShown('left-registered-on-exit') || undefined);
    await commands.executeCommand('workbench.action.closeActiveEditor');
  });

  test('open from the code of a problem', async function () {
    if (!pageIsVisible) this.skip();
    const document = await openSample('pernet_sample.c');
    await ourDiagnostics(document.uri, (all) => all.length === 4);
    await commands.executeCommand('workbench.actions.view.problems');
    await click({ in: 'workbench', selector: '.markers-panel a:has-text("pernet/unregister-kind-mismatch")' });
    await until('the preview', () => isShown('unregister-kind-mismatch') || undefined);
    await commands.executeCommand('workbench.action.closeActiveEditor');
    await commands.executeCommand('workbench.action.closePanel');
  });

  test('have the text that the rule declares, and say so when there is no such rule', async () => {
    const text = async (rule: string): Promise<string> =>
      (await workspace.openTextDocument(Uri.parse(`pernet-rule:/${rule}.md`))).getText();
    assert.match(await text('pernet/left-registered-on-exit'), /^# pernet\/left-registered-on-exit/);
    assert.match(await text('pernet/nonsense'), /There is no rule `pernet\/nonsense`/);
  });
});

function isShown(page: string): boolean {
  return window.tabGroups.all.some(({ tabs }) => tabs.some(({ label }) => label.includes(page)));
}

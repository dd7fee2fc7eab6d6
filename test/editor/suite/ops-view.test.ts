import assert from 'node:assert/strict';
import { suite, suiteTeardown, test } from 'mocha';
import { commands, window, type SymbolInformation } from 'vscode';
import { openSample, ourDiagnostics } from './sample.ts';
import { pictures } from './pictures.ts';
import { click, pageIsVisible, press, texts, until } from './page.ts';

/** The rows of the view, each with its description. */
async function rows(): Promise<readonly string[]> {
  const all = await texts({ in: 'workbench', selector: '[aria-label*="Pernet Operations"] .monaco-list-row' });
  return all.map((text) => text.trim());
}

suite('the view of all ops', () => {
  suiteTeardown(async () => {
    await commands.executeCommand('pernet.ops.clearFilter');
    await commands.executeCommand('pernet.ops.byModule');
    await commands.executeCommand('workbench.action.closeSidebar');
  });

  test('symbols of the workspace: ops of files that are not open, and their callbacks', async () => {
    await openSample('pernet_sample.c');
    await until('the symbols', async () => {
      const found = await commands.executeCommand<SymbolInformation[]>(
        'vscode.executeWorkspaceSymbolProvider',
        'sample_dev_ops',
      );
      return found.some(({ location }) => location.uri.path.endsWith('pernet_sample_fixed.c')) || undefined;
    });
  });

  test('by module, with problems counted; revealed from the code', async function () {
    if (!pageIsVisible) this.skip();
    const document = await openSample('pernet_sample.c');
    await ourDiagnostics(document.uri, (all) => all.length === 4);
    await commands.executeCommand('pernet.ops.focus');
    await until('the modules', async () => (await rows()).some((row) => /pernet_sample.*3 ops/.test(row)) || undefined);
    await until('their problems', async () => (await rows()).some((row) => row.includes('problems')) || undefined);
    await openSample('pernet_sample.c');
    await commands.executeCommand('pernet.ops.reveal');
    await until('an ops', async () => (await rows()).some((row) => row.startsWith('sample_stats_ops')) || undefined);
    await pictures('ops-view');
  });

  test('filtered by a callback, and in the order of pernet_list', async function () {
    if (!pageIsVisible) this.skip();
    const asked = commands.executeCommand('pernet.ops.filter');
    await until(
      'the box',
      async () => (await texts({ in: 'workbench', selector: '.quick-input-title' })).length || undefined,
    );
    await press(...Array.from('stats_init'), 'Enter');
    await asked;
    await until('fewer modules', async () => {
      const all = await rows();
      return (all.length > 0 && all.every((row) => !row.startsWith('sample_dev_ops'))) || undefined;
    });
    await commands.executeCommand('pernet.ops.clearFilter');
    await commands.executeCommand('pernet.ops.byOrder');
    // The sample is no kernel tree: subsystems, then devices.
    let seen: readonly string[] = [];
    await until('the list', async () => {
      const all = (seen = await rows());
      const at = (name: string): number => all.findIndex((row) => row.startsWith(name));
      return (at('sample_net_ops') >= 0 && at('sample_net_ops') < at('sample_dev_ops')) || undefined;
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}; last seen:\n${seen.join('\n')}`);
    });
  });

  test('the whole workspace is analysed when asked for', async function () {
    await commands.executeCommand('pernet.checkWorkspace');
    if (!pageIsVisible) this.skip();
    await click({ in: 'workbench', selector: '[aria-label*="Pernet Operations"] .monaco-list-row' });
    assert.ok(window.activeTextEditor?.document.uri.path.includes('pernet_sample'));
    await commands.executeCommand('workbench.action.closePanel');
  });
});

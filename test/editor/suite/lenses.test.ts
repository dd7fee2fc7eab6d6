import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { commands, window, type Tab } from 'vscode';
import { lensTitles, openSample, ourDiagnostics, reveal, withFile } from './sample.ts';
import { pageIsVisible, texts, until } from './page.ts';

const simulate = 'Simulate lifecycle';

suite('code lenses', () => {
  test('two above each ops: simulate, and what is known of it', async () => {
    const document = await openSample('pernet_sample.c');
    await ourDiagnostics(document.uri, (all) => all.length === 4);
    assert.deepEqual(await lensTitles(document), [
      simulate,
      'subsys · registered in sample_init · 1 problem',
      simulate,
      'subsys · registered in sample_init · 2 problems',
      simulate,
      'device · registered in sample_init · 1 problem',
    ]);
  });

  test('a person sees them', async function () {
    if (!pageIsVisible) this.skip();
    await openSample('pernet_sample.c');
    reveal('struct pernet_operations sample_stats_ops');
    await until('a lens in the page', async () => {
      const drawn = await texts({ in: 'workbench', selector: '.codelens-decoration a' });
      return drawn.includes(simulate) || undefined;
    });
  });

  test('one above a scenario, and it opens the timeline', async () => {
    const document = await openSample('boot.netns.json');
    await until('the lens', async () => (await lensTitles(document)).includes('Simulate scenario') || undefined);
    await commands.executeCommand('pernet.simulateScenario', document.uri.toString());
    const tabs = () => window.tabGroups.all.flatMap((group) => group.tabs.filter(isScenarioRun));
    await until('its panel', () => tabs().length === 1 || undefined);
    await window.tabGroups.close(tabs());
  });

  test('none in a file without an ops', async () => {
    await withFile('plain.c', 'int pernet_operations;\n', async (document) => {
      assert.deepEqual(await lensTitles(document), []);
    });
  });
});

function isScenarioRun({ label }: Tab): boolean {
  return label === 'Lifecycle: boot.netns.json';
}

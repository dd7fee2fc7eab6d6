import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
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

  test('none in a file without an ops', async () => {
    await withFile('plain.c', 'int pernet_operations;\n', async (document) => {
      assert.deepEqual(await lensTitles(document), []);
    });
  });
});

import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { commands, DiagnosticSeverity, languages, type Diagnostic, type TextDocument } from 'vscode';
import { codeOf, lensTitles, openSample, ourDiagnostics, reveal, withFile } from './sample.ts';
import { pictures } from './pictures.ts';
import { click, pageIsVisible, texts, until } from './page.ts';

/** The sample's four problems in order of line: rule, the text that is underlined, and where the related places are. */
const expected = [
  {
    rule: 'pernet/id-without-size',
    severity: DiagnosticSeverity.Warning,
    underlined: /^\.?(id|sample_stats_ops|id = &sample_stats_id|\.id = &sample_stats_id)$/,
    message: /sample_stats_ops has \.id but no \.size/,
    related: /sample_stats_ops/,
  },
  {
    rule: 'pernet/left-registered-on-error',
    severity: DiagnosticSeverity.Error,
    underlined: /^return err;$/,
    message: /register_pernet_device\(\) fails.*sample_net_ops/,
    related: /register_pernet_subsys\(&sample_net_ops\)/,
  },
  {
    rule: 'pernet/left-registered-on-exit',
    severity: DiagnosticSeverity.Error,
    underlined: /^sample_exit$/,
    message: /sample_stats_ops/,
    related: /register_pernet_subsys\(&sample_stats_ops\)/,
  },
  {
    rule: 'pernet/unregister-kind-mismatch',
    severity: DiagnosticSeverity.Error,
    underlined: /^unregister_pernet_subsys\(&sample_dev_ops\)$/,
    message:
      /sample_dev_ops is registered by register_pernet_device\(\) but unregistered by unregister_pernet_subsys\(\)/,
    related: /register_pernet_device\(&sample_dev_ops\)/,
  },
];

suite('diagnostics', () => {
  test('the sample has its four problems, each exactly where it is', async () => {
    const document = await openSample('pernet_sample.c');
    const found = await ourDiagnostics(document.uri, (all) => all.length === expected.length);
    assert.deepEqual(
      found.map(codeOf),
      expected.map(({ rule }) => rule),
    );
    for (const [index, want] of expected.entries()) {
      const diagnostic = found[index];
      assert.ok(diagnostic);
      assert.equal(diagnostic.severity, want.severity, want.rule);
      assert.match(document.getText(diagnostic.range), want.underlined, want.rule);
      assert.match(diagnostic.message, want.message);
      assert.match(relatedLines(diagnostic, document).join('\n'), want.related, want.rule);
    }
  });

  test('a code links to its rule page', async () => {
    const document = await openSample('pernet_sample.c');
    const [first] = await ourDiagnostics(document.uri, (all) => all.length === expected.length);
    const code = first?.code;
    assert.ok(typeof code === 'object');
    assert.equal(code.target.toString(true), 'command:pernet.explainRule?["pernet/id-without-size"]');
  });

  test('the mended twin has none', async () => {
    const document = await openSample('pernet_sample_fixed.c');
    // Its lens is there as soon as it has been analysed: only then does no problem mean anything.
    await until('the twin is analysed', async () => {
      return (await lensTitles(document)).some((title) => title.includes('0 problems')) || undefined;
    });
    assert.deepEqual(await ourDiagnostics(document.uri, () => true), []);
  });

  test('a person sees the squiggles and the count in the status bar', async function () {
    if (!pageIsVisible) this.skip();
    const document = await openSample('pernet_sample.c');
    await ourDiagnostics(document.uri, (all) => all.length === expected.length);
    await until('the status bar counts them', async () => {
      const [text] = await texts({
        in: 'workbench',
        selector: '#pernet-lifecycle\\.pernet-lifecycle\\.pernet\\.status',
      });
      return text?.includes('Pernet 4') || undefined;
    });
    reveal('err_notifier:');
    await until('squiggles', async () => {
      const drawn = await texts({ in: 'workbench', selector: '.squiggly-error, .squiggly-warning' });
      return drawn.length > 0 || undefined;
    });
    // A click on the count shows the problems.
    await click({ in: 'workbench', selector: '#pernet-lifecycle\\.pernet-lifecycle\\.pernet\\.status a' });
    await until('the problems', async () => {
      const listed = await texts({ in: 'workbench', selector: '.markers-panel .monaco-list-row' });
      return listed.some((text) => text.includes('sample_exit() leaves sample_stats_ops registered')) || undefined;
    });
    await pictures('diagnostics');
    await commands.executeCommand('workbench.action.closePanel');
  });

  test('nothing is said about C without pernet, nor about other languages', async () => {
    const call = 'void f(void) { register_pernet_subsys(&a); }\n';
    for (const [name, text] of [
      ['plain.c', 'int main(void) { return 0; }\n'],
      ['notes.txt', call],
    ] as const) {
      await withFile(name, text, async ({ uri }) => {
        await new Promise((resolve) => setTimeout(resolve, 1000));
        assert.deepEqual(languages.getDiagnostics(uri), []);
      });
    }
  });
});

function relatedLines({ relatedInformation = [] }: Diagnostic, document: TextDocument): readonly string[] {
  return relatedInformation.map(({ location }) => {
    assert.equal(location.uri.toString(), document.uri.toString());
    return document.lineAt(location.range.start.line).text.trim();
  });
}

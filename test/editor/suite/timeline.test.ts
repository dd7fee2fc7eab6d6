import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import {
  commands,
  Range,
  ViewColumn,
  window,
  workspace,
  WorkspaceEdit,
  type CodeAction,
  type Tab,
  type TextDocument,
} from 'vscode';
import { pictures } from './pictures.ts';
import { choose, click, pageIsVisible, press, texts, until } from './page.ts';
import { codeOf, openSample, ourDiagnostics, reveal, sampleUri } from './sample.ts';

const page = (selector: string) => ({ in: 'webview', selector }) as const;

suite('timeline', () => {
  test('the quick fix of a problem opens the run that proves it', async function () {
    const document = await openSample('pernet_sample.c');
    await runQuickFix(document, 'pernet/left-registered-on-error');
    await until('a panel', () => panelTitles().some((title) => title.startsWith('Lifecycle')) || undefined);
    if (!pageIsVisible) this.skip();
    await until('the run', async () => (await texts(page('[role=list] > [role=listitem]'))).length > 10 || undefined);
    const [finding] = await texts(page('header .finding'));
    assert.match(finding ?? '', /pernet\/left-registered-on-error/);
    const [failing] = await texts(page('.failing'));
    assert.match(failing ?? '', /here the rule is broken/);
    // The failing step is the one that is chosen at first.
    assert.deepEqual(await texts(page('[aria-current=step] .verdict')), await texts(page('.failing .verdict')));
  });

  test('the list of the state: sample_net_ops is still in it when the load has failed', async function () {
    if (!pageIsVisible) this.skip();
    const rows = await texts(page('.state tbody .member th'));
    assert.ok(rows.includes('sample_net_ops'), rows.join());
    const [boundary] = await texts(page('.boundary'));
    assert.match(boundary ?? '', /first_device → /);
  });

  test('a click on a step moves the editor to its source line', async function () {
    if (!pageIsVisible) this.skip();
    const registration = page('.row:has-text("register_pernet_subsys(&sample_net_ops) succeeds") button.link');
    await click(registration);
    await until(
      'the editor moves',
      () => activeLine()?.includes('err = register_pernet_subsys(&sample_net_ops)') || undefined,
    );
  });

  test('keys: from step to step, and Enter to the source', async function () {
    if (!pageIsVisible) this.skip();
    await click(page('h1'));
    await press('Home');
    await until('the first step', async () => (await chosen()) === '1' || undefined);
    await press('j', 'j');
    await until('the third step', async () => (await chosen()) === '3' || undefined);
    await press('f');
    await until('the failing step', async () => (await texts(page('.chosen.failing'))).length === 1 || undefined);
    // The failing step is the core's: it calls what should not be there any more. The module's own last one has a source.
    while ((await texts(page('.chosen button.link'))).length === 0) await press(',');
    await press('Enter');
    await until('the source of that step', () => activeLine()?.includes('sample_init(void)') || undefined);
  });

  test('the lens above an ops opens its life, and another run can be chosen', async function () {
    const document = await openSample('pernet_sample.c');
    await commands.executeCommand('pernet.simulate', document.uri.toString(), 'sample_net_ops');
    await until('its panel', () => panelTitles().some((title) => title === 'Lifecycle: sample_net_ops') || undefined);
    if (!pageIsVisible) this.skip();
    await until('no finding any more', async () => (await texts(page('header .finding'))).length === 0 || undefined);
    const runs = await texts(page('select[name=run] option'));
    assert.ok(
      runs.some((run) => run.includes('load and unload')),
      runs.join('\n'),
    );
    const fails = runs.findIndex((run) => run.includes('load fails: register_pernet_device('));
    assert.ok(fails >= 0, runs.join('\n'));
    await choose(page('select[name=run]'), fails);
    await until(
      'the run that fails',
      async () =>
        (await texts(page('.row'))).some((text) => text.includes('register_pernet_device(&sample_dev_ops) fails')) ||
        undefined,
    );
  });

  test('one panel: another run replaces the first; a picture', async function () {
    const document = await openSample('pernet_sample.c');
    await runQuickFix(document, 'pernet/left-registered-on-exit');
    assert.equal(panelTitles().filter((title) => title.startsWith('Lifecycle')).length, 1);
    if (!pageIsVisible) this.skip();
    await until('the other run', async () => {
      const [finding] = await texts(page('header .finding'));
      return finding?.includes('pernet/left-registered-on-exit') || undefined;
    });
    await until('its failing step', async () => (await texts(page('.chosen.failing'))).length === 1 || undefined);
    reveal('unregister_netdevice_notifier(');
    // What the status bar says of a server that a test has ended is none of the picture.
    await until('a quiet status bar', async () => {
      const items = await texts({ in: 'workbench', selector: '.statusbar-item' });
      return items.every((text) => !text.includes('another one is started')) || undefined;
    });
    await pictures('timeline', { inAll: true });
  });

  test('what if: the other run beside the first; a picture', async function () {
    if (!pageIsVisible) this.skip();
    // The step where the rule is broken is an init.
    await click(page('.details button:has-text("this init fails")'));
    await until('the other run', async () => (await texts(page('.row.differs'))).length > 0 || undefined);
    await pictures('what-if');
    await click(page('.asked button'));
    await until('the run alone', async () => (await texts(page('.row.differs'))).length === 0 || undefined);
  });

  test('exports: a scenario that runs again, a drawing, the steps as text', async function () {
    if (!pageIsVisible) this.skip();
    const exported = async (option: string): Promise<string> => {
      const names = await texts(page('select[aria-label="Export"] option'));
      const at = names.findIndex((name) => name.toLowerCase().includes(option));
      assert.ok(at >= 0, names.join());
      await choose(page('select[aria-label="Export"]'), at);
      const document = await until('the new document', () => {
        const active = window.activeTextEditor?.document;
        return active?.isUntitled ? active : undefined;
      });
      const text = document.getText();
      await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
      await until('it is closed', () => (window.activeTextEditor?.document.isUntitled ? undefined : true));
      return text;
    };
    const scenario = JSON.parse(await exported('scenario')) as { steps: { step: string }[] };
    assert.ok(scenario.steps.some(({ step }) => step === 'register_pernet_subsys'));
    const drawing = await exported('svg');
    assert.match(drawing, /^<svg [^]*sample_stats_ops[^]*<\/svg>\s*$/);
    const names = await texts(page('select[aria-label="Export"] option'));
    await choose(
      page('select[aria-label="Export"]'),
      names.findIndex((name) => name.includes('commit message')),
    );
    await until('that it says so', async () => {
      const items = await texts({ in: 'workbench', selector: '.statusbar-item' });
      return items.some((text) => text.includes('in the clipboard')) || undefined;
    });
  });

  test('a hidden panel comes back at the step where it was', async function () {
    if (!pageIsVisible) this.skip();
    await click(page('.row .number'));
    await until('the first step', async () => (await chosen()) === '1' || undefined);
    const { viewColumn = ViewColumn.Two } = window.tabGroups.all.find(({ tabs }) => tabs.some(isTimeline)) ?? {};
    const other = await workspace.openTextDocument(sampleUri('Makefile'));
    await window.showTextDocument(other, { viewColumn, preview: false });
    await until(
      'the panel is hidden',
      () => !window.tabGroups.all.some(({ activeTab }) => activeTab && isTimeline(activeTab)) || undefined,
    );
    await commands.executeCommand('workbench.action.closeActiveEditor');
    await until('the first step again', async () => (await chosen()) === '1' || undefined);
  });

  test('it follows edits, and says so when there is nothing left to run', async function () {
    if (!pageIsVisible) this.skip();
    const document = await openSample('pernet_sample.c');
    await commands.executeCommand('pernet.simulate', document.uri.toString());
    await until('the run', async () => (await texts(page('.row'))).length > 10 || undefined);
    const edit = new WorkspaceEdit();
    edit.replace(document.uri, new Range(0, 0, document.lineCount, 0), 'int nothing;\n');
    await workspace.applyEdit(edit);
    await until(
      'a message',
      async () => (await texts(page('main.message')))[0]?.includes('registers a pernet_operations') || undefined,
    );
    await commands.executeCommand('workbench.action.files.revert');
    await until('the run again', async () => (await texts(page('.row'))).length > 10 || undefined);
  });
});

async function runQuickFix(document: TextDocument, rule: string): Promise<void> {
  const found = await ourDiagnostics(document.uri, (all) => all.length === 4);
  const diagnostic = found.find((one) => codeOf(one) === rule);
  assert.ok(diagnostic, rule);
  const actions = await commands.executeCommand<CodeAction[]>(
    'vscode.executeCodeActionProvider',
    document.uri,
    diagnostic.range,
  );
  const show = actions.find(({ title }) => title === 'Show the run that proves this');
  assert.ok(show?.command);
  await commands.executeCommand(show.command.command, ...((show.command.arguments ?? []) as string[]));
}

/** The number of the chosen step, as it is written beside it. */
async function chosen(): Promise<string | undefined> {
  const [number] = await texts(page('[aria-current=step] .number'));
  return number?.trim();
}

/** The text of the line that the cursor is in. */
function activeLine(): string | undefined {
  const editor = window.activeTextEditor;
  return editor?.document.lineAt(editor.selection.active.line).text;
}

function isTimeline({ label }: Tab): boolean {
  return label.startsWith('Lifecycle');
}

function panelTitles(): readonly string[] {
  return window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));
}

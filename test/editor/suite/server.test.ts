import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { suite, test } from 'mocha';
import {
  commands,
  MarkdownString,
  Position,
  Selection,
  TabInputText,
  TabInputWebview,
  TextEditorRevealType,
  window,
  type DocumentSymbol,
  type Hover,
  type Tab,
} from 'vscode';
import { openSample, ourDiagnostics } from './sample.ts';
import { pageIsVisible, screenshot, texts, until } from './page.ts';

suite('the language server', () => {
  test('one that is killed in the middle of work comes back by itself, with what is not saved', async function () {
    if (process.platform !== 'linux') this.skip();
    const document = await openSample('pernet_sample.c');
    await ourDiagnostics(document.uri, (all) => all.length === 4);
    const [before] = serverProcesses();
    assert.ok(before !== undefined, 'the server is no process of its own');
    const editor = window.activeTextEditor;
    assert.ok(editor);
    await editor.edit((edit) => {
      edit.insert(new Position(0, 0), '/* not saved */\n');
    });
    process.kill(before, 'SIGKILL');
    if (pageIsVisible)
      await until('that it says so', async () => {
        const items = await texts({ in: 'workbench', selector: '.statusbar-item' });
        return items.filter((text) => text.includes('another one is started')).length === 1 || undefined;
      });
    await until('another server', () => serverProcesses().find((pid) => pid !== before));
    // Those of before stay until the new server has published its own, of the text with the line that is not saved.
    await ourDiagnostics(
      document.uri,
      (all) => all.length === 4 && document.getText(all.at(-1)?.range) === 'unregister_pernet_subsys(&sample_dev_ops)',
    );
    await commands.executeCommand('workbench.action.files.revert');
    await ourDiagnostics(document.uri, (all) => all.length === 4);
  });

  test('a hover says what an ops is and when it runs; the outline has its callbacks', async () => {
    const document = await openSample('pernet_sample.c');
    await ourDiagnostics(document.uri, (all) => all.length === 4);
    const at = document.positionAt(document.getText().indexOf('sample_dev_ops = {') + 2);
    await until('the hover', async () => {
      const hovers = await commands.executeCommand<Hover[]>('vscode.executeHoverProvider', document.uri, at);
      const said = hovers.flatMap(({ contents }) =>
        contents.map((each) => (each instanceof MarkdownString ? each.value : JSON.stringify(each))),
      );
      return /registered in sample_init\(\)/i.test(said.join('\n')) || undefined;
    });
    const symbols = await commands.executeCommand<DocumentSymbol[]>(
      'vscode.executeDocumentSymbolProvider',
      document.uri,
    );
    assert.ok(symbols.some(({ name, children }) => name === 'sample_dev_ops' && children.length === 2));
    if (!pageIsVisible) return;
    const editor = window.activeTextEditor;
    assert.ok(editor);
    editor.selection = new Selection(at, at);
    editor.revealRange(editor.selection, TextEditorRevealType.InCenter);
    const line = `${at.line + 1}`;
    await until(
      'its line',
      async () => (await texts({ in: 'workbench', selector: '.line-numbers' })).includes(line) || undefined,
    );
    await commands.executeCommand('editor.action.showHover');
    await until('the hover is drawn', async () => {
      const shown = await texts({ in: 'workbench', selector: '.monaco-hover .hover-contents' });
      return shown.some((text) => text.includes('sample_dev_ops')) || undefined;
    });
    await screenshot('hover');
  });

  test('the walkthrough opens, and its sample is a document of its own', async () => {
    await commands.executeCommand('pernet.openSample');
    const document = window.activeTextEditor?.document;
    assert.equal(document?.uri.scheme, 'untitled');
    await ourDiagnostics(document.uri, (all) => all.length === 4);
    await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    // The command is done before the editor has gone: what is opened now would be closed in its place.
    await until('it is closed', () => !window.tabGroups.all.some(({ tabs }) => tabs.some(isUntitled)) || undefined);
    await commands.executeCommand('pernet.bugReport');
    await until('the report', () => {
      const text = window.activeTextEditor?.document.getText() ?? '';
      return /language server: Running, \d+ MB resident .*open document/.test(text) || undefined;
    });
    await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    if (!pageIsVisible) return;
    await commands.executeCommand('workbench.action.openWalkthrough', 'pernet-lifecycle.pernet-lifecycle#start', false);
    await until('its steps', async () => {
      const shown = await texts({ in: 'workbench', selector: '.gettingStartedContainer' });
      return shown.some((text) => text.includes('Look at a module with four bugs')) || undefined;
    });
    await until('the words beside the first', async () => {
      const shown = await texts({ in: 'webview', selector: 'body' });
      return shown.some((text) => text.includes('related places are the way')) || undefined;
    });
    await screenshot('walkthrough');
    // Its button is about the module that was looked at before.
    await commands.executeCommand('pernet.simulate');
    await until('the timeline', () => window.tabGroups.all.some(({ tabs }) => tabs.some(isTimeline)) || undefined);
    await commands.executeCommand('workbench.action.closeAllEditors');
  });
});

function isTimeline({ input }: Tab): boolean {
  return input instanceof TabInputWebview && input.viewType.endsWith('pernet.timeline');
}

function isUntitled({ input }: Tab): boolean {
  return input instanceof TabInputText && input.uri.scheme === 'untitled';
}

/** The processes that run our server below this one. */
function serverProcesses(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('dist/server.cjs') && isOurs(pid);
      } catch {
        return false;
      }
    });
}

function isOurs(pid: number): boolean {
  for (let at = pid, steps = 0; at > 1 && steps < 5; steps++) {
    if (at === process.pid) return true;
    at = Number(/^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${at}/status`, 'utf8'))?.[1] ?? 0);
  }
  return false;
}

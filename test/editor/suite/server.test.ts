import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { suite, test } from 'mocha';
import {
  CodeActionKind,
  commands,
  MarkdownString,
  Position,
  Range,
  Selection,
  TabInputText,
  TabInputWebview,
  TextEditorRevealType,
  Uri,
  window,
  workspace,
  type CodeAction,
  type DocumentSymbol,
  type Hover,
  type SymbolInformation,
  type Tab,
} from 'vscode';
import { openSample, ourDiagnostics, sampleUri } from './sample.ts';
import { pictures } from './pictures.ts';
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

  test('one that is killed while a quick fix is asked for answers none, and the next one has it', async function () {
    if (process.platform !== 'linux') this.skip();
    const document = await openSample('pernet_sample.c');
    await ourDiagnostics(document.uri, (all) => all.length === 4);
    const at = document.positionAt(document.getText().indexOf('unregister_pernet_subsys(&sample_dev_ops)'));
    const range = new Range(at, at);
    const fixes = async (): Promise<readonly string[]> => {
      const actions = await commands.executeCommand<CodeAction[]>(
        'vscode.executeCodeActionProvider',
        document.uri,
        range,
        CodeActionKind.QuickFix.value,
      );
      return actions.flatMap(({ title, edit }) => (edit ? [title] : []));
    };
    const before = document.getText();
    const expected = await until('the fixes', async () => {
      const all = await fixes();
      return all.length > 0 ? all : undefined;
    });
    // Another version, whose fixes are not known yet.
    await window.activeTextEditor?.edit((edit) => {
      edit.insert(new Position(document.lineCount, 0), '/* not saved */\n');
    });
    const [pid] = serverProcesses();
    assert.ok(pid !== undefined);
    // It hears the question, and has no time for an answer.
    process.kill(pid, 'SIGSTOP');
    const asked = fixes();
    await new Promise((resolve) => setTimeout(resolve, 200));
    process.kill(pid, 'SIGKILL');
    // Whoever waits for it is not left waiting.
    await Promise.race([asked, failAfter(10, 'the quick fixes that were asked for')]);
    await until('another server', () => serverProcesses().find((other) => other !== pid));
    await until('the same fixes', async () => ((await fixes()).join() === expected.join() ? true : undefined));
    assert.equal(document.getText(), `${before}/* not saved */\n`);
    await commands.executeCommand('workbench.action.files.revert');
  });

  test('one that is killed while it reads the workspace is replaced by one that reads it all', async function () {
    if (process.platform !== 'linux') this.skip();
    const folder = sampleUri('many');
    const many = 400;
    const names = Array.from({ length: many }, (_, index) => `many_${index}`);
    await workspace.fs.createDirectory(folder);
    try {
      for (const name of names) await workspace.fs.writeFile(Uri.joinPath(folder, `${name}.c`), moduleOf(name));
      const document = await openSample('pernet_sample.c');
      const [before] = serverProcesses();
      await commands.executeCommand('pernet.restartServer');
      const pid = await until('the server', () => serverProcesses().find((other) => other !== before));
      if (pageIsVisible)
        await until('that it reads', async () => {
          const items = await texts({ in: 'workbench', selector: '.statusbar-item' });
          return items.some((text) => /reading .*of 40\d/.test(text)) || undefined;
        });
      process.kill(pid, 'SIGKILL');
      await until('another server', () => serverProcesses().find((other) => other !== pid));
      for (const name of [names[0], names.at(-1)])
        await until(`${name}`, async () => {
          const found = await commands.executeCommand<SymbolInformation[]>(
            'vscode.executeWorkspaceSymbolProvider',
            `${name}_net_ops`,
          );
          return found.some(({ location }) => location.uri.path.endsWith(`${name}.c`)) || undefined;
        });
      await ourDiagnostics(document.uri, (all) => all.length === 4);
    } finally {
      await workspace.fs.delete(folder, { recursive: true });
    }
  });

  test('one that is killed while a run is asked for: the timeline shows it as soon as there is another', async function () {
    if (process.platform !== 'linux') this.skip();
    const document = await openSample('pernet_sample.c');
    await ourDiagnostics(document.uri, (all) => all.length === 4);
    const [pid] = serverProcesses();
    assert.ok(pid !== undefined);
    process.kill(pid, 'SIGSTOP');
    const asked = commands.executeCommand('pernet.simulate', document.uri.toString());
    await new Promise((resolve) => setTimeout(resolve, 200));
    process.kill(pid, 'SIGKILL');
    // It does not fail: what was asked for comes later.
    await Promise.race([asked, failAfter(10, 'the command')]);
    await until('another server', () => serverProcesses().find((other) => other !== pid));
    if (pageIsVisible)
      await until('the run', async () => (await texts({ in: 'webview', selector: '.row' })).length > 10 || undefined);
    await commands.executeCommand('workbench.action.closeAllEditors');
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
    await pictures('walkthrough');
    // Its button is about the module that was looked at before.
    await commands.executeCommand('pernet.simulate');
    await until('the timeline', () => window.tabGroups.all.some(({ tabs }) => tabs.some(isTimeline)) || undefined);
    await commands.executeCommand('workbench.action.closeAllEditors');
  });
});

function failAfter(seconds: number, what: string): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => {
      reject(new Error(`waited ${seconds} s in vain for ${what}`));
    }, seconds * 1000);
  });
}

/** The text of a module that registers one ops. */
function moduleOf(name: string): Buffer {
  return Buffer.from(`static int __net_init ${name}_net_init(struct net *net) { return 0; }
static struct pernet_operations ${name}_net_ops = { .init = ${name}_net_init };
static int __init ${name}_init(void) { return register_pernet_subsys(&${name}_net_ops); }
static void __exit ${name}_exit(void) { unregister_pernet_subsys(&${name}_net_ops); }
module_init(${name}_init);
module_exit(${name}_exit);
`);
}

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

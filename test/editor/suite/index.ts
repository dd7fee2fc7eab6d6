import Mocha from 'mocha';
import { appendFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { format } from 'node:util';
import { commands, ConfigurationTarget, workspace } from 'vscode';

/**
 * What the extension host calls: runs every bundled test file beside this one.
 * @throws when a test fails, or when no test was run.
 */
export async function run(): Promise<void> {
  Mocha.reporters.Base.consoleLog = print;
  await tidyWindow();
  const mocha = new Mocha({ ui: 'tdd', timeout: 60_000, color: false, reporter: 'spec' });
  const only = (process.env['PERNET_ONLY'] ?? '').split(',');
  const not = process.env['PERNET_NOT'];
  for (const name of readdirSync(__dirname).sort()) {
    if (!name.endsWith('.test.cjs') || !only.some((part) => name.includes(part))) continue;
    if (not === undefined || !name.includes(not)) mocha.addFile(path.join(__dirname, name));
  }
  const { passes, failures, pending } = await new Promise<Mocha.Stats>((resolve) => {
    const runner = mocha.run(() => {
      resolve(runner.stats ?? emptyStats);
    });
  });
  print(`${passes} passed, ${failures} failed, ${pending} skipped`);
  if (passes + failures === 0) throw new Error('the editor suite ran no test');
  if (failures > 0) throw new Error(`${failures} tests failed`);
}

/** What a person would put away to see code and timeline side by side; the pictures of the README are of this. */
async function tidyWindow(): Promise<void> {
  const settings = workspace.getConfiguration();
  await settings.update('editor.minimap.enabled', false, ConfigurationTarget.Global);
  await settings.update('workbench.activityBar.location', 'hidden', ConfigurationTarget.Global);
  // In a browser the editor saves by itself, and what a test has typed would come into the next one's file.
  await settings.update('files.autoSave', 'off', ConfigurationTarget.Global);
  await commands.executeCommand('workbench.action.closeSidebar');
}

const emptyStats = { suites: 0, tests: 0, passes: 0, pending: 0, failures: 0 };

/** In the stand-in the console of the extension host reaches nobody: its runner reads a file instead. */
function print(...words: unknown[]): void {
  const line = `${format(...words)}\n`;
  const file = process.env['PERNET_SUITE_OUT'];
  if (file === undefined) process.stdout.write(line);
  else appendFileSync(file, line);
}

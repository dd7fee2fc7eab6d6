import { clientCommands } from '../server/protocol.ts';

// Every id that package.json declares. A test fails when the two differ.

export const commands = {
  ...clientCommands,
  restartServer: 'pernet.restartServer',
  showOutput: 'pernet.showOutput',
  openSample: 'pernet.openSample',
  bugReport: 'pernet.bugReport',
} as const;

/** The section of the settings, and the names in it. */
export const section = 'pernet';
export const settings = [
  'enable',
  'run',
  'rules',
  'resourcePairs',
  'dialect',
  'kernelConfig',
  'baseline',
  'inlayHints',
  'trace.server',
] as const;

/** The view type of the timeline's panel. */
export const timelineView = 'pernet.timeline';

/** The scheme of the documents that hold the rules' pages: `pernet-rule:/left-registered-on-exit.md`. */
export const ruleScheme = 'pernet-rule';

/** The context key that is true while the active editor's file defines a pernet_operations. */
export const hasOps = 'pernet.hasOps';

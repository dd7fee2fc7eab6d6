import { clientCommands } from '../server/protocol.ts';

// Every id that package.json declares. A test fails when the two differ.

export const commands = {
  ...clientCommands,
  restartServer: 'pernet.restartServer',
  showOutput: 'pernet.showOutput',
  openSample: 'pernet.openSample',
  bugReport: 'pernet.bugReport',
  opsByModule: 'pernet.ops.byModule',
  opsByOrder: 'pernet.ops.byOrder',
  opsFilter: 'pernet.ops.filter',
  opsClearFilter: 'pernet.ops.clearFilter',
  opsReveal: 'pernet.ops.reveal',
  opsSimulate: 'pernet.ops.simulate',
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
  'previewFixes',
  'inlayHints',
  'index',
  'trace.server',
] as const;

/** The view type of the timeline's panel. */
export const timelineView = 'pernet.timeline';

/** The view of all ops in the explorer. */
export const opsView = 'pernet.ops';

/** Context keys: the extension runs (there is C), how the view is ordered (`module` or `list`), whether it is filtered. */
export const isActive = 'pernet.isActive';
export const opsOrder = 'pernet.opsOrder';
export const opsFiltered = 'pernet.opsFiltered';

/** The scheme of the documents that hold the rules' pages: `pernet-rule:/left-registered-on-exit.md`. */
export const ruleScheme = 'pernet-rule';

/** The context key that is true while the active editor's file defines a pernet_operations. */
export const hasOps = 'pernet.hasOps';

import type { Connection } from 'vscode-languageserver';
import { expect, test } from 'vitest';
import type { Background } from '../../src/server/background/jobs.ts';
import type { IndexedFile, Scanned } from '../../src/server/background/scan.ts';
import { defaultSettings } from '../../src/server/protocol.ts';
import type { SettingsStore } from '../../src/server/settings.ts';
import { WorkspaceIndex } from '../../src/server/workspace-index.ts';

const range = { line: 1, column: 1, endLine: 1, endColumn: 2 };

/** A file as it is read with so many registrations. */
const read = (count: number): IndexedFile => ({
  path: '/w/a.c',
  tree: null,
  ops: [],
  registrations: Array.from({ length: count }, () => ({
    ops: 'a',
    kind: 'subsys' as const,
    function: 'a_init',
    range,
  })),
});

test('what changes while the workspace is read is read again after that: what was read before does not come over it', async () => {
  let scanned: (found: Scanned) => void = () => undefined;
  const results = {
    scan: new Promise<Scanned>((resolve) => {
      scanned = resolve;
    }),
    read: Promise.resolve([read(2)]),
  };
  const background = ((name: keyof typeof results) => ({
    result: results[name],
    cancel: () => undefined,
  })) as unknown as Background;
  const progress = { begin: () => undefined, report: () => undefined, done: () => undefined };
  const connection = {
    window: { createWorkDoneProgress: () => Promise.resolve(progress) },
    console: { error: (text: string) => expect.fail(text) },
  } as unknown as Connection;
  const settings = {
    onChange: () => undefined,
    of: () => Promise.resolve(defaultSettings),
    sections: () => Promise.resolve([]),
  } as unknown as SettingsStore;
  const index = new WorkspaceIndex(connection, background, settings);
  index.setFolders(['/w']);
  index.start();
  await expect.poll(() => index.isReading).toBe(true);
  index.invalidate(['file:///w/a.c']);
  // Long enough for it to be read, were it read at once.
  await new Promise((resolve) => setTimeout(resolve, 700));
  scanned({ files: [read(1)], seen: { folders: [], files: [] } });
  await expect.poll(() => index.files()[0]?.registrations.length).toBe(2);
  index.close();
});

import { RelativePattern, Uri, workspace, Disposable } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { methods, type TextsParams } from '../../server/protocol.ts';

/** What of a tree the analysis reads. */
const pattern = '**/{*.c,*.h,Makefile,Kbuild,Kconfig,.pernet-lint.json}';
const here = '{*.c,*.h,Makefile,Kbuild,Kconfig,.pernet-lint.json}';
/** What tells one kernel's namespace core from another's. */
const core = ['include/net/net_namespace.h', 'net/core/net_namespace.c', 'Kconfig', 'Makefile'];

/** A workspace with more files than this is handed to the server folder by folder, as its documents are opened. */
const mostFiles = 1500;
/** So many files are read and sent at once. */
const batch = 50;

/** `FileChangeType` of the Language Server Protocol. */
const created = 1;

/**
 * Hands the files of the workspace to a server that reads none itself, and tells it when they change. The host may have no
 * files: then there are only the documents that are open.
 */
export function handTexts(client: BaseLanguageClient): Disposable {
  const given = new Set<string>();
  const hand = async (uris: readonly Uri[], known = given): Promise<void> => {
    const fresh = uris.filter((uri) => !known.has(uri.toString()));
    for (const uri of fresh) given.add(uri.toString());
    for (let at = 0; at < fresh.length; at += batch) {
      const part = fresh.slice(at, at + batch);
      const files = await Promise.all(
        part.map(async (uri) => ({ uri: client.code2ProtocolConverter.asUri(uri), text: await textOf(uri) })),
      );
      await client.sendNotification(methods.texts, { files } satisfies TextsParams);
      const changes = files.map(({ uri }) => ({ uri, type: created }));
      await client.sendNotification('workspace/didChangeWatchedFiles', { changes });
    }
  };
  const handFolder = async (document: Uri): Promise<void> => {
    const folder = workspace.getWorkspaceFolder(document);
    if (!folder) return;
    await hand(await workspace.findFiles(new RelativePattern(Uri.joinPath(document, '..'), here), null));
  };
  const start = async (): Promise<void> => {
    const all = await workspace.findFiles(pattern, null, mostFiles + 1);
    if (all.length <= mostFiles) {
      await hand(all);
      return;
    }
    const roots = (workspace.workspaceFolders ?? []).map(({ uri }) => uri);
    await hand(roots.flatMap((root) => core.map((name) => Uri.joinPath(root, name))));
    for (const { uri, languageId } of workspace.textDocuments) if (languageId === 'c') await handFolder(uri);
    if (isOver) return;
    opening = workspace.onDidOpenTextDocument(({ uri, languageId }) => {
      if (languageId === 'c') void handFolder(uri);
    });
  };
  let opening: Disposable | undefined;
  let isOver = false;
  const watcher = workspace.createFileSystemWatcher(pattern);
  const changed = (uri: Uri): void => void hand([uri], new Set());
  watcher.onDidChange(changed);
  watcher.onDidCreate(changed);
  watcher.onDidDelete(changed);
  void start();
  return new Disposable(() => {
    isOver = true;
    watcher.dispose();
    opening?.dispose();
  });
}

/** The text of a file; null for one that cannot be read. */
async function textOf(uri: Uri): Promise<string | null> {
  try {
    return new TextDecoder().decode(await workspace.fs.readFile(uri));
  } catch {
    return null;
  }
}

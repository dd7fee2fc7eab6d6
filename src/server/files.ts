import type { Features } from './features.ts';

/** Follows the files that the client watches for us. */
export function registerFiles({ connection, documents, analyses, workspace, checked, booted }: Features): void {
  connection.onDidChangeWatchedFiles(({ changes }) => {
    const uris = changes.map(({ uri }) => uri);
    analyses.invalidate(uris);
    workspace.invalidate(uris);
    booted.invalidate(uris);
    // What is open is analysed again by itself.
    for (const uri of uris) {
      if (!documents.get(uri) && checked.drop(uri)) void connection.sendDiagnostics({ uri, diagnostics: [] });
    }
  });
}

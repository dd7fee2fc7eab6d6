import { URI } from 'vscode-uri';
import type { Features } from './features.ts';

/** What was made of files that have changed on the disk is void. */
export function registerFiles({ connection, documents, analyses, workspace, checked, booted, disk }: Features): void {
  disk.onChange((uris) => {
    analyses.invalidate(uris);
    workspace.invalidate(uris);
    booted.invalidate(uris);
    // What is open is analysed again by itself; a baseline says what is shown, not what is found (`WorkspaceCheck`).
    for (const uri of uris) {
      if (documents.get(uri) || checked.isHiddenBy(URI.parse(uri).fsPath)) continue;
      if (checked.drop(uri)) void connection.sendDiagnostics({ uri, diagnostics: [] });
    }
  });
}

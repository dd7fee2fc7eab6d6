import type { Features } from './features.ts';

/** Follows the files that the client watches for us. */
export function registerFiles({ connection, analyses }: Features): void {
  connection.onDidChangeWatchedFiles(({ changes }) => {
    analyses.invalidate(changes.map(({ uri }) => uri));
  });
}

import { posix } from 'node:path';
import { URI } from 'vscode-uri';
import type { PlaceOfFile } from './work.ts';

/** The URI of a file of the tree that a document is in. One in no folder is alone in its tree. */
export function uriIn({ tree, root }: PlaceOfFile, file: string): string {
  return root === undefined ? tree : URI.file(posix.join(URI.file(root).path, file)).toString();
}

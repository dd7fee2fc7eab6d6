import path from 'node:path';
import { SymbolKind, type ServerCapabilities, type SymbolInformation } from 'vscode-languageserver';
import { URI } from 'vscode-uri';
import { toRange } from './diagnostics.ts';
import type { Features } from './features.ts';
import { readWhatChanged } from './watching.ts';

/** More than this no one looks through. */
const mostSymbols = 500;

/** The ops of the workspace and their callbacks, by parts of their names. */
export function registerWorkspaceSymbols(features: Features): Partial<ServerCapabilities> {
  const { connection, workspace } = features;
  connection.onWorkspaceSymbol(async ({ query }): Promise<SymbolInformation[]> => {
    await readWhatChanged(features);
    const wanted = query.toLowerCase();
    const isWanted = (name: string): boolean => isIn(wanted, name.toLowerCase());
    const found: SymbolInformation[] = [];
    for (const { path: file, ops } of workspace.files()) {
      const uri = URI.file(file).toString();
      for (const { name, range, module, callbacks } of ops) {
        if (isWanted(name))
          found.push({
            name,
            kind: SymbolKind.Struct,
            location: { uri, range: toRange(range) },
            containerName: module,
          });
        for (const { field, function: fn, range: at } of callbacks)
          if (isWanted(fn))
            found.push({
              name: fn,
              kind: SymbolKind.Field,
              location: { uri, range: toRange(at) },
              containerName: `${name}.${field}, ${path.basename(file)}`,
            });
        if (found.length >= mostSymbols) return found;
      }
    }
    return found;
  });
  return { workspaceSymbolProvider: true };
}

/** Whether the letters of one text are in another one, in their order: how editors look for symbols. */
function isIn(letters: string, text: string): boolean {
  let at = 0;
  for (const letter of letters) {
    at = text.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

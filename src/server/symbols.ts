import { SymbolKind, type DocumentSymbol, type ServerCapabilities } from 'vscode-languageserver';
import { toRange } from './diagnostics.ts';
import type { Features } from './features.ts';
import { isScenario } from './protocol.ts';

/** A document's ops, with their callbacks below them. */
export function registerDocumentSymbols({ connection, analyses }: Features): Partial<ServerCapabilities> {
  connection.onDocumentSymbol(async ({ textDocument: { uri } }): Promise<DocumentSymbol[]> => {
    const result = isScenario(uri) ? undefined : await analyses.of(uri);
    if (!result) return [];
    return result.readings
      .filter(({ file }) => file === result.place.path)
      .map((ops) => ({
        name: ops.name,
        detail: `pernet_operations of ${ops.module}`,
        kind: SymbolKind.Struct,
        range: toRange(ops.span),
        selectionRange: toRange(ops),
        children: ops.callbacks.map(({ field, function: fn, at }) => ({
          name: fn,
          detail: `.${field}`,
          kind: SymbolKind.Field,
          range: toRange(at),
          selectionRange: toRange(at),
        })),
      }));
  });
  return { documentSymbolProvider: { label: 'Pernet' } };
}

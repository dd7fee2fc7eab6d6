import type { InlayHint, ServerCapabilities } from 'vscode-languageserver';
import type { Features } from './features.ts';
import { isScenario } from './protocol.ts';

/** Behind each registering call its place in pernet_list, among the ops of the module. Off unless the setting says so. */
export function registerInlayHints({ connection, analyses, settings }: Features): Partial<ServerCapabilities> {
  connection.languages.inlayHint.on(async ({ textDocument: { uri }, range }): Promise<InlayHint[]> => {
    if (isScenario(uri) || !(await settings.of(uri)).inlayHints) return [];
    const result = await analyses.of(uri);
    if (!result) return [];
    return result.readings.flatMap(({ name, order, registrations }) => {
      if (!order || order.list.length < 2) return [];
      return registrations.flatMap(({ file, endLine, endColumn }): InlayHint[] => {
        const position = { line: endLine - 1, character: endColumn - 1 };
        if (file !== result.place.path || position.line < range.start.line || position.line > range.end.line) return [];
        const label = `#${order.position} of ${order.list.length}`;
        const tooltip = `${name} is ${order.position} of its module's ${order.list.length} ops in pernet_list: ${order.list.join(', ')}. Exit runs in reverse.`;
        return [{ position, label, tooltip, paddingLeft: true }];
      });
    });
  });
  settings.onChange(() => {
    void connection.languages.inlayHint.refresh().catch(() => undefined);
  });
  return { inlayHintProvider: true };
}

import { CompletionItemKind, type CompletionItem, type ServerCapabilities } from 'vscode-languageserver';
import { ownRules, rules } from '../rules/index.ts';
import type { Features } from './features.ts';
import { isScenario } from './protocol.ts';
import { lineOf, rangeIn } from './words.ts';

/** In a suppression comment: its words, and the rules. */
export function registerCompletion({ connection, documents }: Features): Partial<ServerCapabilities> {
  connection.onCompletion(({ textDocument: { uri }, position }): CompletionItem[] => {
    const document = documents.get(uri);
    if (!document || isScenario(uri)) return [];
    const before = lineOf(document, position.line).slice(0, position.character);
    const rest = /pernet-lint:\s*([^*]*)$/.exec(before)?.[1];
    if (rest === undefined || rest.includes('--')) return [];
    const typed = /[\w/-]*$/.exec(rest)![0];
    const range = rangeIn(position.line, position.character - typed.length, position.character);
    if (/^[\w-]*$/.test(rest))
      return [
        { label: 'ignore', detail: 'on this line, or on the next' },
        { label: 'ignore-file', detail: 'in this file' },
      ].map((item) => ({ ...item, kind: CompletionItemKind.Keyword, textEdit: { range, newText: `${item.label} ` } }));
    return [...rules, ...ownRules].map(({ id, invariant, severity }) => ({
      label: id.replace(/^pernet\//, ''),
      filterText: typed.startsWith('pernet/') ? id : id.replace(/^pernet\//, ''),
      kind: CompletionItemKind.EnumMember,
      detail: severity,
      documentation: invariant,
      textEdit: { range, newText: id.replace(/^pernet\//, '') },
    }));
  });
  return { completionProvider: { triggerCharacters: [':', ' ', '/'] } };
}

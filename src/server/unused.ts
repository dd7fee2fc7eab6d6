import { CodeActionKind, type CodeAction, type Diagnostic } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { toRange } from './diagnostics.ts';
import type { ServerFinding } from './work.ts';
import { lineOf } from './words.ts';

/** Removes a comment that suppresses nothing, with its lines where there is nothing else on them. */
export function removalOf(diagnostic: Diagnostic, finding: ServerFinding, document: TextDocument): CodeAction {
  const { start, end } = toRange(finding);
  const before = lineOf(document, start.line).slice(0, start.character);
  const after = lineOf(document, end.line).slice(end.character);
  const range =
    after.trim() !== ''
      ? { start, end }
      : before.trim() === ''
        ? { start: { line: start.line, character: 0 }, end: { line: end.line + 1, character: 0 } }
        : // What stands before it keeps no space at its end.
          {
            start: { ...start, character: before.trimEnd().length },
            end: { ...end, character: end.character + after.length },
          };
  return {
    title: 'Remove this comment',
    kind: CodeActionKind.QuickFix,
    diagnostics: [diagnostic],
    edit: { changes: { [document.uri]: [{ range, newText: '' }] } },
  };
}

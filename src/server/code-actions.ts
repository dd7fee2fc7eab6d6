import {
  CodeActionKind,
  type CodeAction,
  type ServerCapabilities,
  type Diagnostic,
  type TextEdit,
} from 'vscode-languageserver';
import type { Analysed } from './analyses.ts';
import { toRange, type DiagnosticData } from './diagnostics.ts';
import type { Features } from './features.ts';
import { uriIn } from './places.ts';
import { clientCommands } from './protocol.ts';
import type { ServerFinding } from './work.ts';

/** For each of our diagnostics: its fix if it has one, the run that proves it, and its rule's page. */
export function registerCodeActions({ connection, analyses }: Features): Partial<ServerCapabilities> {
  connection.onCodeAction(async ({ textDocument: { uri }, context }) => {
    const ours = context.diagnostics.filter(({ source }) => source === 'pernet');
    if (ours.length === 0) return [];
    const result = await analyses.of(uri);
    return result ? ours.flatMap((diagnostic) => actionsFor(diagnostic, result)) : [];
  });
  return { codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] } };
}

function actionsFor(diagnostic: Diagnostic, { uri, place, findings }: Analysed): CodeAction[] {
  const fingerprint = (diagnostic.data as DiagnosticData | undefined)?.fingerprint;
  const finding = findings.find((one) => one.fingerprint === fingerprint);
  if (!finding) return [];
  const common = { kind: CodeActionKind.QuickFix, diagnostics: [diagnostic] };
  const command = (title: string, name: string, ...args: string[]): CodeAction => ({
    ...common,
    title,
    command: { title, command: name, arguments: args },
  });
  return [
    ...fixOf(finding, (path) => uriIn(place, path)).map((fix) => ({ ...common, ...fix })),
    command('Show the run that proves this', clientCommands.showWitness, uri, finding.fingerprint),
    command(`Explain ${finding.rule}`, clientCommands.explainRule, finding.rule),
  ];
}

function fixOf(
  { fix }: ServerFinding,
  uriOf: (file: string) => string,
): Pick<CodeAction, 'title' | 'edit' | 'isPreferred'>[] {
  if (!fix) return [];
  const changes: Record<string, TextEdit[]> = {};
  for (const edit of fix.edits) {
    (changes[uriOf(edit.file)] ??= []).push({ range: toRange(edit), newText: edit.text });
  }
  return [{ title: fix.title, edit: { changes }, isPreferred: true }];
}

import {
  CodeActionKind,
  type CodeAction,
  type Diagnostic,
  type ServerCapabilities,
  type TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Fix } from '../report/finding.ts';
import { unusedSuppressionRule } from '../rules/index.ts';
import type { Analyses, Analysed } from './analyses.ts';
import { toRange, type DiagnosticData } from './diagnostics.ts';
import type { Features } from './features.ts';
import { uriIn } from './places.ts';
import { clientCommands } from './protocol.ts';
import { removalOf } from './unused.ts';
import { lineOf } from './words.ts';
import { Cancelled, type ServerFinding } from './work.ts';

/** The kind of the action that mends all that can be mended safely; editors may run it on save. */
const fixAllKind = `${CodeActionKind.SourceFixAll}.pernet`;

/** Of a file with more problems than this, only the first are mended at once. */
const mostFixes = 50;

/**
 * For each of our diagnostics: its fix if it has one, a comment that suppresses it, the run that proves it, its page. For a
 * comment that suppresses nothing: its removal.
 */
export function registerCodeActions({
  connection,
  documents,
  analyses,
  options,
}: Features): Partial<ServerCapabilities> {
  const fixes = new Fixes(analyses);
  connection.onCodeAction(async ({ textDocument: { uri }, context }) => {
    const document = documents.get(uri);
    const wants = (kind: string): boolean =>
      context.only === undefined || context.only.some((only) => kind === only || kind.startsWith(`${only}.`));
    const ours = context.diagnostics.filter(({ source }) => source === 'pernet');
    const asksForAll = context.only?.some((only) => only.startsWith(CodeActionKind.Source)) === true;
    if (!document || (ours.length === 0 && !asksForAll)) return [];
    const result = await analyses.of(uri);
    if (!result) return [];
    const actions: CodeAction[] = [];
    if (wants(CodeActionKind.QuickFix)) {
      for (const diagnostic of ours) {
        const finding = findingOf(diagnostic, result);
        if (!finding) continue;
        if (finding.rule === unusedSuppressionRule.id) {
          actions.push(removalOf(diagnostic, finding, document));
          continue;
        }
        const fix = await fixes.of(result, finding);
        actions.push(
          ...actionsFor(diagnostic, finding, { document, result, fix, asksForReason: options.commands === true }),
        );
      }
    }
    if (asksForAll && wants(fixAllKind)) actions.push(...(await fixAll(result, fixes)));
    return actions;
  });
  return { codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, fixAllKind] } };
}

/** The proven fixes of findings: each is made once for a version of its document. */
class Fixes {
  private readonly known = new Map<string, Promise<Fix | null>>();
  private version = '';

  constructor(private readonly analyses: Analyses) {}

  of({ uri, version }: Analysed, { fingerprint }: ServerFinding): Promise<Fix | null> {
    if (this.version !== `${uri}|${version}`) this.known.clear();
    this.version = `${uri}|${version}`;
    const known = this.known.get(fingerprint) ?? this.ask(uri, fingerprint);
    this.known.set(fingerprint, known);
    return known;
  }

  private async ask(uri: string, fingerprint: string): Promise<Fix | null> {
    try {
      return await this.analyses.ask('fix', uri, { fingerprint });
    } catch (error) {
      if (!(error instanceof Cancelled)) throw error;
      return null;
    }
  }
}

function findingOf({ data }: Diagnostic, { findings }: Analysed): ServerFinding | undefined {
  const fingerprint = (data as DiagnosticData | undefined)?.fingerprint;
  return findings.find((one) => one.fingerprint === fingerprint);
}

function actionsFor(
  diagnostic: Diagnostic,
  finding: ServerFinding,
  of: {
    readonly document: TextDocument;
    readonly result: Analysed;
    readonly fix: Fix | null;
    readonly asksForReason: boolean;
  },
): CodeAction[] {
  const { uri } = of.result;
  const common = { kind: CodeActionKind.QuickFix, diagnostics: [diagnostic] };
  const command = (title: string, name: string, ...args: string[]): CodeAction => ({
    ...common,
    title,
    command: { title, command: name, arguments: args },
  });
  const { fix } = of;
  return [
    ...(fix ? [{ ...common, title: fix.title, edit: editOf(fix, of.result), isPreferred: true }] : []),
    command('Show the run that proves this', clientCommands.showWitness, uri, finding.fingerprint),
    command(`Explain ${finding.rule}`, clientCommands.explainRule, finding.rule),
    ...suppressions(finding, of).map((action) => ({ ...common, ...action })),
  ];
}

function editOf({ edits }: Fix, { place }: Analysed): WorkspaceEdit {
  const changes: Record<string, TextEdit[]> = {};
  for (const edit of edits)
    (changes[uriIn(place, edit.file)] ??= []).push({ range: toRange(edit), newText: edit.text });
  return { changes };
}

/** What stands for the reason until a person gives one: the comment says itself that it has none. */
const reasonWanted = 'REASON';

/** A comment above the line, or at the top of the file. Where the client can, the reason is asked for. */
function suppressions(
  { rule, line }: ServerFinding,
  of: { readonly document: TextDocument; readonly asksForReason: boolean },
): Pick<CodeAction, 'title' | 'edit' | 'command'>[] {
  const { document } = of;
  const name = rule.replace(/^pernet\//, '');
  const indent = /^[ \t]*/.exec(lineOf(document, line - 1))![0];
  const above = {
    line: line - 1,
    text: (reason: string) => `${indent}/* pernet-lint: ignore ${name} -- ${reason} */\n`,
  };
  const top = { line: 0, text: (reason: string) => `/* pernet-lint: ignore-file ${name} -- ${reason} */\n` };
  const action = (title: string, { line: at, text }: typeof above): Pick<CodeAction, 'title' | 'edit' | 'command'> => {
    if (of.asksForReason)
      return {
        title: `${title}…`,
        command: { title, command: clientCommands.suppress, arguments: [document.uri, at, text('{reason}')] },
      };
    const start = { line: at, character: 0 };
    return {
      title,
      edit: { changes: { [document.uri]: [{ range: { start, end: start }, newText: text(reasonWanted) }] } },
    };
  };
  return [action(`Ignore ${name} on this line`, above), action(`Ignore ${name} in this file`, top)];
}

/** All fixes of a file that do not touch the same lines. */
async function fixAll(result: Analysed, fixes: Fixes): Promise<CodeAction[]> {
  const taken: { uri: string; from: number; to: number }[] = [];
  const changes: Record<string, TextEdit[]> = {};
  for (const finding of result.findings.slice(0, mostFixes)) {
    const fix = await fixes.of(result, finding);
    if (!fix) continue;
    const wanted = fix.edits.map((edit) => ({
      uri: uriIn(result.place, edit.file),
      from: edit.line,
      to: edit.endLine,
    }));
    const isFree = wanted.every(({ uri, from, to }) =>
      taken.every((other) => other.uri !== uri || to < other.from - 1 || other.to + 1 < from),
    );
    if (!isFree) continue;
    taken.push(...wanted);
    for (const [uri, edits] of Object.entries(editOf(fix, result).changes ?? {})) (changes[uri] ??= []).push(...edits);
  }
  if (taken.length === 0) return [];
  return [{ title: 'Fix all safe pernet problems', kind: fixAllKind, edit: { changes } }];
}

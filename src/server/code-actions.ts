import { CodeActionKind, type CodeAction, type Diagnostic, type ServerCapabilities } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Fix } from '../report/finding.ts';
import { unusedSuppressionRule } from '../rules/index.ts';
import { fixableRules } from '../rules/fixes/index.ts';
import type { Analyses, Analysed } from './analyses.ts';
import type { DiagnosticData } from './diagnostics.ts';
import type { Features } from './features.ts';
import { clientCommands, type Settings } from './protocol.ts';
import { removalOf } from './unused.ts';
import { lineOf } from './words.ts';
import { Cancelled, type ServerFinding } from './work.ts';
import { editOf, extentOf, type Reasoned } from './workspace-edits.ts';

/** The kind of the action that mends all that can be mended safely; editors may run it on save. */
const fixAllKind = `${CodeActionKind.SourceFixAll}.pernet`;

/** Of a file with more problems than this, only the first are mended at once. */
const mostFixes = 50;

/** What an action carries whose edit is made when it is chosen: all fixes of a document. */
interface FixAllData {
  readonly fixAll: string;
}

/**
 * For each of our diagnostics: its fix if it has one, a comment that suppresses it, the run that proves it, its page. For a
 * comment that suppresses nothing: its removal.
 *
 * A fix is proven before it is offered, and what it changes is where the person looks: it is made at once, and looked at
 * first by whoever asks the editor for a preview. What it changes out of view is looked at first, where the client can
 * (`Settings.previewFixes`).
 */
export function registerCodeActions(features: Features): Partial<ServerCapabilities> {
  const { connection, documents, analyses, options, settings, edits: support } = features;
  const fixes = new Fixes(analyses);
  const write = (all: readonly Reasoned[], { uri, place }: Analysed, preview: Settings['previewFixes']) =>
    editOf(all, { ...{ place, uri, preview, support }, versionOf: (each) => documents.get(each)?.version ?? null });
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
      const { previewFixes } = await settings.of(uri);
      let isFixable = false;
      for (const diagnostic of ours) {
        const finding = findingOf(diagnostic, result);
        if (!finding) continue;
        if (finding.rule === unusedSuppressionRule.id) {
          actions.push(removalOf(diagnostic, finding, document));
          continue;
        }
        const fix = await fixes.of(result, finding);
        isFixable ||= fix !== null;
        if (fix) {
          const edit = write([{ fix, why: finding.message }], result, previewFixes);
          actions.push({ ...fixAction(fix, result), diagnostics: [diagnostic], edit });
        }
        actions.push(
          ...actionsFor(diagnostic, finding, { document, result, asksForReason: options.commands === true }),
        );
      }
      if (isFixable && support.resolves && mayHaveFixes(result) > 1)
        actions.push({ title: fixAllTitle, kind: CodeActionKind.QuickFix, data: { fixAll: uri } satisfies FixAllData });
    }
    if (asksForAll && wants(fixAllKind)) {
      const all = await fixes.all(result);
      // Whoever has it run on save wants to be asked nothing.
      if (all.length > 0) actions.push({ title: fixAllTitle, kind: fixAllKind, edit: write(all, result, 'never') });
    }
    return actions;
  });
  if (support.resolves)
    connection.onCodeActionResolve(async (action) => {
      // Some clients ask about every action, also of those that are whole (Helix).
      const uri = (action.data as FixAllData | undefined)?.fixAll;
      const result = uri === undefined ? undefined : await analyses.of(uri);
      if (!result) return action;
      const { previewFixes } = await settings.of(result.uri);
      return { ...action, edit: write(await fixes.all(result), result, previewFixes) };
    });
  return {
    codeActionProvider: {
      codeActionKinds: [CodeActionKind.QuickFix, fixAllKind],
      ...(support.resolves ? { resolveProvider: true } : {}),
    },
  };
}

const fixAllTitle = 'Fix all safe pernet problems in this file';

/** How many of a document's problems are such that there may be a fix for them. */
function mayHaveFixes({ findings }: Analysed): number {
  return findings.filter(({ rule, fix }) => fix !== undefined || fixableRules.includes(rule)).length;
}

function fixAction(fix: Fix, { place }: Analysed): Pick<CodeAction, 'title' | 'kind' | 'isPreferred'> {
  const { places, isElsewhere } = extentOf(fix, place.path);
  const elsewhere = isElsewhere ? ', also in another file' : '';
  const extent = places > 1 ? ` (${places} places${elsewhere})` : '';
  return { title: `${fix.title}${extent}`, kind: CodeActionKind.QuickFix, isPreferred: true };
}

/** The proven fixes of findings: each is made once for a version of its document. */
class Fixes {
  private readonly known = new Map<string, Promise<Fix | null>>();
  private version = '';

  constructor(private readonly analyses: Analyses) {}

  of({ uri, version }: Analysed, { fingerprint }: ServerFinding): Promise<Fix | null> {
    const document = `${uri}|${version}`;
    if (this.version !== document) this.known.clear();
    this.version = document;
    const known = this.known.get(fingerprint) ?? this.ask(uri, version, fingerprint);
    this.known.set(fingerprint, known);
    return known;
  }

  /** All that can be made at once. */
  async all({ uri, version, findings }: Analysed): Promise<Reasoned[]> {
    const fingerprints = findings.slice(0, mostFixes).map(({ fingerprint }) => fingerprint);
    const together = await this.wanted(uri, version, () => this.analyses.ask('fixes', uri, { fingerprints }));
    return (together ?? []).flatMap(({ fingerprint, fix }) => {
      const finding = findings.find((one) => one.fingerprint === fingerprint);
      return finding ? [{ fix, why: finding.message }] : [];
    });
  }

  private ask(uri: string, version: number, fingerprint: string): Promise<Fix | null> {
    return this.wanted(uri, version, () => this.analyses.ask('fix', uri, { fingerprint }));
  }

  /** What is asked of one version of a document; null where there is another one meanwhile. */
  private async wanted<T>(uri: string, version: number, ask: () => Promise<T>): Promise<T | null> {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof Cancelled)) throw error;
      }
      // Of another version nobody wants it any more; of this one it was something else that has changed.
      if ((await this.analyses.of(uri))?.version !== version) return null;
    }
  }
}

/** Some clients give back what a diagnostic carried (LSP's `dataSupport`); to others it is lost (Kate). */
function findingOf({ data, code, message, range }: Diagnostic, { findings }: Analysed): ServerFinding | undefined {
  const fingerprint = (data as DiagnosticData | null | undefined)?.fingerprint;
  if (fingerprint !== undefined) return findings.find((one) => one.fingerprint === fingerprint);
  return findings.find(
    (one) => one.rule === code && one.line === range.start.line + 1 && message.startsWith(one.message),
  );
}

function actionsFor(
  diagnostic: Diagnostic,
  finding: ServerFinding,
  of: {
    readonly document: TextDocument;
    readonly result: Analysed;
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
  return [
    command('Show the run that proves this', clientCommands.showWitness, uri, finding.fingerprint),
    command(`Explain ${finding.rule}`, clientCommands.explainRule, finding.rule),
    ...suppressions(finding, of).map((action) => ({ ...common, ...action })),
  ];
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

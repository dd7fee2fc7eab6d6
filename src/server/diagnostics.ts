import { DiagnosticSeverity, DiagnosticTag, type Diagnostic, type Range as LspRange } from 'vscode-languageserver';
import type { NotAnalysed, Range, Severity } from '../report/finding.ts';
import { notAnalysedRule, unusedSuppressionRule } from '../rules/index.ts';
import type { Features } from './features.ts';
import { uriIn } from './places.ts';
import type { ServerFinding } from './work.ts';

/** What a diagnostic carries so that its code actions find the finding again. */
export interface DiagnosticData {
  readonly fingerprint: string;
}

/**
 * Publishes what an analysis found, in the document it was found in, and takes it back when the document closes.
 *
 * It publishes once a version, when all is known. What was published before stands until then, and editors move it with
 * the text; publishing that again as the diagnostics of the new version would claim what nobody has looked at, and
 * publishing a part (what the syntax alone tells) would let the rest vanish and come back: it would flicker. That an
 * analysis takes long is said in the status (`Analyses.onStarted`).
 */
export function registerDiagnostics({ connection, analyses, options }: Features): void {
  /** What each document's editor has been told last. */
  const told = new Map<string, string>();
  analyses.onAnalysed(({ uri, version, place, findings, notAnalysed, gapSeverity }) => {
    const diagnostics = [
      ...findings.map((finding) => toDiagnostic(finding, (path) => uriIn(place, path), options)),
      ...notAnalysed.map((gap) => toGap(gap, gapSeverity)),
    ];
    // A document is analysed again when another one of its tree changes, which mostly tells nothing new of it.
    const text = JSON.stringify({ version, diagnostics });
    if (told.get(uri) === text) return;
    told.set(uri, text);
    void connection.sendDiagnostics({ uri, version, diagnostics });
  });
  analyses.onForgotten((uri) => {
    told.delete(uri);
    void connection.sendDiagnostics({ uri, diagnostics: [] });
  });
}

const loudness: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

export function toDiagnostic(
  finding: ServerFinding,
  uriOf: (file: string) => string,
  options: { readonly rulePageLink?: string },
): Diagnostic {
  const isUnused = finding.rule === unusedSuppressionRule.id;
  // The tool's own has no page.
  const link = isUnused ? undefined : options.rulePageLink?.replace('{rule}', finding.rule);
  const data: DiagnosticData = { fingerprint: finding.fingerprint };
  return {
    range: toRange(finding),
    severity: loudness[finding.severity],
    source: 'pernet',
    code: finding.rule,
    ...(link === undefined ? {} : { codeDescription: { href: link } }),
    // A comment that suppresses nothing is what an editor fades out. No other finding is of code that could just go.
    ...(isUnused ? { tags: [DiagnosticTag.Unnecessary] } : {}),
    message: finding.config === undefined ? finding.message : `${finding.message} (with ${finding.config})`,
    relatedInformation: finding.related.map(({ file, line, column, message }) => ({
      location: { uri: uriOf(file), range: toRange({ line, column, endLine: line, endColumn: column }) },
      message,
    })),
    data,
  };
}

/** Longer than any line: the protocol takes a place behind a line's end for its end. */
const endOfLine = 10_000;

/** What could not be analysed is said where it stands, not only counted. */
function toGap({ line, function: name, reason }: NotAnalysed, severity: Severity): Diagnostic {
  return {
    range: toRange({ line, column: 1, endLine: line, endColumn: endOfLine }),
    severity: loudness[severity],
    source: 'pernet',
    code: notAnalysedRule.id,
    message: `not analysed: ${name === undefined ? '' : `${name}(): `}${reason}`,
  };
}

/** Ours count from 1, the protocol's from 0. */
export function toRange({ line, column, endLine, endColumn }: Range): LspRange {
  return {
    start: { line: line - 1, character: column - 1 },
    end: { line: endLine - 1, character: endColumn - 1 },
  };
}

import { DiagnosticSeverity } from 'vscode-languageserver';
import { URI } from 'vscode-uri';
import { toRange } from './diagnostics.ts';
import type { Features } from './features.ts';
import type { Report } from './work.ts';

/** Shows what is wrong in a tree's project file there, until it is mended; what is wrong in the settings is logged. */
export function registerProjectProblems({ connection, analyses }: Features): void {
  /** What is shown, by the tree. */
  const shown = new Map<string, { readonly uri: string; readonly said: string }>();
  let refused = '';
  const show = (tree: string, { file, problems }: Report['project']): void => {
    const uri = file === null ? null : URI.file(file).toString();
    const before = shown.get(tree);
    const said = JSON.stringify(problems);
    if (before && before.uri === uri && before.said === said) return;
    if (before && (before.uri !== uri || problems.length === 0)) {
      shown.delete(tree);
      void connection.sendDiagnostics({ uri: before.uri, diagnostics: [] });
    }
    if (uri === null || problems.length === 0) return;
    shown.set(tree, { uri, said });
    const severity = DiagnosticSeverity.Error;
    const diagnostics = problems.map((problem) => ({
      range: toRange(problem),
      severity,
      source: 'pernet',
      message: problem.message,
    }));
    void connection.sendDiagnostics({ uri, diagnostics });
  };
  analyses.onAnalysed((report) => {
    show(report.place.tree, report.project);
    const said = report.refused.join('\n');
    if (said !== '' && said !== refused) for (const line of report.refused) connection.console.warn(line);
    refused = said;
  });
}

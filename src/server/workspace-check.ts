import path from 'node:path';
import { LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import { URI } from 'vscode-uri';
import { Baselines } from './baseline.ts';
import { JobCancelled } from './background/jobs.ts';
import { toDiagnostic } from './diagnostics.ts';
import type { Features } from './features.ts';
import { methods, type CheckAnswer } from './protocol.ts';
import { readWhatChanged } from './watching.ts';
import type { ServerFinding } from './work.ts';

/** Whoever wants to be told that nobody wants the answer any more. */
export interface Cancellation {
  readonly isCancellationRequested: boolean;
  onCancellationRequested(listener: () => void): unknown;
}

type Given = Omit<Features, 'check' | 'onInitialized'>;

/** Analyses every file of the workspace when asked to, and shows what it finds also of files that are not open. */
export class WorkspaceCheck {
  constructor(private readonly features: Given) {
    const { analyses, checked, disk, settings } = features;
    settings.onChange(() => void this.nameAgain());
    disk.onChange((uris) => {
      const changed = new Set(uris.map((uri) => URI.parse(uri).fsPath));
      if (!checked.hideAgain((file) => changed.has(file))) return;
      void this.showAll();
    });
    analyses.onAnalysed(({ uri, findings }) => {
      checked.update(uri, findings);
    });
    analyses.onForgotten((uri) => {
      this.show(uri);
    });
  }

  async run(token: Cancellation): Promise<CheckAnswer> {
    const { checked } = this.features;
    await readWhatChanged(this.features);
    const before = checked.uris();
    const answer = await checkWorkspace(this.features, token);
    for (const uri of new Set([...before, ...checked.uris()])) this.show(uri);
    return answer;
  }

  /** The settings have changed: they may name other baselines. */
  private async nameAgain(): Promise<void> {
    const { checked, settings } = this.features;
    for (const [root, before] of checked.baselines()) {
      const { baseline } = await settings.of(URI.file(root).toString());
      if (baseline === before) continue;
      checked.hideBy(root, baseline);
      await this.showAll();
    }
  }

  /** With another baseline; what has been open is analysed again for it, what is open is anyway. */
  private async showAll(): Promise<void> {
    const { analyses, checked, documents } = this.features;
    for (const uri of checked.uris()) this.show(uri);
    for (const uri of checked.narrowed()) {
      const result = documents.get(uri) ? undefined : await analyses.of(uri);
      if (!result) continue;
      checked.update(uri, result.findings);
      this.show(uri);
    }
  }

  private show(uri: string): void {
    const { connection, documents, checked, options } = this.features;
    if (documents.get(uri)) return;
    const diagnostics = checked
      .of(uri)
      .map((finding) => toDiagnostic(finding, (file) => uriBeside(uri, finding, file), options));
    void connection.sendDiagnostics({ uri, diagnostics });
  }
}

export function registerWorkspaceCheck({ connection, check }: Features): void {
  connection.onRequest(methods.check, (_: unknown, token: Cancellation) => check(token));
}

/** Findings name files relative to their tree, which is where the finding's own file says. */
function uriBeside(uri: string, { file: own }: ServerFinding, file: string): string {
  const { path: full } = URI.parse(uri);
  return URI.parse(uri)
    .with({ path: path.posix.join(full.slice(0, full.length - own.length), file) })
    .toString();
}

/** Tree by tree, each in a job of its own. */
async function checkWorkspace(
  { workspace, background, settings, documents, checked }: Given,
  token: Cancellation,
): Promise<CheckAnswer> {
  const byRoot = new Map<string, string[]>();
  for (const { path: file, tree, ops } of workspace.files()) {
    const root = tree ?? workspace.folderOf(file) ?? path.dirname(file);
    if (ops.length > 0 || tree !== null) byRoot.set(root, [...(byRoot.get(root) ?? []), relativeTo(root, file)]);
  }
  const found = new Map<string, ServerFinding[]>();
  const baselines = new Baselines();
  let files = 0;
  for (const [root, names] of [...byRoot].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const set = await settings.of(URI.file(root).toString());
    const open = documents.all().flatMap((document): [string, string][] => {
      const file = URI.parse(document.uri).fsPath;
      return file.startsWith(root + path.sep) ? [[relativeTo(root, file), document.getText()]] : [];
    });
    const job = background('check', { root, files: names, settings: set, open }, () => undefined);
    token.onCancellationRequested(() => {
      job.cancel();
    });
    if (token.isCancellationRequested) job.cancel();
    const result = await job.result.catch((error: unknown) => {
      if (error instanceof JobCancelled) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled');
      throw error;
    });
    baselines.add(root, set.baseline);
    for (const finding of result) {
      const uri = URI.file(path.join(root, finding.file)).toString();
      found.set(uri, [...(found.get(uri) ?? []), finding]);
    }
    files += names.length;
  }
  checked.set(found, baselines);
  return { files, problems: checked.uris().reduce((sum, uri) => sum + checked.of(uri).length, 0) };
}

function relativeTo(root: string, file: string): string {
  return path.relative(root, file).split(path.sep).join('/');
}

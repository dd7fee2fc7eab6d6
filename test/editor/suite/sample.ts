import {
  commands,
  languages,
  Range,
  TextEditorRevealType,
  Uri,
  ViewColumn,
  window,
  workspace,
  type CodeLens,
  type Diagnostic,
  type TextDocument,
} from 'vscode';
import { until } from './page.ts';

/** A file of the workspace, which is a copy of the sample. */
export function sampleUri(name: string): Uri {
  const folder = workspace.workspaceFolders?.[0];
  if (!folder) throw new Error('no folder is open');
  return Uri.joinPath(folder.uri, name);
}

/** Opens a file of the workspace in the first column. */
export async function openSample(name: string): Promise<TextDocument> {
  const document = await workspace.openTextDocument(sampleUri(name));
  await window.showTextDocument(document, { preview: false, viewColumn: ViewColumn.One });
  return document;
}

/** Opens a file of this text in the workspace, behind no editor, while `use` looks at it. */
export async function withFile(
  name: string,
  text: string,
  use: (document: TextDocument) => Promise<void>,
): Promise<void> {
  const uri = sampleUri(name);
  await workspace.fs.writeFile(uri, Buffer.from(text));
  try {
    await use(await workspace.openTextDocument(uri));
  } finally {
    await workspace.fs.delete(uri);
  }
}

/** Scrolls the active editor until a text of its document is in the middle of it. */
export function reveal(text: string): void {
  const editor = window.activeTextEditor;
  if (!editor) throw new Error('no editor is active');
  const start = editor.document.positionAt(editor.document.getText().indexOf(text));
  editor.revealRange(new Range(start, start), TextEditorRevealType.InCenter);
}

/** This extension's diagnostics of a document in order of line, once they are what is wanted. */
export async function ourDiagnostics(
  uri: Uri,
  wanted: (diagnostics: readonly Diagnostic[]) => boolean,
): Promise<readonly Diagnostic[]> {
  let last: readonly Diagnostic[] = [];
  try {
    return await until('the wanted diagnostics', () => {
      last = languages
        .getDiagnostics(uri)
        .filter(({ source }) => source === 'pernet')
        .sort((a, b) => a.range.start.compareTo(b.range.start));
      return wanted(last) ? last : undefined;
    });
  } catch (error) {
    const seen = last.map((one) => `${one.range.start.line + 1}: ${codeOf(one)}: ${one.message}`);
    throw new Error(`${String(error)}; last seen:\n${seen.join('\n')}`);
  }
}

/** A diagnostic's rule. */
export function codeOf({ code }: Diagnostic): string {
  return String(typeof code === 'object' ? code.value : code);
}

/** The titles of a document's code lenses, in order. */
export async function lensTitles(document: TextDocument): Promise<readonly string[]> {
  const lenses = await commands.executeCommand<CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 100);
  return lenses
    .sort((a, b) => a.range.start.compareTo(b.range.start))
    .flatMap(({ command }) => (command ? [command.title] : []));
}

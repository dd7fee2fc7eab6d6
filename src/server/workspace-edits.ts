import type {
  AnnotatedTextEdit,
  ChangeAnnotation,
  ClientCapabilities,
  TextDocumentEdit,
  TextEdit,
  WorkspaceEdit,
} from 'vscode-languageserver';
import type { Fix } from '../report/finding.ts';
import { toRange } from './diagnostics.ts';
import { uriIn } from './places.ts';
import type { Settings } from './protocol.ts';
import type { PlaceOfFile } from './work.ts';

/** What the client can do with an edit. */
export interface EditSupport {
  /** It takes edits of versions of documents. */
  readonly versions: boolean;
  /** It shows what each change is for, and asks where it is told to. */
  readonly annotations: boolean;
  /** It asks for an action's edit when a person chooses it. */
  readonly resolves: boolean;
}

export function editSupportOf({ workspace, textDocument }: ClientCapabilities): EditSupport {
  const edit = workspace?.workspaceEdit;
  const action = textDocument?.codeAction;
  const versions = edit?.documentChanges === true;
  return {
    versions,
    annotations: versions && edit.changeAnnotationSupport !== undefined,
    resolves: action?.dataSupport === true && action.resolveSupport?.properties.includes('edit') === true,
  };
}

/** A fix, and what it mends in a sentence. */
export interface Reasoned {
  readonly fix: Fix;
  readonly why: string;
}

/** What decides how fixes are written down for the client. */
interface Circumstances {
  readonly place: PlaceOfFile;
  /** The document that the person looks at. */
  readonly uri: string;
  /** The version of an open document; null where it is not open. */
  readonly versionOf: (uri: string) => number | null;
  readonly support: EditSupport;
  /** Which fixes are looked at before they are made; without it none is. */
  readonly preview: Settings['previewFixes'];
}

/** Changes with fewer lines between them than this are one place. */
const near = 3;

/** How many places a fix changes, and whether one of them is in another file than the one that is looked at. */
export function extentOf({ edits }: Fix, own: string): { readonly places: number; readonly isElsewhere: boolean } {
  const sorted = [...edits].sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
  const places = sorted.filter((edit, index) => {
    const before = sorted[index - 1];
    return before?.file !== edit.file || edit.line - before.endLine > near;
  });
  return { places: places.length, isElsewhere: edits.some(({ file }) => file !== own) };
}

/**
 * Fixes as one edit. Where the client can, each change says what it is for, so that a preview has a heading for each
 * problem, and an edit that is to be looked at first opens that preview (`needsConfirmation`); a client that cannot gets
 * the plain edit.
 */
export function editOf(fixes: readonly Reasoned[], of: Circumstances): WorkspaceEdit {
  const uri = (file: string): string => uriIn(of.place, file);
  if (!of.support.annotations) {
    const changes: Record<string, TextEdit[]> = {};
    for (const edit of fixes.flatMap(({ fix }) => fix.edits))
      (changes[uri(edit.file)] ??= []).push({ range: toRange(edit), newText: edit.text });
    return { changes };
  }
  const annotations: Record<string, ChangeAnnotation> = {};
  const byDocument = new Map<string, AnnotatedTextEdit[]>();
  for (const [index, { fix, why }] of fixes.entries()) {
    const id = `fix-${index + 1}`;
    annotations[id] = { label: fix.title, description: why, needsConfirmation: isLookedAtFirst(fixes, fix, of) };
    for (const edit of fix.edits) {
      const at = uri(edit.file);
      const all = byDocument.get(at) ?? [];
      byDocument.set(at, [...all, { range: toRange(edit), newText: edit.text, annotationId: id }]);
    }
  }
  const documentChanges = [...byDocument].map(([at, edits]): TextDocumentEdit => ({
    textDocument: { uri: at, version: of.versionOf(at) },
    edits,
  }));
  return { documentChanges, changeAnnotations: annotations };
}

function isLookedAtFirst(all: readonly Reasoned[], fix: Fix, { place, preview }: Circumstances): boolean {
  const { places, isElsewhere } = extentOf(fix, place.path);
  switch (preview) {
    case 'never':
      return false;
    case 'outOfView':
      return isElsewhere || all.length > 1;
    case 'severalPlaces':
      return isElsewhere || places > 1 || all.length > 1;
    case 'always':
      return true;
  }
}

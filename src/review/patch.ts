import { applyPatch, parsePatch, reversePatch, type StructuredPatch } from 'diff';
import type { Host } from '../engine/index.ts';
import { ChangeError, textIn, type FileChange } from './change.ts';
import { overlayHost } from './overlay.ts';

/** One file of a patch. */
interface FilePatch extends FileChange {
  readonly patch: StructuredPatch;
}

/** What a patch does: the files in it, and the tree with them changed. */
export interface Applied {
  readonly files: readonly FileChange[];
  readonly after: Host;
}

/** Where a diff begins in a text; what stands above is a commit message and a diffstat. */
const start = /^(?:diff --git |--- \S.*\n\+\+\+ \S|Index: )/m;

/** Whether a text has a diff in it. */
export function hasDiff(text: string): boolean {
  return start.test(text);
}

/**
 * Applies a unified diff (git's dialect or plain, paths one level down as `a/…` and `b/…`) to a tree in memory. Lines may
 * have moved; what a hunk names as context must be there.
 * @throws ChangeError that names the file and the hunk which does not apply, or the line which is no diff.
 */
export function applyDiff(base: Host, text: string, name: string): Applied {
  const texts = new Map<string, string | null>();
  const files: FileChange[] = [];
  for (const each of parse(text, name)) {
    const { from, to } = each;
    const current = overlayHost(base, texts);
    const now = applyFile(each, current, name);
    if (each.patch.isBinary === true || (from === null && to === null)) continue;
    if (from !== null && from !== to && each.patch.isCopy !== true) texts.set(from, null);
    if (to !== null) texts.set(to, now);
    files.push(each.patch.isCopy === true ? { from: null, to } : { from, to });
  }
  return { files, after: overlayHost(base, texts) };
}

function parse(text: string, name: string): FilePatch[] {
  const at = text.search(start);
  if (at < 0) throw new ChangeError(`${name}: there is no diff in it`);
  const offset = text.slice(0, at).split('\n').length - 1;
  const diff = text.slice(at);
  return patchesIn(diff, name, offset).flatMap((patch) => {
    const [from, to] = pathsOf(patch);
    if (from === null && to === null) return [];
    for (const path of [from, to]) if (path !== null) checkPath(path, name);
    return [{ from, to, patch }];
  });
}

/** The signature below a patch (`-- ` and the version of git) looks like one more removed line to a strict parser. */
const signature = /^-- ?\n(?![\s\S]*^(?:diff |@@ ))[\s\S]*$/m;

function patchesIn(diff: string, name: string, offset: number): StructuredPatch[] {
  const unix = diff.includes('\r\n') && !/[^\r]\n/.test(diff) ? diff.replaceAll('\r\n', '\n') : diff;
  try {
    return parsePatch(unix);
  } catch (first) {
    try {
      return parsePatch(unix.replace(signature, ''));
    } catch (second) {
      const error = second instanceof Error ? second : first;
      const said = (error as Error).message
        .replace(/contained invalid line $/, 'is cut short')
        .replace(/line (\d+)/g, (_, line) => `line ${Number(line) + offset}`);
      throw new ChangeError(`${name}: not a well-formed patch: ${said}`);
    }
  }
}

function pathsOf(patch: StructuredPatch): [string | null, string | null] {
  const { oldFileName, newFileName } = patch;
  const from = patch.isCreate === true ? null : bare(oldFileName);
  const to = patch.isDelete === true ? null : bare(newFileName);
  return [from, to];
}

/** `a/net/foo.c` without its first part, as `patch -p1` and `git apply` take it. */
function bare(name: string | undefined): string | null {
  if (name === undefined || name === '/dev/null') return null;
  const slash = name.indexOf('/');
  return slash < 0 ? name : name.slice(slash + 1);
}

/** A patch may come from anybody: it says nothing about files outside the tree, or inside git's own folder. */
function checkPath(path: string, name: string): void {
  const parts = path.split('/');
  const odd = parts.some((part) => part === '' || part === '.' || part === '..' || /^\.git$/i.test(part));
  if (odd || path.includes('\0') || path.includes('\\'))
    throw new ChangeError(`${name}: it names a file outside the tree: ${JSON.stringify(path)}`);
}

function applyFile({ from, to, patch }: FilePatch, current: Host, name: string): string | null {
  if (patch.isBinary === true) return null;
  const shown = to ?? from ?? '';
  const before = textIn(current, from);
  if (from !== null && before === null) throw new ChangeError(`${name}: ${from}: it is not in the tree`);
  const isNew = from === null || (patch.isRename === true && from !== to) || patch.isCopy === true;
  if (isNew && to !== null && textIn(current, to) !== null)
    throw new ChangeError(`${name}: ${to}: it is in the tree already`);
  const after = applyPatch(before ?? '', patch);
  if (after === false) {
    const isThere = applyPatch(before ?? '', reversePatch(patch)) !== false;
    const reason = isThere
      ? 'it is applied already; --base REV names the tree before it'
      : failureOf(before ?? '', patch);
    throw new ChangeError(`${name}: ${shown}: ${reason}`);
  }
  if (to === null && after !== '') throw new ChangeError(`${name}: ${shown}: deleted, but not all of it is removed`);
  return to === null ? null : after;
}

/** Which hunk does not fit. */
function failureOf(before: string, patch: StructuredPatch): string {
  const { hunks } = patch;
  const index = hunks.findIndex((_, at) => applyPatch(before, { ...patch, hunks: hunks.slice(0, at + 1) }) === false);
  const hunk = hunks[index] ?? hunks.at(-1)!;
  const first =
    hunk.lines
      .find((line) => !line.startsWith('+') && line.trim() !== '')
      ?.slice(1)
      .trim() ?? '';
  const { oldStart, oldLines, newStart, newLines } = hunk;
  return (
    `hunk ${index < 0 ? hunks.length : index + 1} of ${hunks.length} does not apply ` +
    `(@@ -${oldStart},${oldLines} +${newStart},${newLines} @@${first === '' ? '' : `, which begins with "${first}"`})`
  );
}

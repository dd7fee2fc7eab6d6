/** A line of a real file, told by what is in it: kernel text itself is not ours to keep. */
export interface Anchor {
  /** The function that it lies in; a definition at file level by its name as well (`foo_net_ops`). */
  readonly in: string;
  /** A short part of the line: an identifier, a call. '' is the line of the name itself. */
  readonly line: string;
  /** Which of several such lines, from 1; default: the only one. */
  readonly nth?: number;
  /** The file, where it is not the case's own. */
  readonly file?: string;
}

/** One change of a line: it goes, is there twice, moves behind another one, or a part of it becomes another. */
export type Change = Anchor &
  (
    | { readonly do: 'delete' | 'double' }
    | { readonly do: 'move'; readonly behind: Omit<Anchor, 'file'> }
    | { readonly do: 'replace'; readonly part: string; readonly by: string }
  );

/** A bug that is put into a real file, and what has to be said of it. */
export interface LineCase {
  readonly file: string;
  /** The versions whose tree has the functions as they are told of here; default: all. */
  readonly trees?: readonly string[];
  readonly edits: readonly Change[];
  readonly rule: string;
  /** Where a reviewer puts the comment. */
  readonly at: Anchor;
  /** The places that walk the path, in order, as lines of the changed text. */
  readonly related: readonly Anchor[];
}

/** The lines of a named definition in a text, from 1; null where there is none. */
export function linesOf(text: string, name: string): readonly [first: number, last: number] | null {
  const lines = text.split('\n');
  // The kernel's style starts definitions in the first column and ends them there.
  const head = new RegExp(`\\b${name}\\b`);
  for (let index = 0; index < lines.length; index++) {
    if (!/^\w/.test(lines[index]!) || !head.test(lines[index]!)) continue;
    for (let end = index; end < lines.length; end++) {
      if (/^\}/.test(lines[end]!)) return [index + 1, end + 1];
      if (/^[^{]*;\s*$/.test(lines[end]!) && !lines.slice(index, end + 1).some((line) => line.includes('{'))) break;
    }
  }
  return null;
}

/**
 * The line that an anchor means, from 1.
 * @throws Error where there is no such line, or several and none is chosen: then the case no longer fits the tree.
 */
export function lineOf(text: string, { in: name, line, nth }: Anchor): number {
  const range = linesOf(text, name);
  if (!range) throw new Error(`there is no ${name}`);
  if (line === '') return range[0];
  const lines = text.split('\n');
  const found: number[] = [];
  for (let at = range[0]; at <= range[1]; at++) if (lines[at - 1]!.includes(line)) found.push(at);
  if (nth === undefined && found.length > 1) throw new Error(`${found.length} lines of ${name} have ${line}`);
  const chosen = found[(nth ?? 1) - 1];
  if (chosen === undefined) throw new Error(`no line of ${name} has ${line}${nth === undefined ? '' : ` (${nth})`}`);
  return chosen;
}

/** A text with changes made to it, one after the other. */
export function changed(text: string, edits: readonly Change[]): string {
  return edits.reduce((current, edit) => {
    const lines = current.split('\n');
    const index = lineOf(current, edit) - 1;
    const line = lines[index]!;
    switch (edit.do) {
      case 'delete':
        return lines.toSpliced(index, 1).join('\n');
      case 'double':
        return lines.toSpliced(index, 0, line).join('\n');
      case 'replace':
        if (!line.includes(edit.part))
          throw new Error(`${edit.part} is not in the line of ${edit.in} with ${edit.line}`);
        return lines.with(index, line.replace(edit.part, edit.by)).join('\n');
      case 'move': {
        const behind = lineOf(current, edit.behind) - 1;
        const without = lines.toSpliced(index, 1);
        return without.toSpliced(behind < index ? behind + 1 : behind, 0, line).join('\n');
      }
    }
  }, text);
}

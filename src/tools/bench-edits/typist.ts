import { editOf, type Edit } from '../random-edits.ts';

/** So many edits one after another are taken back again at most. */
const mostUndone = 20;

/** Somebody who edits a file. */
export interface Typist {
  next(): Edit;
}

/** Every other edit takes back the one before: each is of the file as it is, and only one edit away from it. */
export function careful(original: string, random: () => number): Typist {
  let [text, before] = [original, original];
  let isUndo = true;
  return {
    next() {
      isUndo = !isUndo;
      const edit = isUndo ? { kind: 'undo', text: before } : editOf(nearly(text, original), random);
      before = text;
      text = edit.text;
      return edit;
    },
  };
}

/** Edits pile up, and one after another is taken back again, but never all: most versions do not parse in some places. */
export function careless(original: string, random: () => number): Typist {
  let text = original;
  let undo: string[] = [];
  return {
    next() {
      const back = random() < 0.45 ? undo.pop() : undefined;
      const isStrange = nearly(text, original) !== text;
      const edit: Edit =
        back !== undefined
          ? { kind: 'undo', text: back }
          : isStrange
            ? { kind: 'paste the real file', text: original }
            : editOf(text, random);
      if (back === undefined) undo = [...undo.slice(1 - mostUndone), text];
      text = edit.text;
      return edit;
    },
  };
}

/** Where what is left or pasted is another file altogether, the next edits are of the real one again. */
function nearly(text: string, original: string): string {
  return text.length < original.length / 2 || text.length > original.length * 1.5 ? original : text;
}

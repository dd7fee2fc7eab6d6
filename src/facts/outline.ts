/** A function as its outline shows it: written as the kernel's style asks, with its braces in the first column. */
export interface OutlinedFunction {
  readonly name: string;
  readonly isStatic: boolean;
  /** Where its head starts (after the definition before it), and where its braces are. Offsets in UTF-16 units. */
  readonly head: number;
  readonly open: number;
  readonly close: number;
}

/**
 * The functions of a prepared text that can be told without a parse: those whose body is between a `{` and a `}` that
 * each stand alone in the first column (Documentation/process/coding-style.rst). Any other function is not listed, so
 * that nobody takes a guess for an outline.
 */
export function outlineOf(text: string): OutlinedFunction[] {
  const found: OutlinedFunction[] = [];
  let from = 0;
  for (;;) {
    const before = text.indexOf('\n{', from);
    if (before < 0) return found;
    const open = before + 1;
    const after = text.indexOf('\n}', open);
    if (after < 0) return found;
    const close = after + 1;
    const head = text.slice(from, before);
    const function_ = nameIn(head);
    const next = text[close + 1];
    if (
      function_ &&
      (next === undefined || next === '\n' || next === '\r' || next === ' ' || next === '\t') &&
      isBalanced(text, open, close)
    ) {
      found.push({ ...function_, head: from, open, close });
      from = close + 1;
    } else {
      // A function with a brace of its own in the first column: nothing inside it is a function.
      from = function_ ? endOf(text, open) : open + 1;
      if (from < 0) return found;
    }
  }
}

/** The name in a head that ends in `name(parameters)`; null when it does not end so. */
function nameIn(head: string): { name: string; isStatic: boolean } | null {
  const end = endWithoutComments(head);
  if (head[end - 1] !== ')') return null;
  let depth = 0;
  let at = end - 1;
  for (; at >= 0; at--) {
    if (head[at] === ')') depth++;
    else if (head[at] === '(' && --depth === 0) break;
  }
  const name = /([A-Za-z_]\w*)\s*$/.exec(head.slice(Math.max(0, at - 200), Math.max(0, at)))?.[1];
  if (name === undefined) return null;
  const start = Math.max(head.lastIndexOf(';', at), head.lastIndexOf('}', at), head.lastIndexOf('*/', at));
  return { name, isStatic: /\bstatic\b/.test(head.slice(start + 1, at)) };
}

/** Where a head ends, blanks and comments after it left out. */
export function endWithoutComments(head: string): number {
  for (let end = head.length; ;) {
    while (end > 0 && /\s/.test(head[end - 1]!)) end--;
    const line = head.lastIndexOf('\n', end - 1) + 1;
    const comment = head.slice(line, end).indexOf('//');
    if (head.endsWith('*/', end)) end = Math.max(0, head.lastIndexOf('/*', end - 2));
    else if (comment >= 0) end = line + comment;
    else return end;
  }
}

/** Whether the braces between two are balanced, strings, character constants and comments left out. */
function isBalanced(text: string, open: number, close: number): boolean {
  return endOf(text, open, close) === close + 1;
}

/** What comes after the brace that closes the one at `open`; -1 where none does up to `last`. */
export function endOf(text: string, open: number, last = text.length - 1): number {
  let depth = 0;
  for (let at = open; at <= last; at++) {
    switch (text.charCodeAt(at)) {
      case 123: // {
        depth++;
        break;
      case 125: // }
        if (--depth === 0) return at + 1;
        break;
      case 34: // "
      case 39: // '
        at = endOfQuoted(text, at);
        break;
      case 47: // /
        if (text[at + 1] === '*') at = text.indexOf('*/', at + 2) + 1 || last + 1;
        else if (text[at + 1] === '/') at = (text.indexOf('\n', at) + 1 || last + 1) - 1;
        break;
    }
  }
  return -1;
}

function endOfQuoted(text: string, start: number): number {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at];
    if (char === '\\') at++;
    else if (char === quote || char === '\n') return at;
  }
  return text.length;
}

/** Where the expression starts that ends in a member at a place: `foo_net(net)->tables.` */
export function startOf(text: string, at: number): number {
  let from = at;
  for (;;) {
    const before = text.slice(0, from).trimEnd();
    let end = before.length;
    for (;;) {
      const last = before[end - 1];
      if (last !== ')' && last !== ']') break;
      end = openingOf(before, end - 1);
      if (end < 0) return from;
    }
    const word = /\w*$/.exec(before.slice(0, end))![0];
    if (end === before.length && word === '') return from;
    from = end - word.length;
    const link = /(?:->|\.)\s*$/.exec(text.slice(0, from));
    if (!link) return from;
    from = link.index;
  }
}

function openingOf(text: string, close: number): number {
  let depth = 0;
  for (let at = close; at >= 0; at--) {
    if (text[at] === ')' || text[at] === ']') depth++;
    else if ((text[at] === '(' || text[at] === '[') && --depth === 0) return at;
  }
  return -1;
}

/** What stands between an assignment's sign after a place and its end. */
export function valueAt(text: string, at: number): string {
  const from = text.indexOf('=', at) + 1;
  const end = text.slice(from).search(/[;{}]/);
  return end < 0 ? '' : text.slice(from, from + end);
}

export interface CallAround {
  readonly name: string;
  readonly index: number;
  readonly from: number;
  readonly to: number;
  readonly args: readonly string[];
}

/** The call, or the parentheses without a name, that a place is an argument of. */
export function callAround(text: string, at: number): CallAround | null {
  let depth = 0;
  for (let open = at - 1; open >= 0; open--) {
    const char = text[open];
    if (char === ';' || char === '{' || char === '}') return null;
    if (char === ')') depth++;
    else if (char === '(' && depth-- === 0) {
      const to = endOfCall(text, open);
      const name = /(\w*)\s*$/.exec(text.slice(Math.max(0, open - 100), open))![1]!;
      const index = argumentsIn(text.slice(open + 1, at)).length - 1;
      const isWord = name === 'return' || name === 'case';
      const from = isWord || name === '' ? open : text.lastIndexOf(name, open);
      return to < 0
        ? null
        : { name: isWord ? '' : name, index, from, to, args: argumentsIn(text.slice(open + 1, to - 1)) };
    }
  }
  return null;
}

/** Behind the parenthesis that closes the one that comes next; -1 where none does. */
export function endOfCall(text: string, at: number): number {
  let depth = 0;
  for (let close = text.indexOf('(', at); close >= 0 && close < text.length; close++) {
    if (text[close] === '(') depth++;
    else if (text[close] === ')' && --depth === 0) return close + 1;
  }
  return -1;
}

/** The arguments that a text begins with, up to an end that is not theirs. */
export function argumentsIn(text: string): string[] {
  const found: string[] = [];
  let [depth, from, at] = [0, 0, 0];
  for (; at < text.length && depth >= 0; at++) {
    const char = text[at];
    if (char === '(' || char === '[') depth++;
    else if (char === ')' || char === ']') depth--;
    if (char !== ',' || depth > 0) continue;
    found.push(text.slice(from, at));
    from = at + 1;
  }
  return [...found, text.slice(from, depth < 0 ? at - 1 : at)];
}

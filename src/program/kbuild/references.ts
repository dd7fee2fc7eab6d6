/** The two sides of `ifeq (a,b)`, `ifeq "a" "b"` or `ifeq 'a' 'b'`. */
export function comparands(argument: string): [string, string] {
  if (argument.startsWith('(')) {
    const inner = argument.slice(1, closing(argument, 0));
    const comma = topLevel(inner, ',');
    return comma < 0 ? [inner, ''] : [inner.slice(0, comma).trim(), inner.slice(comma + 1).trim()];
  }
  const quoted = /^(["'])([^]*?)\1\s+(["'])([^]*?)\3/.exec(argument);
  return quoted ? [quoted[2]!, quoted[4]!] : [argument, ''];
}

/** The place of the parenthesis that closes the one at `open`; the text's end when none does. */
export function closing(text: string, open: number): number {
  const [left, right] = text[open] === '{' ? ['{', '}'] : ['(', ')'];
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === left) depth++;
    else if (text[at] === right && --depth === 0) return at;
  }
  return text.length;
}

/** The first place of a character outside parentheses; -1 for none. */
export function topLevel(text: string, wanted: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === '(' || char === '{') depth++;
    else if (char === ')' || char === '}') depth--;
    else if (char === wanted && depth === 0) return at;
  }
  return -1;
}

/** What stands between the commas, at most `most` pieces. */
export function argumentsOf(text: string, most: number): string[] {
  const args: string[] = [];
  let rest = text;
  while (args.length + 1 < most) {
    const comma = topLevel(rest, ',');
    if (comma < 0) break;
    args.push(rest.slice(0, comma));
    rest = rest.slice(comma + 1);
  }
  return [...args, rest];
}

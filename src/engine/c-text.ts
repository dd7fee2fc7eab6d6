/** Where things stand in prepared C text that has not been parsed. Offsets are UTF-16 units. */

/** Where a function is defined, from the start of its head's first line to after its closing brace. */
export function definitionIn(text: string, name: string): readonly [number, number] | undefined {
  for (const match of text.matchAll(new RegExp(`\\b${name}\\s*\\(`, 'g'))) {
    const after = closing(text, match.index + match[0].length - 1);
    const open = after < 0 ? -1 : after + /^\s*/.exec(text.slice(after))![0].length;
    if (text[open] !== '{') continue;
    const close = closing(text, open);
    if (close < 0) continue;
    const before = text.slice(0, match.index);
    const head = Math.max(before.lastIndexOf(';'), before.lastIndexOf('}'), before.lastIndexOf('*/') + 1);
    const line = before.indexOf('\n', head) + 1;
    return [head < 0 ? 0 : line > 0 ? line : head + 1, close];
  }
  return undefined;
}

/** What comes after the bracket that closes the one at `open`; -1 where none does. Strings and comments are passed over. */
function closing(text: string, open: number): number {
  const pattern = /[(){}]|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\/\*[^]*?\*\/|\/\/[^\n]*/g;
  pattern.lastIndex = open;
  let depth = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    if (match[0] === '(' || match[0] === '{') depth++;
    else if ((match[0] === ')' || match[0] === '}') && --depth === 0) return pattern.lastIndex;
  }
  return -1;
}

/** A function-like macro as the source of a function that returns the macro's value. */
export function macroAsFunction(name: string, params: readonly string[], body: string): string {
  return `static long ${name}(${params.map((param) => `long ${param}`).join(', ')})\n{\n${statementsOf(body)}\n}\n`;
}

function statementsOf(body: string): string {
  const block = /^\(\s*\{([^]*)\}\s*\)$/.exec(body)?.[1];
  if (block !== undefined) {
    const statements = block.trim().replace(/;\s*$/, '').split(';');
    const last = statements.pop() ?? '';
    return `${statements.map((each) => `${each};`).join(' ')} return ${last.trim()};`;
  }
  if (/^do\b|^\{|;\s*$/.test(body)) return `${body};`;
  return body === '' ? '' : `return ${body};`;
}

/** One line of a Makefile that says something about variables or what is read; recipes and rules are left out. */
export type Line =
  | {
      readonly l: 'assign';
      readonly name: string;
      readonly op: string;
      readonly value: string;
      readonly export: boolean;
    }
  | { readonly l: 'define'; readonly name: string; readonly op: string; readonly body: string }
  | { readonly l: 'export'; readonly names: string }
  | { readonly l: 'include'; readonly files: string }
  /** `ifeq`, `ifneq`, `ifdef`, `ifndef`, with what follows the word; `isElse` for `else ifeq …`. */
  | { readonly l: 'if'; readonly word: string; readonly argument: string; readonly isElse: boolean }
  | { readonly l: 'else' }
  | { readonly l: 'endif' }
  /** Text that is nothing else: a call of a macro that defines variables (`$(eval …)`, `$(foreach …)`). */
  | { readonly l: 'text'; readonly text: string };

const assignment =
  /^((?:[^\s:#=+?!$]|\$\([^()]*(?:\([^()]*(?:\([^()]*\)[^()]*)*\)[^()]*)*\)|\$\{[^{}]*\})+)\s*(:::?=|::?=|\+=|\?=|!=|=)\s*([^]*)$/;

/** The lines of a Makefile (GNU make's manual, "How Makefiles Are Parsed"). */
export function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  const raw = text.split('\n');
  let inRule = false;
  for (let at = 0; at < raw.length; at++) {
    let line = raw[at]!.replace(/\r$/, '');
    while (/(?:^|[^\\])(?:\\\\)*\\$/.test(line) && at + 1 < raw.length) {
      line = `${line.slice(0, -1).trimEnd()} ${raw[++at]!.replace(/\r$/, '').trimStart()}`;
    }
    if (line.startsWith('\t') && inRule) continue;
    const plain = withoutComment(line).trim();
    if (plain === '') continue;
    const define = /^(?:override\s+|export\s+)*define\s+(\S+)\s*([:+?]?=)?\s*$/.exec(plain);
    if (define) {
      const body: string[] = [];
      for (at++; at < raw.length && !/^\s*endef\b/.test(raw[at]!); at++) body.push(raw[at]!);
      lines.push({ l: 'define', name: define[1]!, op: define[2] ?? '=', body: body.join('\n') });
      inRule = false;
      continue;
    }
    const read = readLine(plain);
    if (read === 'rule') inRule = true;
    else {
      // Conditionals stand inside recipes too; anything else ends one.
      if (!['if', 'else', 'endif'].includes(read.l)) inRule = false;
      lines.push(read);
    }
  }
  return lines;
}

function readLine(line: string): Line | 'rule' {
  const conditional = /^(else\s+)?(ifeq|ifneq|ifdef|ifndef)\b\s*(.*)$/.exec(line);
  if (conditional) {
    return { l: 'if', word: conditional[2]!, argument: conditional[3]!, isElse: conditional[1] !== undefined };
  }
  if (/^else\b/.test(line)) return { l: 'else' };
  if (/^endif\b/.test(line)) return { l: 'endif' };
  const include = /^[-s]?include\s+(.*)$/.exec(line);
  if (include) return { l: 'include', files: include[1]! };
  const prefix = /^(?:(?:override|export|private)\s+)+/.exec(line)?.[0] ?? '';
  const assign = assignment.exec(line.slice(prefix.length));
  if (assign) {
    const exported = prefix.includes('export');
    return { l: 'assign', name: assign[1]!, op: assign[2]!, value: assign[3]!, export: exported };
  }
  if (prefix.includes('export')) return { l: 'export', names: line.slice(prefix.length) };
  if (/^(?:unexport|undefine|vpath|endef)\b/.test(line)) return { l: 'export', names: '' };
  return outsideReferences(line).includes(':') ? 'rule' : { l: 'text', text: line };
}

/** The text without its variable references and function calls. */
function outsideReferences(text: string): string {
  let plain = '';
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === '$' && /[({]/.test(text[at + 1] ?? '')) {
      depth++;
      at++;
    } else if (depth > 0) {
      if (char === '(' || char === '{') depth++;
      else if (char === ')' || char === '}') depth--;
    } else plain += char;
  }
  return plain;
}

function withoutComment(line: string): string {
  for (let at = line.indexOf('#'); at >= 0; at = line.indexOf('#', at + 1)) {
    if (line[at - 1] !== '\\') return line.slice(0, at);
  }
  return line;
}

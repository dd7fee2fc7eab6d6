/** One line of a Kconfig file: its first word and the rest, help texts and comments left out (Documentation/kbuild/kconfig-language.rst). */
export interface KconfigLine {
  readonly word: string;
  readonly rest: string;
}

export function kconfigLines(text: string): KconfigLine[] {
  const lines: KconfigLine[] = [];
  let help: number | null = null;
  for (const raw of text.replace(/\\\r?\n/g, ' ').split('\n')) {
    const line = raw.trimEnd();
    if (line.trim() === '') continue;
    const indent = columnsOf(/^[ \t]*/.exec(line)![0]);
    if (help !== null) {
      // A help text goes on as long as its lines are indented as its first one is.
      if (help < 0 ? indent > 0 : indent >= help) {
        if (help < 0) help = indent;
        continue;
      }
      help = null;
    }
    const match = /^\s*([\w-]+)\s*(.*)$/.exec(line.replace(/(^|\s)#(?=\s|$).*$/, ''));
    if (!match) continue;
    if (match[1] === 'help' || match[1] === '---help---') help = -1;
    else lines.push({ word: match[1]!, rest: match[2]!.trim() });
  }
  return lines;
}

function columnsOf(blank: string): number {
  let columns = 0;
  for (const char of blank) columns = char === '\t' ? (columns | 7) + 1 : columns + 1;
  return columns;
}

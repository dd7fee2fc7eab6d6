import type { Found } from '../collect.ts';
import type { Code } from './code.ts';
import type { Candidate } from './unwind.ts';

/** Takes a statement out that should not be there, with the `if` that asks for its result. */
export function dropStatement({ finding }: Found, code: Code): Candidate[] {
  const { line } = finding;
  const fn = code.functionAround(line);
  if (!fn) return [];
  const end = code.endOfStatement(line, fn.span[2]);
  const text = code.trimmed(line);
  const title = `Remove ${text.replace(/\s+/g, ' ').replace(/^(\w+ = )/, '')}`;
  const result = /^(\w+) = /.exec(text)?.[1];
  const next = end + 1;
  if (
    result !== undefined &&
    new RegExp(`^if \\((?:${result}(?: < 0| != 0)?|unlikely\\(${result}\\))\\)`).test(code.trimmed(next))
  )
    return [{ title, edits: [code.removeLines(line, code.endOfStatement(next, fn.span[2]))] }];
  const call = /^return (\w+)\(.*\);$/.exec(text);
  if (call) return [{ title, edits: [code.replaceLines(line, end, `${code.indentOf(line)}return 0;\n`)] }];
  if (!/^\w+\(/.test(text)) return [];
  if (code.isBare(line)) {
    const head = code.above(line);
    return /^\s*else\b/.test(code.line(end + 1)) ? [] : [{ title, edits: [code.removeLines(head, end)] }];
  }
  return [{ title, edits: [code.removeLines(line, end)] }];
}

/** Where an error path undoes too much, its `goto` names the wrong label: another one is tried. */
export function retarget({ finding, history }: Found, code: Code): Candidate[] {
  const jumps = (history?.events ?? []).flatMap(({ trace }) =>
    trace?.t === 'jump' && trace.kind === 'goto' && trace.place.file === code.file ? [trace] : [],
  );
  const jump = jumps.at(-1);
  const fn = code.functionAround(finding.line);
  if (!jump || !fn || fn.name !== jump.place.fn) return [];
  const from = jump.place.at[0];
  return code
    .labelsOf(fn)
    .filter(({ name, line }) => name !== jump.label && line > from)
    .flatMap(({ name }): Candidate[] => {
      const edit = code.replaceIn(from, `goto ${jump.label ?? ''};`, `goto ${name};`);
      return edit ? [{ title: `Leave by ${name}`, edits: [edit] }] : [];
    });
}

const sections: Readonly<Record<string, string>> = {
  __init: '__net_init',
  __exit: '__net_exit',
  __net_init: '__net_exit',
  __initdata: '__net_initdata',
  __initconst: '__net_initdata',
  __net_initdata: '__read_mostly',
  __net_initconst: '__read_mostly',
};

/** The section that the core's own objects of the kind are in. */
export function swapSection({ finding }: Found, code: Code): Candidate[] {
  for (let line = finding.line; line >= Math.max(1, finding.line - 2); line--) {
    const word = /\b__(?:net_)?(?:initdata|initconst|init|exit)\b/.exec(code.line(line))?.[0];
    const to = word === undefined ? undefined : sections[word];
    if (word === undefined || to === undefined) continue;
    const edit = code.replaceIn(line, word, to);
    const without = code.replaceIn(line, `${word} `, '') ?? code.replaceIn(line, ` ${word}`, '');
    return [
      ...(edit ? [{ title: `Put it into ${to}`, edits: [edit] }] : []),
      ...(without ? [{ title: `Take it out of ${word}`, edits: [without] }] : []),
    ];
  }
  return [];
}

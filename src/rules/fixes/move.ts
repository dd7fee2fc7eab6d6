import type { Found } from '../collect.ts';
import type { Code, Edit } from './code.ts';
import type { Candidate } from './unwind.ts';

/** A statement with the `if` that asks for its result. */
interface Step {
  readonly first: number;
  readonly last: number;
  /** Where it goes when it fails, as written; undefined when it is not asked. */
  readonly failure?: { readonly line: number; readonly text: string };
}

/** Moves the step that a finding is about before the one that its first related place names. */
export function moveBefore(found: Found, code: Code): Candidate[] {
  return move(found, code, 'before');
}

/** Moves it behind the last of its related places, or the first. */
export function moveAfter(found: Found, code: Code): Candidate[] {
  return move(found, code, 'after');
}

function move({ finding }: Found, code: Code, where: 'before' | 'after'): Candidate[] {
  const fn = code.functionAround(finding.line);
  if (!fn) return [];
  return [...finding.related].reverse().flatMap(({ file, line }): Candidate[] => {
    const isThere = file === code.file && fn.span[0] <= line && line <= fn.span[2] && line !== finding.line;
    const isForward = finding.line < line;
    if (!isThere) return [];
    // What is wrong is either too early or too late; the other one of the two may be what moves.
    const own = stepAt(code, finding.line, fn.span[2]);
    const other = stepAt(code, line, fn.span[2]);
    if (!own || !other) return [];
    const [early, late] = isForward ? [own, other] : [other, own];
    if (early.last >= late.first) return [];
    const title = `Move ${code.trimmed(own.first).replace(/^\w+ = /, '')} ${where === 'before' && !isForward ? 'up' : 'down'}`;
    return [
      ...swaps(code, early, late).map((edits) => ({ title, edits })),
      {
        title,
        edits: [code.removeLines(early.first, early.last), code.insertBefore(late.last + 1, textOf(code, early))],
      },
      { title, edits: [code.removeLines(late.first, late.last), code.insertBefore(early.first, textOf(code, late))] },
    ];
  });
}

function stepAt(code: Code, line: number, end: number): Step | null {
  if (code.isBare(line)) return null;
  const last = code.endOfStatement(line, end);
  const result = /^(\w+) = /.exec(code.trimmed(line))?.[1];
  if (result !== undefined && new RegExp(`^if \\(!?${result}\\b`).test(code.trimmed(last + 1))) {
    const tail = code.endOfStatement(last + 1, end);
    const at = Array.from({ length: tail - last }, (_, index) => last + 1 + index).find((each) =>
      /\bgoto\b|\breturn\b/.test(code.line(each)),
    );
    const gap = code.trimmed(tail + 1) === '' ? 1 : 0;
    return {
      first: line,
      last: tail + gap,
      ...(at === undefined ? {} : { failure: { line: at, text: code.line(at) } }),
    };
  }
  return { first: line, last };
}

function textOf(code: Code, { first, last }: Step): string {
  return Array.from({ length: last - first + 1 }, (_, index) => `${code.line(first + index)}\n`).join('');
}

/**
 * Two steps next to each other change places, and their failures with them: each leaves where the other did, and the two
 * statements of the chain that undo them change places too.
 */
function swaps(code: Code, early: Step, late: Step): Edit[][] {
  if (!early.failure || !late.failure) return [];
  const swapped = (step: Step, failure: string): string =>
    Array.from({ length: step.last - step.first + 1 }, (_, index) => {
      const line = step.first + index;
      return `${line === step.failure?.line ? failure : code.line(line)}\n`;
    }).join('');
  const ways = [
    code.replaceLines(early.first, early.last, swapped(late, early.failure.text)),
    code.replaceLines(late.first, late.last, swapped(early, late.failure.text)),
  ];
  const label = /\bgoto\s+(\w+)\s*;/.exec(late.failure.text)?.[1];
  const fn = code.functionAround(early.first);
  const target = label === undefined || !fn ? undefined : code.labelsOf(fn).find(({ name }) => name === label);
  if (!target) return [ways];
  // What undoes the earlier step comes first behind the later one's label; from now on that undoes the later step.
  const undo = target.line + 1;
  const result = resultOf(code, early);
  const speaksOfResult = result !== undefined && new RegExp(`\\b${result}\\b`).test(early.failure.text);
  const argument = /\(\s*(&?\w+)/.exec(code.trimmed(late.first))?.[1];
  // What is made by the later call has no error to hand on where the earlier one did.
  const made = speaksOfResult ? undefined : resultOf(code, late);
  const other = undoOf(code, argument) ?? undoOf(code, made);
  if (other === null) return [ways];
  return [[...ways, code.replaceLines(undo, undo, `\t${other}\n`)], ways];
}

/** The variable that a step's call gives its result to. */
function resultOf(code: Code, step: Step): string | undefined {
  return /^(\w+) = /.exec(code.trimmed(step.first))?.[1];
}

/** What undoes a step, by the other statements of the file: the call whose name is the opposite, with the same argument. */
function undoOf(code: Code, argument: string | undefined): string | null {
  if (argument === undefined) return null;
  for (const { span } of code.facts.functions) {
    for (let line = span[0]; line <= span[2]; line++) {
      const text = code.trimmed(line);
      if (/^(un|de)?\w*(unregister|del|remove|destroy|exit|stop)\w*\(/.test(text) && text.includes(`(${argument}`))
        return text;
    }
  }
  return null;
}

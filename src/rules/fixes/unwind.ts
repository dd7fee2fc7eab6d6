import type { FunctionFact } from '../../facts/ir.ts';
import type { Code, Edit, Label } from './code.ts';
import type { Undo } from './undo.ts';

/** Edits that belong together, and in a few words what they do. */
export interface Candidate {
  readonly title: string;
  readonly edits: readonly Edit[];
}

/**
 * Ways to undo something where a function leaves with an error, the most idiomatic first. Which of them are right the
 * analysis of the mended file says.
 */
export function undoOnError(code: Code, fn: FunctionFact, leaving: number, undo: Undo): Candidate[] {
  if (undo.locals.length > 0 && undo.fn !== fn.name) return [];
  const text = code.trimmed(leaving);
  const label = /\bgoto\s+(\w+)\s*;/.exec(text)?.[1];
  if (label !== undefined) return inChain(code, fn, { from: leaving, label }, undo);
  const value = /^return\s+([^;]+);$/.exec(text)?.[1];
  if (value === undefined) return [];
  const isCall = /\w\s*\(/.test(value) && !/^(PTR_ERR|ERR_PTR)\b/.test(value);
  if (isCall) return [intoVariable(code, fn, { line: leaving, call: value }, undo)];
  return [...byGoto(code, fn, { line: leaving, value }, undo), beforeReturn(code, leaving, undo)];
}

/** Where in a chain of labels and undoing statements something goes: before the first that undoes what was done earlier. */
function placeInChain(code: Code, fn: FunctionFact, start: number, undo: Undo): number {
  let line = start;
  for (; line < fn.span[2]; line++) {
    const text = code.trimmed(line);
    if (isEnd(code, line) || text === '}') break;
    const named = /\(\s*([^(),]+?)\s*[,)]/.exec(text)?.[1];
    if (named !== undefined && isDoneBefore(code, fn, named, undo.line)) break;
  }
  // A label before the statement stays with it; one before the end is where what undid it stood.
  let at = line;
  while (at > start && !isEnd(code, line) && isLabel(code, at - 1)) at--;
  return at;
}

/** Whether a chain ends on a line: it returns, or goes on elsewhere (`goto out;`). */
function isEnd(code: Code, line: number): boolean {
  return /^(?:return|goto)\b/.test(code.trimmed(line)) && !code.isBare(line);
}

function isDoneBefore(code: Code, fn: FunctionFact, named: string, line: number): boolean {
  for (let at = code.openingOf(fn) + 1; at < line; at++) {
    const text = code.line(at);
    if (/\bgoto\b|^\w+:/.test(text)) continue;
    if (text.includes(`(${named}`) || text.includes(`${named} = `) || text.includes(`, ${named}`)) return true;
  }
  return false;
}

function isLabel(code: Code, line: number): boolean {
  return /^ ?\w+:/.test(code.line(line));
}

function inChain(code: Code, fn: FunctionFact, of: { from: number; label: string }, undo: Undo): Candidate[] {
  const target = code.labelsOf(fn).find(({ name }) => name === of.label);
  if (!target) return [];
  const title = `Undo it on the way out: ${undo.statement}`;
  const at = placeInChain(code, fn, target.line + 1, undo);
  const statement = `\t${undo.statement}\n`;
  const plain = [at, ...positions(code, fn, target)].filter((line, index, all) => all.indexOf(line) === index);
  const candidates: Candidate[] = [{ title, edits: [code.insertBefore(at, statement)] }];
  // Who jumps to the same label and has not done it yet: then a label of its own is needed.
  const after = code.gotosTo(fn, of.label).filter((line) => line > undo.line);
  const fresh = newLabel(code, fn, undo);
  const own = (line: number): Candidate => ({
    title: `${title} (at a new label)`,
    edits: [
      ...after.flatMap((each) => code.replaceIn(each, `goto ${of.label}`, `goto ${fresh}`) ?? []),
      code.insertBefore(line, `${fresh}:\n${statement}`),
    ],
  });
  candidates.push(own(target.line));
  candidates.push(...plain.slice(1).map((line) => ({ title, edits: [code.insertBefore(line, statement)] })));
  return candidates;
}

/** The places between the statements of a chain, up to its return. */
function positions(code: Code, fn: FunctionFact, { line }: Label): number[] {
  const found: number[] = [];
  for (let at = line + 1; at < fn.span[2] && found.length < 12; at++) {
    found.push(at);
    if (isEnd(code, at)) break;
  }
  return found;
}

/** Instead of a return: a jump to where the chain undoes it, to a label that is there or to a new one. */
function byGoto(code: Code, fn: FunctionFact, of: { line: number; value: string }, undo: Undo): Candidate[] {
  const labels = code.labelsOf(fn).filter(({ line }) => line > of.line);
  const last = labels.at(-1);
  if (!last) return [];
  const end = endOfChain(code, fn, last);
  const returned = /^return\s+(\w+);$/.exec(code.trimmed(end))?.[1];
  if (returned === undefined) return [];
  const jump = (to: string): Edit | null => {
    if (of.value === returned) return code.replaceIn(of.line, `return ${of.value};`, `goto ${to};`);
    const indent = code.indentOf(of.line);
    const lines = `${indent}${returned} = ${of.value};\n${indent}goto ${to};\n`;
    return code.isBare(of.line) ? braced(code, of.line, lines) : code.replaceLines(of.line, of.line, lines);
  };
  const candidates = [...labels].reverse().flatMap(({ name }): Candidate[] => {
    const edit = jump(name);
    return edit ? [{ title: `Leave by ${name}, which undoes it`, edits: [edit] }] : [];
  });
  const fresh = newLabel(code, fn, undo);
  const edit = jump(fresh);
  if (!edit) return candidates;
  const title = `Leave by a new label that undoes it: ${undo.statement}`;
  for (let line = labels[0]!.line + 1; line < end; line++) {
    if (code.trimmed(line) !== undo.statement || isLabel(code, line - 1)) continue;
    candidates.push({ title, edits: [edit, code.insertBefore(line, `${fresh}:\n`)] });
  }
  return candidates;
}

function endOfChain(code: Code, fn: FunctionFact, last: Label): number {
  for (let line = last.line + 1; line <= fn.span[2]; line++) if (/^return\b/.test(code.trimmed(line))) return line;
  return fn.span[2];
}

/** `if (err) { undo; return err; }` */
function beforeReturn(code: Code, line: number, undo: Undo): Candidate {
  const indent = code.indentOf(line);
  const title = `Undo it before the return: ${undo.statement}`;
  if (!code.isBare(line)) return { title, edits: [code.insertBefore(line, `${indent}${undo.statement}\n`)] };
  return { title, edits: [braced(code, line, `${indent}${undo.statement}\n${code.line(line)}\n`)] };
}

/** A statement that stands alone under its `if` becomes several, in braces. */
function braced(code: Code, line: number, lines: string): Edit {
  const head = code.above(line);
  const indent = code.indentOf(line).replace(/\t$/, '');
  const next = /^\s*else\b/.test(code.line(line + 1));
  const close = next ? `${indent}} ${code.trimmed(line + 1)}\n` : `${indent}}\n`;
  return code.replaceLines(head, next ? line + 1 : line, `${code.line(head)} {\n${lines}${close}`);
}

/** `return foo();` becomes `err = foo(); if (err) undo; return err;`. */
function intoVariable(code: Code, fn: FunctionFact, of: { line: number; call: string }, undo: Undo): Candidate {
  const { name, edits } = errorVariable(code, fn);
  const indent = code.indentOf(of.line);
  const lines = [
    `${indent}${name} = ${of.call};`,
    `${indent}if (${name})`,
    `${indent}\t${undo.statement}`,
    `${indent}return ${name};`,
    '',
  ].join('\n');
  const edit = code.isBare(of.line) ? braced(code, of.line, lines) : code.replaceLines(of.line, of.line, lines);
  return { title: `Undo it where ${of.call} fails: ${undo.statement}`, edits: [...edits, edit] };
}

/** The local that a function keeps its error in, and what it takes to have one. */
export function errorVariable(
  code: Code,
  fn: FunctionFact,
): { readonly name: string; readonly edits: readonly Edit[] } {
  for (let line = code.openingOf(fn) + 1; line <= fn.span[2]; line++) {
    const declared = /^\s+int\s+([^;()]+);/.exec(code.line(line))?.[1];
    const name = declared?.match(/\b(err|ret|rc|error|res|rv|status|result)\b/)?.[0];
    if (name !== undefined) return { name, edits: [] };
  }
  const first = code.openingOf(fn) + 1;
  const isDeclaration = /^\s+(?:const |static )?(?:struct|unsigned|int|bool|char|u\d+|\w+_t)\b[^()]*;/.test(
    code.line(first),
  );
  return { name: 'err', edits: [code.insertBefore(first, isDeclaration ? '\tint err;\n' : '\tint err;\n\n')] };
}

/** A label's name in the style of the function's others. */
function newLabel(code: Code, fn: FunctionFact, { name }: Undo): string {
  const labels = code.labelsOf(fn).map((label) => label.name);
  const prefix =
    labels.map((label) => /^(err|out|fail|error|free|undo)_/.exec(label)?.[1]).find((each) => each) ?? 'err';
  const base = `${prefix}_${name}`;
  let label = base;
  for (let count = 2; labels.includes(label); count++) label = `${base}${count}`;
  return label;
}

/** The undoing in a function that takes everything down, in the reverse order: before what was done earlier is undone. */
export function undoOnExit(
  code: Code,
  exit: FunctionFact,
  doer: { code: Code; fn: FunctionFact },
  undo: Undo,
): Candidate[] {
  const first = code.openingOf(exit) + 1;
  const title = `Undo it in ${exit.name}(): ${undo.statement}`;
  let end = exit.span[2];
  if (/^return\b/.test(code.trimmed(code.above(end)))) end = code.above(end);
  let at = end;
  for (let line = first; line < end; line++) {
    const named = /\(\s*([^(),]+?)\s*[,)]/.exec(code.trimmed(line))?.[1];
    const isStatement = /^\w+\(.*\);$/.test(code.trimmed(line));
    if (isStatement && named !== undefined && isDoneBefore(doer.code, doer.fn, named, undo.line)) {
      at = line;
      break;
    }
  }
  const places = [at, end].filter((line, index, all) => all.indexOf(line) === index);
  return places.map((line) => ({ title, edits: [code.insertBefore(line, `\t${undo.statement}\n`)] }));
}

import type { Host } from '../src/engine/index.ts';
import { severities, type Severity } from '../src/rules/index.ts';

/**
 * A diagnostic as a fixture shows it: a comment line below the code line, with carets under its range and what it says,
 * `//	^^^^ error: left-registered-on-exit: part of the message`. A range that ends on a later line says where after the
 * carets of its first: `^^^^+1:24`, one line below in column 24. `[CONFIG_X=n]` after the rule is the configuration it
 * needs.
 */
export interface Marker {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly severity: Severity;
  /** Without `pernet/`. */
  readonly rule: string;
  readonly config?: string;
  /** A part of the message. */
  readonly part?: string;
}

/** `//! not analysed: reason`, below the line that was not; carets have no place there, since only the line is known. */
export interface GapMarker {
  readonly line: number;
  readonly part: string;
}

export interface FixtureFile {
  readonly path: string;
  /** The text without the marker lines; lines count from 1 in it. */
  readonly text: string;
  readonly markers: readonly Marker[];
  readonly gaps: readonly GapMarker[];
}

export const defaultPath = 'net/foo/foo.c';

/** A tab reaches to the next multiple of this, as in the kernel's coding style. */
const tabWidth = 8;

const caretLine = new RegExp(
  String.raw`^(\s*(?:\/\/\s*)?)(\^+)(?:\+(\d+):(\d+))? (${severities.join('|')}): ([\w-]+)(?: \[([^\]]+)\])?(?:: (.*))?$`,
);
const gapLine = /^\/\/! not analysed: (.*)$/;

/** Splits a fixture into its files (`//- net/foo/main.c` starts one) and takes the markers out of their texts. */
export function parseFixture(text: string): FixtureFile[] {
  const files: { path: string; lines: string[] }[] = [];
  for (const line of text.replace(/^\n/, '').split('\n')) {
    const head = /^\/\/- (\S+)$/.exec(line);
    if (head) files.push({ path: head[1]!, lines: [] });
    else if (files.length > 0) files.at(-1)!.lines.push(line);
    else files.push({ path: defaultPath, lines: [line] });
  }
  return files.map(({ path, lines }) => readMarkers(path, lines));
}

function readMarkers(path: string, lines: readonly string[]): FixtureFile {
  const code: string[] = [];
  const markers: Marker[] = [];
  const gaps: GapMarker[] = [];
  for (const line of lines) {
    const gap = gapLine.exec(line);
    const match = caretLine.exec(line);
    if (gap) gaps.push({ line: code.length, part: gap[1]! });
    else if (match) markers.push(markerOf(match, code));
    else code.push(line);
  }
  return { path, text: code.join('\n'), markers, gaps };
}

function markerOf(match: RegExpExecArray, code: readonly string[]): Marker {
  const [, before = '', carets = '', lines, endColumn, severity, rule = '', config, part] = match;
  const line = code.length;
  const columns = visualColumns(code[line - 1] ?? '');
  const start = visualColumns(before).at(-1)!;
  const column = columns.indexOf(start) + 1;
  const end = columns.indexOf(start + carets.length) + 1;
  if (column === 0 || end === 0) throw new Error(`a marker's carets fit no characters of "${code[line - 1] ?? ''}"`);
  return {
    line,
    column,
    endLine: line + Number(lines ?? 0),
    endColumn: endColumn === undefined ? end : Number(endColumn),
    severity: severity as Severity,
    rule,
    ...(config === undefined ? {} : { config }),
    ...(part === undefined ? {} : { part }),
  };
}

/** The text of a file with markers below its lines, in one spelling, so that two of them can be compared. */
export function renderFile(path: string, text: string, markers: readonly Marker[], gaps: readonly GapMarker[]): string {
  const lines = text.split('\n').flatMap((code, index) => {
    const here = markers.filter(({ line }) => line === index + 1).sort(compareMarkers);
    const unread = gaps.filter(({ line }) => line === index + 1).map(({ part }) => part);
    return [
      code,
      ...here.map((marker) => renderMarker(marker, code)),
      ...unread.sort().map((part) => `//! not analysed: ${part}`),
    ];
  });
  return `//- ${path}\n${lines.join('\n')}`;
}

function renderMarker(marker: Marker, code: string): string {
  const { column, line, endLine, endColumn, severity, rule, config, part } = marker;
  const columns = visualColumns(code);
  const start = columns[column - 1] ?? 0;
  const end = endLine > line ? columns.at(-1)! : (columns[endColumn - 1] ?? start);
  const more = endLine > line ? `+${endLine - line}:${endColumn}` : '';
  const said = `${severity}: ${rule}${config === undefined ? '' : ` [${config}]`}${part === undefined ? '' : `: ${part}`}`;
  return `${indent(start)}${'^'.repeat(Math.max(1, end - start))}${more} ${said}`;
}

/** Two columns are the comment's own slashes; where a range starts under them, the line goes without. */
function indent(column: number): string {
  if (column < 2) return ' '.repeat(column);
  let text = '//';
  let at = 2;
  for (; Math.floor(at / tabWidth) < Math.floor(column / tabWidth); at = (Math.floor(at / tabWidth) + 1) * tabWidth)
    text += '\t';
  return text + ' '.repeat(column - at);
}

/** The column, from 0, at which each character of a line is shown, and that of its end. */
function visualColumns(line: string): number[] {
  const columns = [0];
  for (const char of line) {
    const at = columns.at(-1)!;
    columns.push(char === '\t' ? (Math.floor(at / tabWidth) + 1) * tabWidth : at + 1);
  }
  return columns;
}

function compareMarkers(a: Marker, b: Marker): number {
  return a.column - b.column || (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0);
}

/** A tree in memory. */
export function memoryHost(files: ReadonlyMap<string, string>): Host {
  return {
    readText(path) {
      const text = files.get(path);
      return text === undefined ? { error: 'it is not there' } : { text };
    },
    listFolder: (folder) => [...files.keys()].filter((path) => folderOf(path) === folder).sort(),
  };
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

import type { At, Expr } from './ir.ts';

/** What stands in a table: a number, a name, perhaps its address, or members by name. */
type Cell =
  | { readonly value: number | null }
  | { readonly word: string; readonly isAddress: boolean }
  | { readonly members: ReadonlyMap<string, Cell> };

interface Table {
  readonly cells: readonly Cell[];
  /** How it was written, so that what was read with it can be told from what was read with another. */
  readonly text: string;
}

/**
 * The constant arrays of a file whose elements name functions or objects, by which code goes through its steps:
 * `static const struct foo_step foo_steps[] = { { foo_cache_init, foo_cache_exit }, … }`. They are read from the text, for
 * there is no tree of them: what they name decides which functions are parsed at all (`pruneBodies`), and all else that
 * stands between functions is blanked before that, these arrays and their structures with it.
 */
export type Tables = ReadonlyMap<string, Table>;

/** One with more elements than this is none of steps. */
const mostCells = 30;

/** What declares an array with an initialiser: `static struct x *const name[] = {`, `static int (*const name[])(void) = {`. */
const declaration = /\b([A-Za-z_]\w*)[ \t]*\[[ \t]*\w*[ \t]*\](?:[ \t]*\)\s*\([^(){};]*\))?[ \t\w]*=\s*\{/g;

/**
 * The tables in the text of a file, arms that are not taken left out; one that is defined twice is none that is known.
 */
export function tablesOf(live: string): Tables {
  const found = new Map<string, Table>();
  const seen = new Set<string>();
  const isCalled = calledIn(live);
  for (const match of live.matchAll(declaration)) {
    const [whole, name] = match as unknown as [string, string];
    const table = seen.has(name)
      ? null
      : readTable(live, { name, at: match.index, open: match.index + whole.length - 1, isCalled });
    if (table) found.set(name, table);
    else found.delete(name);
    seen.add(name);
  }
  return found;
}

function readTable(
  live: string,
  {
    name,
    at,
    open,
    isCalled,
  }: {
    readonly name: string;
    readonly at: number;
    readonly open: number;
    readonly isCalled: (name: string) => boolean;
  },
): Table | null {
  const type = typeBefore(live, at);
  // Of an array of other things each element is as good as another.
  if (!/\bpernet_operations\b/.test(type) && !isCalled(name)) return null;
  if (!/\b(?:static|const)\b/.test(type)) return null;
  const text = initialiserAt(live, open);
  if (text === null || !/[A-Za-z_]/.test(text)) return null;
  if (!/\bconst\b/.test(type) && isWritten(live, name)) return null;
  const parts = partsOf(text);
  if (parts.length === 0 || parts.length > mostCells) return null;
  const order = parts.some((part) => part.startsWith('{')) ? membersOf(live, type) : [];
  const cells = parts.map((part) => readCell(part, order));
  const known = cells.flatMap((cell) => (cell ? [cell] : []));
  return known.length === cells.length && known.some(namesSomething) ? { cells: known, text } : null;
}

/**
 * Which arrays a file calls what the elements of name: `foo_steps[i].init()`, or the same by a pointer to one. A text is
 * gone through once, however many arrays it has.
 */
function calledIn(live: string): (name: string) => boolean {
  let called: ReadonlySet<string> | undefined;
  const names = (pattern: RegExp): string[] => [...live.matchAll(pattern)].map((match) => match[1]!);
  return (name) => {
    called ??= new Set([
      ...names(/\b([A-Za-z_]\w*)(?=[ \t]*\[[^\]\n]*\](?:\s*\.\s*\w+)?\s*\)?\s*\()/g),
      ...(/\w->\w+\s*\)?\s*\(/.test(live) ? names(/(?:&\s*|=\s*)([A-Za-z_]\w*)(?=[ \t]*\[|\s*[;,+])/g) : []),
    ]);
    return called.has(name);
  };
}

/** What stands before the name of a variable, the structure that it is an array of included where that has no name. */
function typeBefore(live: string, at: number): string {
  const line = live.lastIndexOf('\n', at) + 1;
  const before = live.slice(line, at);
  if (!/^\s*\}/.test(before)) return before;
  const open = live.lastIndexOf('{', line);
  return live.slice(live.lastIndexOf('\n', open) + 1, at);
}

function namesSomething(cell: Cell): boolean {
  return 'word' in cell || ('members' in cell && [...cell.members.values()].some(namesSomething));
}

/** Whether a file may set an element, or hands the array to someone who may. */
function isWritten(live: string, name: string): boolean {
  return new RegExp(
    `\\b${name}\\s*\\[[^\\]]*\\](?:\\s*\\.\\s*\\w+)*\\s*(?:[-+|&^]?=(?!=|\\s*\\{)|\\+\\+|--)|\\b${name}\\s*[,)]`,
  ).test(live.replace(new RegExp(`\\bARRAY_SIZE\\s*\\(\\s*${name}\\s*\\)`, 'g'), ' '));
}

/** What stands between a brace and the one that closes it, comments and directives left out; null where that is no plain data. */
function initialiserAt(live: string, open: number): string | null {
  const end = live.indexOf(';', open);
  if (end < 0) return null;
  const text = live
    .slice(open, end)
    .replace(/\/\*[^]*?\*\/|\/\/[^\n]*/g, ' ')
    .replace(/^[ \t]*#[^\n]*$/gm, ' ')
    .trim();
  return text.endsWith('}') ? text.slice(1, -1) : null;
}

/** What stands between the commas of a text, those inside braces, parentheses and strings left out. */
export function partsOf(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === '"') at = Math.max(at, text.indexOf('"', at + 1));
    else if ('({['.includes(char)) depth++;
    else if (')}]'.includes(char)) depth--;
    else if (char === ',' && depth === 0) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, text.slice(from)].flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
}

function readCell(text: string, order: readonly string[]): Cell | null {
  if (text.startsWith('[')) return null;
  if (!text.startsWith('{')) return readPlain(text);
  if (!text.endsWith('}')) return null;
  const members = new Map<string, Cell>();
  for (const [index, part] of partsOf(text.slice(1, -1)).entries()) {
    const named = /^\.\s*(\w+)\s*=\s*([^]*)$/.exec(part);
    const name = named ? named[1] : order[index];
    if (name === undefined) return null;
    const value = named ? named[2]! : part;
    members.set(name, value.startsWith('{') ? { value: null } : readPlain(value));
  }
  return { members };
}

function readPlain(text: string): Cell {
  const [, address, word] = /^(&?)\s*([A-Za-z_]\w*)$/.exec(text) ?? [];
  if (word === 'NULL' || word === 'false') return { value: 0 };
  if (word === 'true') return { value: 1 };
  if (word !== undefined) return { word, isAddress: address === '&' };
  return { value: /^-?(?:0x[\da-f]+|[1-9]\d*|0)$/i.test(text) ? Number(text) : null };
}

/** The members of a structure, in order, where the file declares it; none where it has more to it than plain members. */
function membersOf(live: string, type: string): readonly string[] {
  const own = /\{([^{}]*)\}/.exec(type)?.[1];
  const tag = /\bstruct\s+(\w+)/.exec(type)?.[1];
  const body =
    own ?? (tag === undefined ? undefined : new RegExp(`\\bstruct\\s+${tag}\\s*\\{([^{}]*)\\}`).exec(live)?.[1]);
  if (body === undefined || body.includes('#')) return [];
  const members = body
    .replace(/\/\*[^]*?\*\/|\/\/[^\n]*/g, ' ')
    .split(';')
    .filter((each) => each.trim() !== '')
    .map(
      (each) =>
        (/\(\s*\*\s*(?:const\s+)?(\w+)\s*\)/.exec(each) ?? /(\w+)\s*(?:\[[^\]]*\]\s*)?$/.exec(each.trim()))?.[1],
    );
  const known = members.flatMap((each) => each ?? []);
  // Commas stand between the parameters of a function; else they would be two members of one type.
  const isPlain = known.length === members.length && !body.replace(/\([^()]*\)/g, ' ').includes(',');
  return isPlain ? known : [];
}

/** The elements of a table, as expressions that stand at a place of their user's. */
export function elementsOf({ cells }: Table, at: At): readonly Expr[] {
  return cells.map((cell) => expressionOf(cell, at));
}

function expressionOf(cell: Cell, at: At): Expr {
  if ('members' in cell)
    return {
      k: 'init',
      members: [...cell.members].map(([name, value]) => ({ name, value: expressionOf(value, at) })),
      at,
    };
  if ('value' in cell) return { k: 'num', value: cell.value, at };
  const id: Expr = { k: 'id', name: cell.word, at };
  return cell.isAddress ? { k: 'unary', op: '&', of: id, at } : id;
}

/** What stands in an initialiser, where it is a name, its address or a number; else null. */
export function plainValue(text: string, at: At): Expr | null {
  const value = expressionOf(readPlain(text.trim()), at);
  return value.k === 'num' && value.value === null ? null : value;
}

/** What the tables that a text names hold, as a text that changes when that does. */
export function tablesIn(tables: Tables, text: string): string {
  let found = '';
  for (const [name, table] of tables) if (text.includes(name)) found += `${name}={${table.text}}\n`;
  return found;
}

import type { SyntaxNode } from '../syntax/node.ts';
import type { At } from './ir.ts';
import type { Constants } from './constants.ts';
import type { BodyMacros } from './body-macros.ts';
import type { CallMacros } from './macros.ts';
import type { Tables } from './tables.ts';

/** What lowering needs of a file besides its tree. Offsets are UTF-16 units. */
export interface Context {
  readonly file: string;
  /** The user's own text. */
  readonly original: string;
  /** The prepared text that was parsed: same length, same offsets. */
  readonly prepared: string;
  /** The file's own macros that stand for one call. */
  readonly macros: CallMacros;
  /** Those that can leave where they are used, or look at members. */
  readonly bodies: BodyMacros;
  /** The file's own names for numbers. */
  readonly constants: Constants;
  /** The file's own constant arrays by which code goes through its steps. */
  readonly tables: Tables;
  /** The place of a span, from 1. */
  at(start: number, end: number): At;
}

export function createContext(
  file: string,
  original: string,
  prepared: string,
  {
    macros = new Map(),
    bodies = new Map(),
    constants = new Map(),
    tables = new Map(),
  }: {
    readonly macros?: CallMacros;
    readonly bodies?: BodyMacros;
    readonly constants?: Constants;
    readonly tables?: Tables;
  } = {},
): Context {
  const starts = lineStarts(original);
  const place = (offset: number): [number, number] => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return [low + 1, offset - starts[low]! + 1];
  };
  return {
    file,
    original,
    prepared,
    macros,
    bodies,
    constants,
    tables,
    at: (start, end) => [...place(start), ...place(end)] as unknown as At,
  };
}

export function atOf(context: Context, node: SyntaxNode): At {
  return context.at(node.startIndex, node.endIndex);
}

export function textOf(context: Context, node: SyntaxNode): string {
  return context.original.slice(node.startIndex, node.endIndex);
}

/** The named children without comments; native bindings type them as possibly null, which they never are. */
export function parts(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (const child of node.namedChildren) if (child && child.type !== 'comment') found.push(child);
  return found;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

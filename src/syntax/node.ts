/** Where something stands in a text: row and column count from 0, columns in UTF-16 units (as tree-sitter's bindings and VS Code do). */
export interface Point {
  readonly row: number;
  readonly column: number;
}

/**
 * A node of a concrete syntax tree: the part of tree-sitter's node that the native and the WASM binding share.
 * Offsets are UTF-16 units into the prepared text, which has the length of the user's own text.
 */
export interface SyntaxNode {
  readonly id: number;
  readonly type: string;
  readonly isNamed: boolean;
  readonly isError: boolean;
  readonly isMissing: boolean;
  /** True when the node or anything below it is an ERROR or MISSING node. */
  readonly hasError: boolean;
  readonly startIndex: number;
  readonly endIndex: number;
  readonly startPosition: Point;
  readonly endPosition: Point;
  readonly text: string;
  readonly parent: SyntaxNode | null;
  readonly children: readonly (SyntaxNode | null)[];
  readonly namedChildren: readonly (SyntaxNode | null)[];
  childForFieldName(name: string): SyntaxNode | null;
}

/** A parsed text. Native memory: freed by whoever parsed it (`withTree`), never kept by facts. */
export interface SyntaxTree {
  readonly rootNode: SyntaxNode;
}

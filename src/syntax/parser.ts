import { type SyntaxNode, type SyntaxTree } from './node.ts';
import { type Prepared } from './prepare.ts';

/** A C parser: native in Node, WASM elsewhere. Both give the same trees. */
export interface CParser {
  readonly kind: 'native' | 'wasm';
  /** Whether an earlier tree that a later text was parsed with must not be read or used again; it must still be freed. */
  readonly spendsTrees: boolean;
  /**
   * Parses a prepared text. With `previous`, the earlier tree of the same document and the prepared text it was parsed
   * from, only what changed is parsed anew.
   * Text that does not parse is parsed as a whole again, because what tree-sitter then makes of it would depend on the
   * tree before: the same text gives the same tree, however it came about.
   */
  parse(prepared: string, previous?: { tree: SyntaxTree; text: string }): SyntaxTree;
  /**
   * Gives a tree's memory back. The native binding frees trees by itself, but only when the event loop turns: whoever
   * parses many files with it must yield between them, or memory grows without bound.
   */
  free(tree: SyntaxTree): void;
}

/** Parses a text, hands the tree's root to `use` and frees the tree whatever happens. No node may leave `use`. */
export function withTree<T>(parser: CParser, prepared: Prepared, use: (root: SyntaxNode) => T): T {
  const tree = parser.parse(prepared.text);
  try {
    return use(tree.rootNode);
  } finally {
    parser.free(tree);
  }
}

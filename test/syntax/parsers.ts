import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type CParser, loadNative, loadWasm, prepare, type SyntaxNode, withTree } from '../../src/syntax/index.ts';

const require = createRequire(import.meta.url);

function bytesOf(module: string): Uint8Array {
  return new Uint8Array(readFileSync(require.resolve(module)));
}

export const native: CParser = await loadNative();
export const wasm: CParser = await loadWasm({
  coreWasm: bytesOf('web-tree-sitter/web-tree-sitter.wasm'),
  languageWasm: bytesOf('tree-sitter-c/tree-sitter-c.wasm'),
});

/** All nodes of a tree, in the order of the text. */
export function* nodesOf(root: SyntaxNode): Generator<SyntaxNode> {
  const stack = [root];
  for (let node = stack.pop(); node; node = stack.pop()) {
    yield node;
    for (const child of node.children.toReversed()) if (child) stack.push(child);
  }
}

/** One line for each node of a tree: what it is and where. Two equal outlines are equal trees. */
export function outline(root: SyntaxNode): string {
  return [...nodesOf(root)]
    .map((node) => {
      const { type, isNamed, isMissing, startIndex, endIndex, startPosition, endPosition } = node;
      const from = `${startPosition.row}:${startPosition.column}`;
      const to = `${endPosition.row}:${endPosition.column}`;
      return `${isNamed ? type : JSON.stringify(type)}${isMissing ? ' MISSING' : ''} ${startIndex}-${endIndex} ${from}-${to}`;
    })
    .join('\n');
}

/** What a reader needs of prepared and parsed C: where it does not parse, and the tree's own text of the nodes of one type. */
export interface Parsed {
  text: string;
  /** The lines with an ERROR or MISSING node, as `line: text`. */
  errors: string[];
  all(type: string): string[];
}

export function parse(source: string, parser: CParser = native): Parsed {
  const prepared = prepare(source);
  return withTree(parser, prepared, (root) => {
    const found = [...nodesOf(root)].map((node) => ({ type: node.type, text: node.text }));
    const lines = source.split('\n');
    const errors = [...nodesOf(root)]
      .filter((node) => node.isError || node.isMissing)
      .map(({ startPosition: { row } }) => `${row + 1}: ${lines[row] ?? ''}`);
    return {
      text: prepared.text,
      errors,
      all: (type) => found.filter((node) => node.type === type).map((node) => node.text.replaceAll(/\s+/g, ' ')),
    };
  });
}

/** A function body made of the given statements. */
export function inFunction(statements: string): string {
  return `static int f(struct net *net)\n{\n${statements}\n\treturn 0;\n}\n`;
}

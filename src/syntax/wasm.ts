import { Edit, Language, Parser, Tree } from 'web-tree-sitter';
import { editsBetween } from './edit.ts';
import { type SyntaxTree } from './node.ts';
import { type CParser } from './parser.ts';

/** Where the two WASM files are: a path or URL that this host can fetch, or the bytes themselves. */
export interface WasmFiles {
  /** web-tree-sitter.wasm: the parser's core. The core is loaded once in a process; a later call's value is not used. */
  coreWasm: string | URL | Uint8Array;
  /** tree-sitter-c.wasm: the grammar. */
  languageWasm: string | URL | Uint8Array;
}

class WasmParser implements CParser {
  readonly kind = 'wasm';
  readonly spendsTrees = false;
  readonly #parser: Parser;

  constructor(parser: Parser) {
    this.#parser = parser;
  }

  parse(prepared: string, previous?: { tree: SyntaxTree; text: string }): SyntaxTree {
    if (previous?.tree instanceof Tree) {
      const old = previous.tree.copy();
      for (const edit of editsBetween(previous.text, prepared)) old.edit(new Edit(edit));
      const tree = this.#parse(prepared, old);
      old.delete();
      if (!tree.rootNode.hasError) return tree;
      tree.delete();
    }
    return this.#parse(prepared);
  }

  #parse(prepared: string, old?: Tree): Tree {
    const tree = this.#parser.parse(prepared, old);
    if (!tree) throw new Error('web-tree-sitter gave no tree: the parser has no language');
    return tree;
  }

  free(tree: SyntaxTree): void {
    if (tree instanceof Tree) tree.delete();
  }
}

/** Loads web-tree-sitter. Rejects where a file cannot be read or is not what it should be. */
export async function loadWasm({ coreWasm, languageWasm }: WasmFiles): Promise<CParser> {
  await Parser.init(coreWasm instanceof Uint8Array ? { wasmBinary: coreWasm } : { locateFile: () => String(coreWasm) });
  const parser = new Parser();
  parser.setLanguage(await Language.load(languageWasm));
  return new WasmParser(parser);
}

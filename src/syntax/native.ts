import type Parser from 'tree-sitter';
import { editsBetween } from './edit.ts';
import { type SyntaxTree } from './node.ts';
import { type CParser } from './parser.ts';

/** The most UTF-16 units that the binding asks for at once; its default of 32 KB makes it copy large texts too often. */
const bufferSize = 1 << 20;

class NativeParser implements CParser {
  readonly kind = 'native';
  readonly spendsTrees = true;
  readonly #parser: Parser;

  constructor(parser: Parser) {
    this.#parser = parser;
  }

  parse(prepared: string, previous?: { tree: SyntaxTree; text: string }): SyntaxTree {
    const options = { bufferSize: Math.min(prepared.length + 1, bufferSize) };
    if (previous) {
      const old = previous.tree as Parser.Tree;
      for (const edit of editsBetween(previous.text, prepared)) old.edit(edit);
      const tree = this.#parser.parse(prepared, old, options);
      if (!tree.rootNode.hasError) return tree;
    }
    return this.#parser.parse(prepared, null, options);
  }

  free(): void {
    // The binding frees a tree when the garbage collector and then the event loop come to it; there is no other way.
  }
}

/** Loads tree-sitter's native binding. Rejects, saying why, where it has no binary for this platform or editor. */
export async function loadNative(): Promise<CParser> {
  try {
    const [{ default: Native }, { default: language }] = await Promise.all([
      import('tree-sitter'),
      import('tree-sitter-c'),
    ]);
    const parser = new Native();
    parser.setLanguage(language as Parser.Language);
    return new NativeParser(parser);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n', 1)[0]! : String(cause);
    throw new Error(`tree-sitter's native parser cannot be loaded here: ${reason}`, { cause });
  }
}

import type { SyntaxNode } from '../syntax/node.ts';
import { parts } from './context.ts';

/** The identifier that a declarator declares. */
export function innermost(declarator: SyntaxNode): SyntaxNode | null {
  let node: SyntaxNode | null = declarator;
  while (node && node.type !== 'identifier' && node.type !== 'field_identifier' && node.type !== 'type_identifier') {
    const next: SyntaxNode | null = node.childForFieldName('declarator');
    node = next ?? parts(node).find((child) => /declarator$|^identifier$/.test(child.type)) ?? null;
  }
  return node;
}

import type { SyntaxNode } from '../syntax/node.ts';
import { textOf, type Context } from './context.ts';

/**
 * What a declared pointer points at, where that is a structure: `foo*` for `struct foo *p`, `foo**` for one that points at
 * such pointers. Undefined for whatever else is declared.
 */
export function structOf(context: Context, declaration: SyntaxNode, declarator: SyntaxNode): string | undefined {
  const type = declaration.childForFieldName('type');
  const name = type?.type === 'struct_specifier' ? type.childForFieldName('name') : null;
  if (!name) return undefined;
  let stars = '';
  for (let node: SyntaxNode | null = declarator; node?.type === 'pointer_declarator'; stars += '*')
    node = node.childForFieldName('declarator');
  return stars === '' ? undefined : textOf(context, name) + stars;
}

import type { SyntaxNode } from '../syntax/node.ts';
import { atOf, parts, textOf, type Context } from './context.ts';
import { lowerExpression } from './expression.ts';
import { innermost } from './declarators.ts';
import { attributesBetween } from './head.ts';
import { elementOf, type FieldFact, type OpsFact } from './ir.ts';

type Found = Omit<OpsFact, 'options'>;

/**
 * The `struct pernet_operations` definitions of a file-level declaration (include/net/net_namespace.h). A declaration
 * without an initialiser counts only when it is a definition of its own (`static struct pernet_operations x;`).
 */
export function readOps(context: Context, node: SyntaxNode): Found[] {
  const type = node.childForFieldName('type');
  const name = type?.type === 'struct_specifier' ? type.childForFieldName('name') : null;
  if (!name || textOf(context, name) !== 'pernet_operations' || type?.childForFieldName('body')) return [];
  const storage = parts(node).filter((child) => child.type === 'storage_class_specifier');
  if (storage.some((child) => textOf(context, child) === 'extern')) return [];
  const isStatic = storage.some((child) => textOf(context, child) === 'static');
  return parts(node).flatMap((child) => {
    const value = child.type === 'init_declarator' ? child.childForFieldName('value') : null;
    const declarator = child.type === 'init_declarator' ? child.childForFieldName('declarator') : child;
    if (!declarator || !/^identifier$|^array_declarator$/.test(declarator.type)) return [];
    const inner = innermost(declarator);
    if (!inner || inner.type !== 'identifier') return [];
    const isArray = declarator.type === 'array_declarator';
    const lists = value?.type === 'initializer_list' ? (isArray ? elementLists(value) : [value]) : [];
    const array = {
      name: textOf(context, inner),
      isStatic,
      attributes: attributesBetween(context, node.startIndex, value?.startIndex ?? node.endIndex),
      fields: lists.flatMap((list) => readFields(context, list)),
      at: atOf(context, inner),
      span: atOf(context, node),
      elements: isArray ? lists.length : null,
    };
    if (!value || !isArray || lists.length === 0 || !areInOrder(context, value)) return [array];
    return lists.map((list, index) => ({
      ...array,
      name: elementOf(array.name, index),
      fields: readFields(context, list),
      at: context.at(list.startIndex, list.startIndex + 1),
      span: atOf(context, list),
      elements: null,
    }));
  });
}

/** Whether the elements of an initialiser are all lists that stand one after the other, whether numbered or not. */
function areInOrder(context: Context, list: SyntaxNode): boolean {
  return parts(list).every((child, index) => {
    if (child.type === 'initializer_list') return true;
    const designator = child.type === 'initializer_pair' ? child.childForFieldName('designator') : null;
    return (
      child.childForFieldName('value')?.type === 'initializer_list' &&
      designator !== null &&
      textOf(context, designator).replace(/\s/g, '') === `[${index}]`
    );
  });
}

function elementLists(list: SyntaxNode): SyntaxNode[] {
  return parts(list).flatMap((child) => {
    const value = child.type === 'initializer_pair' ? child.childForFieldName('value') : child;
    return value?.type === 'initializer_list' ? [value] : [];
  });
}

/** The members of struct pernet_operations in the order of their declaration, for initialisers without designators. */
const members = ['list', 'init', 'pre_exit', 'exit', 'exit_batch', 'id', 'size'];

function readFields(context: Context, list: SyntaxNode): FieldFact[] {
  return parts(list).flatMap((child, index) => {
    const isPair = child.type === 'initializer_pair';
    const designator = isPair ? child.childForFieldName('designator') : null;
    const value = isPair ? child.childForFieldName('value') : child;
    const name = designator ? textOf(context, designator).replace(/^\.\s*/, '') : members[index];
    if (!value || !name || child.type === 'ERROR') return [];
    return [{ name, text: textOf(context, value), value: lowerExpression(context, value), at: atOf(context, child) }];
  });
}

import type { SyntaxNode } from '../syntax/node.ts';
import { parts, textOf, type Context } from './context.ts';
import { innermost } from './declarators.ts';
import type { FunctionFact } from './ir.ts';
import { structOf } from './pointer-type.ts';

/** A function's definition as found, before its body is lowered. */
export interface FoundFunction {
  readonly node: SyntaxNode;
  readonly body: SyntaxNode;
  readonly fact: Omit<FunctionFact, 'blocks' | 'options'>;
}

/** Reads the head of a function definition; null when it is none that can be named. */
export function readHead(context: Context, node: SyntaxNode): FoundFunction | null {
  const body = node.childForFieldName('body');
  const declarator = node.childForFieldName('declarator');
  const type = node.childForFieldName('type');
  if (!body || !declarator) return null;
  const callable = functionDeclarator(declarator);
  const name = callable ? innermost(callable) : null;
  if (!callable || !name) return null;
  const attributes = attributesBetween(context, node.startIndex, body.startIndex);
  const head = context.prepared.slice(node.startIndex, name.startIndex);
  const structs = parameterStructs(context, callable);
  return {
    node,
    body,
    fact: {
      name: textOf(context, name),
      isStatic: /\bstatic\b/.test(head),
      attributes,
      returnsVoid: declarator.type !== 'pointer_declarator' && type !== null && textOf(context, type) === 'void',
      params: parameterNames(context, callable),
      ...(structs ? { structs } : {}),
      at: context.at(name.startIndex, name.endIndex),
      span: context.at(node.startIndex, node.endIndex),
    },
  };
}

/**
 * The macro words of a head, which the preparation has blanked: those inside the span, and those right before it on the
 * same or the previous lines (`__init static int f(void)`).
 */
export function attributesBetween(context: Context, start: number, end: number): string[] {
  const from = attributesFrom(context, start);
  const before = context.original.slice(from, start);
  // Only what directly precedes the definition belongs to it: not a directive, nor what stands before a blank line, nor
  // another definition, whose body may be blank here because nothing in it is asked for.
  const directive = [...before.matchAll(/(?:^|\n)[ \t]*#(?:[^\n\\]|\\[^])*/g)].at(-1);
  const cut = Math.max(
    before.lastIndexOf('\n\n'),
    before.lastIndexOf('*/'),
    before.lastIndexOf('}'),
    before.lastIndexOf(';'),
    directive ? directive.index + directive[0].length : 0,
  );
  const begin = from + cut;
  const found: string[] = [];
  for (const match of context.original.slice(begin, end).matchAll(/\b_{2}\w+\b/g)) {
    const offset = begin + match.index;
    if (context.prepared.startsWith(match[0], offset)) continue;
    found.push(match[0]);
  }
  return found;
}

/** From where on macro words before a definition may belong to it: nothing that is parsed lies between. */
export function attributesFrom({ prepared }: Context, start: number): number {
  let from = start;
  while (from > 0 && isBlank(prepared.charCodeAt(from - 1))) from--;
  return from;
}

function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || (code > 127 && /\s/.test(String.fromCharCode(code)));
}

function functionDeclarator(declarator: SyntaxNode): SyntaxNode | null {
  let node: SyntaxNode | null = declarator;
  while (node && node.type !== 'function_declarator') {
    node =
      node.childForFieldName('declarator') ?? parts(node).find((child) => child.type.endsWith('declarator')) ?? null;
  }
  // `int (*f(void))(int)`: the inner one is the function's own.
  const inner = node?.childForFieldName('declarator');
  return inner && inner.type === 'parenthesized_declarator' ? (functionDeclarator(inner) ?? node) : node;
}

function parameterNames(context: Context, callable: SyntaxNode): string[] {
  const list = callable.childForFieldName('parameters');
  if (!list) return [];
  return parts(list)
    .filter((child) => child.type === 'parameter_declaration')
    .map((child) => {
      const declarator = child.childForFieldName('declarator');
      const name = declarator ? innermost(declarator) : null;
      return name ? textOf(context, name) : '';
    })
    .filter((name, _index, all) => name !== '' || all.length > 1);
}

function parameterStructs(context: Context, callable: SyntaxNode): Record<string, string> | null {
  const list = callable.childForFieldName('parameters');
  const found = (list ? parts(list) : []).flatMap((child): [string, string][] => {
    const declarator = child.type === 'parameter_declaration' ? child.childForFieldName('declarator') : null;
    const name = declarator ? innermost(declarator) : null;
    const struct = declarator && name ? structOf(context, child, declarator) : undefined;
    return name && struct !== undefined ? [[textOf(context, name), struct]] : [];
  });
  return found.length > 0 ? Object.fromEntries(found) : null;
}

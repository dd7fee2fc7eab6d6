import type { SyntaxNode } from '../../syntax/index.ts';
import type { Edit } from './mutant.ts';

/** What the mutations ask of a syntax tree. */
export interface Call {
  readonly node: SyntaxNode;
  readonly name: string;
  readonly args: readonly SyntaxNode[];
}

export function named(node: SyntaxNode): SyntaxNode[] {
  return node.namedChildren.filter((child): child is SyntaxNode => child !== null && child.type !== 'comment');
}

export function* walk(node: SyntaxNode): Generator<SyntaxNode> {
  yield node;
  for (const child of named(node)) yield* walk(child);
}

export function lineOf(node: SyntaxNode): number {
  return node.startPosition.row + 1;
}

/** What a call calls by name; null for calls through pointers. */
export function asCall(node: SyntaxNode | null): Call | null {
  const inner = node ? bare(node) : null;
  if (inner?.type !== 'call_expression') return null;
  const fn = inner.childForFieldName('function');
  const args = inner.childForFieldName('arguments');
  if (fn?.type !== 'identifier') return null;
  return { node: inner, name: fn.text, args: args ? named(args) : [] };
}

/** An expression without its parentheses and casts. */
export function bare(node: SyntaxNode): SyntaxNode {
  if (node.type === 'parenthesized_expression') {
    const inner = named(node)[0];
    return inner ? bare(inner) : node;
  }
  if (node.type === 'cast_expression') {
    const value = node.childForFieldName('value');
    return value ? bare(value) : node;
  }
  return node;
}

/** The call that a statement consists of: `f(x);`, and no other. */
export function statementCall(statement: SyntaxNode): Call | null {
  return statement.type === 'expression_statement' ? asCall(named(statement)[0] ?? null) : null;
}

/** `x = value;` as a statement. */
export function statementAssignment(statement: SyntaxNode): { to: SyntaxNode; value: SyntaxNode } | null {
  const inner = statement.type === 'expression_statement' ? named(statement)[0] : undefined;
  return inner ? asAssignment(inner) : null;
}

export function asAssignment(node: SyntaxNode): { to: SyntaxNode; value: SyntaxNode } | null {
  const inner = bare(node);
  if (inner.type !== 'assignment_expression') return null;
  const to = inner.childForFieldName('left');
  const value = inner.childForFieldName('right');
  if (!to || !value || inner.childForFieldName('operator')?.text !== '=') return null;
  return { to, value };
}

export function callsIn(node: SyntaxNode): Call[] {
  return [...walk(node)].flatMap((each) => (each.type === 'call_expression' ? (asCall(each) ?? []) : []));
}

/** Whether a statement stands among others, so that it can go without a trace. */
export function isAmongOthers(statement: SyntaxNode): boolean {
  return statement.parent?.type === 'compound_statement';
}

/** Takes a statement out: nothing is left of it, or a `;` where the grammar wants a statement. */
export function removal(statement: SyntaxNode): Edit {
  return {
    start: statement.startIndex,
    end: statement.endIndex,
    text: isAmongOthers(statement) ? '' : ';',
  };
}

export function replacement(node: SyntaxNode, text: string): Edit {
  return { start: node.startIndex, end: node.endIndex, text };
}

/** Puts a statement beside itself; where it stands alone behind an `if`, in braces. */
export function duplication(statement: SyntaxNode, text: string): Edit {
  const own = text.slice(statement.startIndex, statement.endIndex);
  return replacement(
    statement,
    isAmongOthers(statement) || statement.parent?.type === 'labeled_statement' ? `${own} ${own}` : `{ ${own} ${own} }`,
  );
}

/** The statements of a branch: those in its braces, or the one that it is. */
export function branchStatements(branch: SyntaxNode): SyntaxNode[] {
  if (branch.type === 'else_clause') {
    const inner = named(branch)[0];
    return inner ? branchStatements(inner) : [];
  }
  return branch.type === 'compound_statement' ? named(branch) : [branch];
}

/** A statement without the labels before it. */
export function unlabelled(statement: SyntaxNode): { statement: SyntaxNode | null; labels: SyntaxNode[] } {
  const labels: SyntaxNode[] = [];
  let inner: SyntaxNode | null = statement;
  while (inner?.type === 'labeled_statement') {
    const label: SyntaxNode | null = inner.childForFieldName('label');
    if (label) labels.push(label);
    inner = named(inner).find((child) => child.type !== 'statement_identifier') ?? null;
  }
  return { statement: inner, labels };
}

const endsAll = /^(?:panic|BUG|do_exit)$/;

/** Whether control never comes out behind a statement. */
export function endsControl(statement: SyntaxNode): boolean {
  if (statement.type === 'return_statement' || statement.type === 'goto_statement') return true;
  return endsAll.test(statementCall(statement)?.name ?? '');
}

/** The last name in an expression: `x` of `foo->bar.x`, of `&foo.x[i]` and of `x`. */
export function lastName(node: SyntaxNode): string | null {
  const inner = bare(node);
  switch (inner.type) {
    case 'identifier':
      return inner.text;
    case 'field_expression':
      return inner.childForFieldName('field')?.text ?? null;
    case 'pointer_expression':
    case 'subscript_expression': {
      const of = inner.childForFieldName('argument');
      return of ? lastName(of) : null;
    }
    default:
      return null;
  }
}

/** The value of a `return`; null for `return;`. */
export function returned(statement: SyntaxNode): SyntaxNode | null {
  return statement.type === 'return_statement' ? (named(statement)[0] ?? null) : null;
}

export function isZero(node: SyntaxNode | null): boolean {
  return node !== null && bare(node).type === 'number_literal' && Number(bare(node).text) === 0;
}

/** `-ENOMEM` and its kin. */
export function isErrno(node: SyntaxNode): boolean {
  return /^-\s*E[A-Z0-9]+$/.test(bare(node).text);
}

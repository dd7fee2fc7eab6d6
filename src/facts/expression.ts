import type { SyntaxNode } from '../syntax/node.ts';
import { expressionAt } from './body-macros.ts';
import { constantAt } from './constants.ts';
import { atOf, parts, textOf, type Context } from './context.ts';
import type { At, Expr } from './ir.ts';
import { expandCall, expandName } from './macro-calls.ts';
import { elementsOf } from './tables.ts';

/** Lowers an expression node. Casts and parentheses vanish; what has no bearing on a lifecycle becomes `other`. */
export function lowerExpression(context: Context, node: SyntaxNode): Expr {
  const at = atOf(context, node);
  const lower = (child: SyntaxNode): Expr => lowerExpression(context, child);
  const fields = fieldsOf(node);
  const field = (name: string): Expr => {
    const child = fields(name);
    return child ? lower(child) : { k: 'other', text: '', of: [], at };
  };
  const operator = (): string => fields('operator')?.type ?? '';
  switch (node.type) {
    case 'identifier': {
      const name = textOf(context, node);
      const value = constantAt(context.constants, name, at);
      if (value) return value;
      const table = context.tables.get(name);
      return table
        ? { k: 'id', name, elements: elementsOf(table, at), at }
        : expandName(context.macros, { k: 'id', name, at });
    }
    case 'field_identifier':
    case 'type_identifier':
      return { k: 'id', name: textOf(context, node), at };
    case 'number_literal':
      return { k: 'num', value: numberOf(textOf(context, node)), at };
    case 'null':
    case 'false':
      return { k: 'num', value: 0, at };
    case 'true':
      return { k: 'num', value: 1, at };
    case 'string_literal':
    case 'concatenated_string':
      return { k: 'str', text: textOf(context, node), at };
    case 'parenthesized_expression':
      return lowerParenthesised(context, node);
    case 'cast_expression':
      return field('value');
    case 'call_expression':
      return lowerCall(context, {
        k: 'call',
        fn: field('function'),
        args: argumentsOf(context, fields('arguments')),
        at,
      });
    case 'unary_expression':
    case 'pointer_expression':
      return { k: 'unary', op: operator(), of: field('argument'), at };
    case 'binary_expression':
      return lowerBinary({ k: 'binary', op: operator(), l: field('left'), r: field('right'), at });
    case 'assignment_expression':
      return unendedCall(context, node) ?? { k: 'assign', op: operator(), to: field('left'), from: field('right'), at };
    case 'update_expression':
      return asUpdate(node, operator() === '--' ? '--' : '++', field('argument'), at);
    case 'conditional_expression': {
      const then = fields('consequence');
      return { k: 'cond', test: field('condition'), then: then ? lower(then) : null, else: field('alternative'), at };
    }
    case 'field_expression': {
      const name = fields('field');
      return memberOf(field('argument'), {
        name: name ? textOf(context, name) : '',
        arrow: operator() === '->',
        at,
      });
    }
    case 'subscript_expression':
      return lowerIndex({ k: 'index', of: field('argument'), index: field('index'), at });
    case 'comma_expression': {
      const call = unendedCall(context, node);
      if (call) return call;
      return { k: 'comma', of: [field('left'), field('right')].flatMap((e) => (e.k === 'comma' ? e.of : [e])), at };
    }
    case 'compound_literal_expression':
      return field('value');
    case 'initializer_list':
      return lowerInitialiser(context, node);
    case 'sizeof_expression':
    case 'alignof_expression':
    case 'offsetof_expression':
      return { k: 'other', text: textOf(context, node), of: [], at };
    default:
      // A statement expression, inline assembly, an ERROR node: what it calls is kept, its value is unknown.
      return { k: 'other', text: textOf(context, node), of: innerCalls(context, node), at };
  }
}

/**
 * A macro call without its semicolon, which was made `name=a, b;` for the grammar (src/syntax/declarations.ts): it assigns
 * nothing, and is a call like any other.
 */
function unendedCall(context: Context, node: SyntaxNode): Expr | null {
  const [first, ...others] = operandsOf(node);
  const fields = first?.type === 'assignment_expression' ? fieldsOf(first) : null;
  const [name, operator, argument] = fields ? [fields('left'), fields('operator'), fields('right')] : [];
  if (name?.type !== 'identifier' || !operator || context.original[operator.startIndex] !== '(') return null;
  const at = atOf(context, node);
  const args = [...(argument ? [argument] : []), ...others].map((each) => lowerExpression(context, each));
  const fn: Expr = { k: 'id', name: textOf(context, name), at: atOf(context, name) };
  return lowerCall(context, { k: 'call', fn, args, at });
}

/** What commas stand between, from the left. */
function operandsOf(node: SyntaxNode): SyntaxNode[] {
  if (node.type !== 'comma_expression') return [node];
  return ['left', 'right'].flatMap((name) => {
    const side = node.childForFieldName(name);
    return side ? operandsOf(side) : [];
  });
}

/**
 * `x++`; the grammar reads `!x++` as `(!x)++`, where it is the other way round: what stands behind binds more closely than
 * what stands before.
 */
function asUpdate(node: SyntaxNode, op: '++' | '--', of: Expr, at: At): Expr {
  const isBehind = node.children.at(-1)?.type === op;
  if (!isBehind || node.childForFieldName('argument')?.type === 'parenthesized_expression')
    return { k: 'update', op, of, at };
  if (of.k === 'unary') return { ...of, of: asUpdate(node, op, of.of, at), at };
  return { k: 'update', op, of, at: [of.at[0], of.at[1], at[2], at[3]] };
}

/** A call, or what the macro that it names stands for; of a table it is known how many elements it has. */
function lowerCall(context: Context, call: Expr & { readonly k: 'call' }): Expr {
  const [of] = call.args;
  const table =
    of?.k === 'id' && call.fn.k === 'id' && call.fn.name === 'ARRAY_SIZE' ? context.tables.get(of.name) : null;
  if (of?.k === 'id' && table)
    return { k: 'num', value: table.cells.length, name: `ARRAY_SIZE(${of.name})`, at: call.at };
  const expanded = expandCall(context.macros, call);
  return expanded === call ? expressionAt(context, call) : expanded;
}

function lowerIndex(element: Expr & { readonly k: 'index' }): Expr {
  const { of } = element;
  if (of.k !== 'id' || !of.elements) return element;
  return { ...element, of: { k: 'id', name: of.name, at: of.at }, elements: of.elements };
}

/** `foo_all + i` is `&foo_all[i]`, where `foo_all` is one of the file's tables. */
function lowerBinary(sum: Expr & { readonly k: 'binary' }): Expr {
  const { op, l, r, at } = sum;
  if (op !== '+' || l.k !== 'id' || !l.elements) return sum;
  return { k: 'unary', op: '&', of: lowerIndex({ k: 'index', of: l, index: r, at }), at };
}

/** Where the fields of the most frequent expressions stand among the children (tree-sitter-c's grammar.js). */
const positions: Readonly<Record<string, readonly string[]>> = {
  call_expression: ['function', 'arguments'],
  binary_expression: ['left', 'operator', 'right'],
  assignment_expression: ['left', 'operator', 'right'],
  field_expression: ['argument', 'operator', 'field'],
  unary_expression: ['operator', 'argument'],
  pointer_expression: ['operator', 'argument'],
};

/** The fields of a node, all read in one call of the binding where no comment stands between them. */
function fieldsOf(node: SyntaxNode): (name: string) => SyntaxNode | null {
  const names = positions[node.type];
  if (names) {
    const { children } = node;
    if (children.length === names.length) return (name) => children[names.indexOf(name)] ?? null;
  }
  return (name) => node.childForFieldName(name);
}

/** `(*e).member` is `e->member`, and `(&e)->member` is `e.member`: one spelling for whoever follows it. */
function memberOf(of: Expr, member: { readonly name: string; readonly arrow: boolean; readonly at: At }): Expr {
  const { arrow } = member;
  return of.k === 'unary' && of.op === (arrow ? '&' : '*')
    ? { k: 'field', ...member, of: of.of, arrow: !arrow }
    : { k: 'field', ...member, of };
}

function lowerParenthesised(context: Context, node: SyntaxNode): Expr {
  const inner = parts(node);
  const only = inner[0];
  if (inner.length === 1 && only && only.type !== 'compound_statement') return lowerExpression(context, only);
  return { k: 'other', text: textOf(context, node), of: innerCalls(context, node), at: atOf(context, node) };
}

function argumentsOf(context: Context, list: SyntaxNode | null): Expr[] {
  return list ? parts(list).map((child) => lowerExpression(context, child)) : [];
}

function lowerInitialiser(context: Context, node: SyntaxNode): Expr {
  const members = parts(node).map((child) => {
    if (child.type !== 'initializer_pair') return { name: null, value: lowerExpression(context, child) };
    const designator = child.childForFieldName('designator');
    const value = child.childForFieldName('value');
    return {
      name: designator?.type === 'field_designator' ? textOf(context, designator).replace(/^\.\s*/, '') : null,
      value: value ? lowerExpression(context, value) : other(context, child),
    };
  });
  return { k: 'init', members, at: atOf(context, node) };
}

function innerCalls(context: Context, node: SyntaxNode): Expr[] {
  const found: Expr[] = [];
  for (const child of parts(node)) {
    if (child.type === 'call_expression' || child.type === 'assignment_expression') {
      found.push(lowerExpression(context, child));
    } else {
      found.push(...innerCalls(context, child));
    }
  }
  return found;
}

function other(context: Context, node: SyntaxNode): Expr {
  return { k: 'other', text: textOf(context, node), of: [], at: atOf(context, node) };
}

function numberOf(text: string): number | null {
  const digits = text.replace(/[uUlL]+$/, '').replaceAll("'", '');
  const value = /^0[0-7]+$/.test(digits) ? parseInt(digits, 8) : Number(digits);
  return Number.isSafeInteger(value) ? value : null;
}

import type { SyntaxNode } from '../../syntax/index.ts';
import type { Edit, Skipped } from './mutant.ts';
import { isReleaseOf } from './pairs.ts';
import { checkAfter } from './register.ts';
import type { Fn, Source } from './source.ts';
import {
  asAssignment,
  branchStatements,
  callsIn,
  isErrno,
  replacement,
  returned,
  statementAssignment,
  statementCall,
  walk,
  type Call,
} from './tree.ts';

/** One thing that a set-up function does: a call with the check of its result, and what has no call of note after it. */
export interface Unit {
  readonly call: Call;
  readonly from: SyntaxNode;
  readonly to: SyntaxNode;
  /** The last statement of the check's branch: its `goto` or `return`; null where nothing is checked. */
  readonly tail: SyntaxNode | null;
  /** Why the unit cannot be moved about. */
  readonly obstacle?: string;
}

/** What a set-up function does in turn, before its labels. */
export function unitsOf(fn: Fn): Unit[] {
  const units: Unit[] = [];
  const steps = fn.steps.filter((step) => !step.unwinding && step.statement.type !== 'declaration');
  for (let index = 0; index < steps.length; index++) {
    const { statement } = steps[index]!;
    const assignment = statementAssignment(statement);
    const check = assignment ? checkAfter(statement, assignment.to.text) : null;
    const call =
      statementCall(statement) ?? (assignment ? callsIn(assignment.value)[0] : undefined) ?? testedCall(statement);
    const branch = check ?? (statement.type === 'if_statement' ? statement : null);
    if (check) index++;
    if (call) units.push({ call, from: statement, to: check ?? statement, ...failureOf(branch) });
    else if (statement.type === 'return_statement') break;
    else if (units.length > 0) units.push(withMore(units.pop()!, statement));
  }
  return units;
}

function testedCall(statement: SyntaxNode): Call | undefined {
  const condition = statement.type === 'if_statement' ? statement.childForFieldName('condition') : null;
  return condition ? callsIn(condition)[0] : undefined;
}

function failureOf(check: SyntaxNode | null): Pick<Unit, 'tail' | 'obstacle'> {
  if (!check) return { tail: null };
  const consequence = check.childForFieldName('consequence');
  const all = consequence ? branchStatements(consequence) : [];
  const tail = all.at(-1) ?? null;
  if (check.childForFieldName('alternative') || !tail || !/^(?:goto|return)_statement$/.test(tail.type))
    return { tail: null, obstacle: 'the check is of another form' };
  const undoes = all.slice(0, -1).some((each) => callsIn(each).some(({ name }) => !/^(?:pr_|printk|WARN)/.test(name)));
  return { tail, ...(undoes ? { obstacle: 'the unwinding is in the branch' } : {}) };
}

function withMore(unit: Unit, statement: SyntaxNode): Unit {
  const plain = statement.type === 'expression_statement';
  return plain ? { ...unit, to: statement } : { ...unit, to: statement, obstacle: 'something else stands between' };
}

/**
 * Moves the first of some adjacent units behind the others, its unwinding with it: each unit fails to where the one in
 * its new place did, and the statements that undo them change places likewise, so that the order is all that is wrong.
 */
export function rotate(source: Source, fn: Fn, units: readonly Unit[]): Edit[] | Skipped {
  const obstacle = units.find((unit) => unit.obstacle !== undefined)?.obstacle;
  if (obstacle !== undefined) return { skipped: obstacle };
  if (new Set(units.map((unit) => unit.tail === null)).size > 1) return { skipped: 'some results are not checked' };
  const last = units.length - 1;
  const variable = errorVariable(fn);
  const moved: Edit[] = [];
  for (const [index, place] of units.entries()) {
    const unit = units[index === last ? 0 : index + 1]!;
    const text = withTail(source, unit, place.tail, variable);
    if (text === null) return { skipped: 'no variable for the error' };
    moved.push({ start: place.from.startIndex, end: place.to.endIndex, text });
  }
  const undos = units.map((unit) => undoOf(source, fn, unit));
  const chained = units.some((unit) => unit.tail?.type === 'goto_statement');
  if (!chained) return moved;
  if (undos.slice(0, last).some((undo) => undo?.inChain !== true)) return { skipped: 'no single statement undoes it' };
  for (const [index, undo] of undos.entries()) {
    if (undo?.inChain !== true) continue;
    const other = undos[index === last ? 0 : index + 1];
    if (!other) return { skipped: 'no single statement undoes it' };
    moved.push(replacement(undo.statement, source.text.slice(other.statement.startIndex, other.statement.endIndex)));
  }
  return moved;
}

/** A unit's text with the end of its failure branch as in another place. */
function withTail(source: Source, unit: Unit, tail: SyntaxNode | null, variable: string | null): string | null {
  const { from, to } = unit;
  if (!unit.tail || !tail) return source.text.slice(from.startIndex, to.endIndex);
  let text = source.text.slice(tail.startIndex, tail.endIndex);
  const value = returned(unit.tail);
  const own = [...walk(from)].some((each) => asAssignment(each)?.to.text === variable);
  const sets = own || (unit.tail.parent ? assigns(unit.tail.parent, variable) : false);
  // A unit may rely on what the variable was set to before it, in a place that it leaves.
  if (!sets && (tail.type === 'goto_statement' || returned(tail)?.text === variable)) {
    if (variable === null) return null;
    text = `{ ${variable} = ${value && isErrno(value) ? value.text : '-ENOMEM'}; ${text} }`;
  }
  return (
    source.text.slice(from.startIndex, unit.tail.startIndex) + text + source.text.slice(unit.tail.endIndex, to.endIndex)
  );
}

function assigns(branch: SyntaxNode, variable: string | null): boolean {
  return branchStatements(branch).some((each) => statementAssignment(each)?.to.text === variable);
}

function errorVariable(fn: Fn): string | null {
  const results = fn.steps.flatMap(({ statement }) => returned(statement) ?? []);
  return results.findLast(({ type }) => type === 'identifier')?.text ?? null;
}

/** The statement that undoes a unit: in the function's own chain, or in a module exit of the file. */
function undoOf(source: Source, fn: Fn, unit: Unit): { statement: SyntaxNode; inChain: boolean } | null {
  const chain = fn.chain.flatMap(({ statements }) => statements).find((each) => undoes(source, each, unit.call));
  if (chain) return { statement: chain, inChain: true };
  const exits = source.functions.filter(({ id }) => source.world.exitRole(id) !== null && id !== fn.id);
  const found = exits.flatMap((exit) => exit.statements).find((each) => undoes(source, each, unit.call));
  return found ? { statement: found, inChain: false } : null;
}

function undoes(source: Source, statement: SyntaxNode, done: Call): boolean {
  const call = statementCall(statement);
  if (!call) return false;
  const names = namesOf(done);
  const object = call.args[0] ? namesIn(call.args[0]).at(-1) : undefined;
  if (object !== undefined && !names.includes(object)) return false;
  if (source.world.isUnregister(call.name)) return source.world.isRegister(done.name);
  return isReleaseOf(call, [{ call: done.name, names }]);
}

/** What a call's names are: its arguments, and what its result is put into. */
function namesOf({ node, args }: Call): string[] {
  const to = node.parent?.type === 'assignment_expression' ? node.parent.childForFieldName('left') : null;
  return [...(to ? [to] : []), ...args].flatMap(namesIn);
}

function namesIn(node: SyntaxNode): string[] {
  return [...walk(node)].flatMap((each) => {
    if (each.type === 'identifier' || each.type === 'field_identifier') return [each.text];
    return each.type === 'string_literal' ? [each.text.slice(1, -1)] : [];
  });
}

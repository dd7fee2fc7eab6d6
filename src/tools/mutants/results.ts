import type { SyntaxNode } from '../../syntax/index.ts';
import type { Mutant, MutantClass, Skipped } from './mutant.ts';
import { nextStatement } from './register.ts';
import type { Fn, Source } from './source.ts';
import {
  asAssignment,
  bare,
  branchStatements,
  callsIn,
  isErrno,
  isZero,
  lineOf,
  removal,
  replacement,
  returned,
  statementAssignment,
  walk,
} from './tree.ts';

/** The functions whose result says whether a module is loaded or a namespace made: module inits, ops' inits. */
function* deciders(source: Source): Generator<Fn | Skipped> {
  const { world } = source;
  const callbacks = new Set(world.callbacks.filter(({ field }) => field === 'init').map(({ fn }) => fn));
  for (const fn of source.functions) {
    const role = world.initRole(fn.id);
    if (callbacks.has(fn.id) || (role === 'loadable' && world.registers(fn.id))) yield fn;
    else if (role && world.registers(fn.id)) yield { skipped: 'built-in' };
  }
}

function mutant(fn: Fn, statement: SyntaxNode, change: Pick<Mutant, 'edits' | 'what'>): Mutant {
  return { ...change, line: lineOf(statement), fn: fn.name };
}

export const errorLost: MutantClass = {
  name: 'error-lost',
  // Where nothing had been set up before, the module's exit undoes what its init never did.
  expected: ['error-lost', 'unregister-not-registered'],
  *mutants(source) {
    for (const fn of deciders(source)) {
      if ('skipped' in fn) yield fn;
      else {
        for (const statement of fn.statements) {
          if (statement.type === 'return_statement') yield* lostAtReturn(fn, statement);
          else yield* lostAssignment(fn, statement);
        }
      }
    }
  },
};

/** `return err;` at the end of an unwinding becomes `return 0;`. */
function* lostAtReturn(fn: Fn, statement: SyntaxNode): Generator<Mutant> {
  const value = returned(statement);
  if (!value || !(value.type === 'identifier' || isErrno(value)) || !fn.isOnErrorPath(statement)) return;
  const before = fn.stepOf(statement)?.unwinding
    ? fn.steps.filter((step) => step.unwinding).map((step) => step.statement)
    : statement.parent
      ? branchStatements(statement.parent)
      : [];
  const undoes = before.some((each) => each.endIndex <= statement.startIndex && callsIn(each).length > 0);
  if (!undoes) return;
  yield mutant(fn, statement, {
    edits: [replacement(value, '0')],
    what: `return ${value.text} became return 0`,
  });
}

/** `err = -ENOMEM;` before a `goto` goes, where what was in `err` before is a success. */
function* lostAssignment(fn: Fn, statement: SyntaxNode): Generator<Mutant | Skipped> {
  const assignment = statementAssignment(statement);
  if (!assignment || assignment.to.type !== 'identifier' || !isErrno(assignment.value)) return;
  const name = assignment.to.text;
  if (!leadsToGoto(statement, name)) return;
  const before = lastValueBefore(fn, statement, name);
  if (!before || isErrno(before)) {
    yield { skipped: before ? 'the variable is an error already' : 'the variable has no value before' };
    return;
  }
  yield mutant(fn, statement, {
    edits: [removal(statement)],
    what: `${name} = ${assignment.value.text} is gone`,
  });
}

/** `err = -E; goto out;`, or `err = -E; x = f(); if (!x) goto out;`. */
function leadsToGoto(statement: SyntaxNode, name: string): boolean {
  for (let next = nextStatement(statement), steps = 0; next && steps < 3; next = nextStatement(next), steps++) {
    if (next.type === 'goto_statement') return true;
    if (statementAssignment(next)?.to.text === name) return false;
    if (next.type === 'if_statement') {
      const consequence = next.childForFieldName('consequence');
      const branch = consequence ? branchStatements(consequence) : [];
      const condition = next.childForFieldName('condition');
      const read = [...(condition ? [condition] : []), ...branch].flatMap((each) => [...walk(each)]);
      const assigns = read.some((each) => asAssignment(each)?.to.text === name);
      return branch.at(-1)?.type === 'goto_statement' && !assigns;
    }
  }
  return false;
}

/** What was last given to a variable in the text before a statement, in its declaration or later. */
function lastValueBefore(fn: Fn, statement: SyntaxNode, name: string): SyntaxNode | null {
  let value: SyntaxNode | null = null;
  for (const node of walk(fn.body)) {
    if (node.endIndex > statement.startIndex) continue;
    const assignment = asAssignment(node);
    if (node.type === 'assignment_expression' && assignment?.to.text === name) value = assignment.value;
    if (node.type === 'init_declarator' && node.childForFieldName('declarator')?.text === name)
      value = node.childForFieldName('value');
  }
  return value;
}

export const positiveInit: MutantClass = {
  name: 'positive-init',
  expected: ['init-returns-positive'],
  *mutants(source) {
    const callbacks = new Set(source.world.callbacks.filter(({ field }) => field === 'init').map(({ fn }) => fn));
    for (const fn of source.functions.filter(({ id }) => callbacks.has(id))) {
      for (const statement of fn.statements) {
        const value = returned(statement);
        if (!value || !isZero(value)) continue;
        yield mutant(fn, statement, { edits: [replacement(bare(value), '1')], what: 'return 0 became return 1' });
      }
    }
  },
};

import type { SyntaxNode } from '../../syntax/index.ts';
import type { Edit, MutantClass, Skipped } from './mutant.ts';
import type { Fn, Source } from './source.ts';
import {
  asAssignment,
  asCall,
  bare,
  callsIn,
  isAmongOthers,
  lastName,
  lineOf,
  named,
  removal,
  replacement,
  returned,
  statementAssignment,
  walk,
  type Call,
} from './tree.ts';

/**
 * A registration as kernel code writes it: `err = f(); if (err) …` (the check may be missing), `if (f()) …` or
 * `if ((err = f())) …`, and `return f();`.
 */
export interface Registration {
  readonly fn: Fn;
  readonly statement: SyntaxNode;
  readonly call: Call;
  readonly form: 'assigned' | 'tested' | 'returned';
  /** Of `err = f();`: `err`. */
  readonly variable?: string;
  /** Of `err = f();`: the `if` after it. */
  readonly check?: SyntaxNode | null;
}

export function* registrations(source: Source): Generator<Registration | Skipped> {
  for (const fn of source.functions) {
    const role = source.world.initRole(fn.id);
    if (!role) continue;
    const calls = callsIn(fn.body).filter(({ name }) => source.world.isRegister(name));
    for (const call of calls) {
      const found = role === 'loadable' ? registrationOf(fn, call) : { skipped: 'built-in' };
      yield found ?? { skipped: 'a registration of another form' };
    }
  }
}

function registrationOf(fn: Fn, call: Call): Registration | null {
  const statement = fn.statements.findLast(
    (each) => each.startIndex <= call.node.startIndex && call.node.endIndex <= each.endIndex,
  );
  if (!statement) return null;
  const isCall = (node: SyntaxNode | null): boolean => node !== null && asCall(node)?.node.id === call.node.id;
  const assignment = statementAssignment(statement);
  if (assignment && isCall(assignment.value) && assignment.to.type === 'identifier') {
    const variable = assignment.to.text;
    return { fn, statement, call, form: 'assigned', variable, check: checkAfter(statement, variable) };
  }
  if (isCall(returned(statement))) return { fn, statement, call, form: 'returned' };
  const test = statement.type === 'if_statement' ? statement.childForFieldName('condition') : null;
  if (test && [...walk(test)].some((node) => isCall(node) || isCall(asAssignment(node)?.value ?? null)))
    return { fn, statement, call, form: 'tested' };
  return null;
}

/** The statement after one in its block, labels included. */
export function nextStatement(statement: SyntaxNode): SyntaxNode | null {
  if (!statement.parent || !isAmongOthers(statement)) return null;
  const all = named(statement.parent);
  return all[all.findIndex(({ id }) => id === statement.id) + 1] ?? null;
}

/** `if (err)` and its kin, right after the assignment. */
export function checkAfter(statement: SyntaxNode, variable: string): SyntaxNode | null {
  const next = nextStatement(statement);
  const condition = next?.type === 'if_statement' ? next.childForFieldName('condition') : null;
  return next && condition && tests(condition, variable) ? next : null;
}

const wrapping = /^(?:unlikely|likely|IS_ERR|IS_ERR_OR_NULL|WARN_ON|WARN_ON_ONCE)$/;

function tests(condition: SyntaxNode, variable: string): boolean {
  const inner = bare(condition);
  const call = asCall(inner);
  if (call && wrapping.test(call.name)) return call.args[0] !== undefined && tests(call.args[0], variable);
  if (inner.type === 'unary_expression') {
    const argument = inner.childForFieldName('argument');
    return argument !== null && tests(argument, variable);
  }
  if (inner.type === 'binary_expression') {
    const left = inner.childForFieldName('left');
    return left !== null && bare(left).text === variable && !/&&|\|\|/.test(inner.childForFieldName('operator')!.text);
  }
  return inner.text === variable;
}

const textOf = (source: Source, from: SyntaxNode, to: SyntaxNode = from): string =>
  source.text.slice(from.startIndex, to.endIndex);

export const doubleRegister: MutantClass = {
  name: 'double-register',
  expected: ['register-twice'],
  *mutants(source) {
    for (const found of registrations(source)) {
      if ('skipped' in found) yield found;
      else {
        const { statement, call, fn } = found;
        const again = againBefore(source, found);
        if (!isAmongOthers(statement) && statement.parent?.type !== 'labeled_statement')
          yield { skipped: 'a registration that stands alone in a branch' };
        else {
          const edits = [{ start: statement.startIndex, end: statement.startIndex, text: `${again} ` }];
          yield { edits, line: lineOf(statement), fn: fn.name, what: `${call.node.text} twice` };
        }
      }
    }
  },
};

/** The registration with its check once more, to go before it. */
function againBefore(source: Source, found: Registration): string {
  if (found.form === 'returned') return `if (${textOf(source, found.call.node)}) return -ENOMEM;`;
  if (found.form === 'assigned' && found.check) return textOf(source, found.statement, found.check);
  return textOf(source, found.statement);
}

export const uncheckedRegister: MutantClass = {
  name: 'unchecked-register',
  // Where the result is returned in the end, what has been set up in between is left.
  expected: ['register-unchecked', 'error-lost', 'left-behind-on-error', 'left-registered-on-error'],
  *mutants(source) {
    for (const found of registrations(source)) {
      if ('skipped' in found) yield found;
      else {
        const ops = found.call.args.map(lastName).find((name) => name !== null);
        const edits =
          ops && !source.world.canFail(source.file, ops)
            ? { skipped: 'registering the ops cannot fail' }
            : unchecked(source, found);
        if ('skipped' in edits) yield edits;
        else {
          const { statement, fn, call } = found;
          yield { edits, line: lineOf(statement), fn: fn.name, what: `the check of ${call.node.text} is gone` };
        }
      }
    }
  },
};

function unchecked(source: Source, found: Registration): Edit[] | Skipped {
  const call = textOf(source, found.call.node);
  if (found.form === 'returned') {
    const braces = !isAmongOthers(found.statement) && found.statement.parent?.type !== 'labeled_statement';
    const text = `${call}; return 0;`;
    return [replacement(found.statement, braces ? `{ ${text} }` : text)];
  }
  if (found.form === 'tested') {
    if (found.statement.childForFieldName('alternative')) return { skipped: 'the check has an else' };
    return [replacement(found.statement, `${call};`)];
  }
  const { check, variable } = found;
  if (!check || variable === undefined) return { skipped: 'no check right after the registration' };
  if (check.childForFieldName('alternative')) return { skipped: 'the check has an else' };
  const next = nextStatement(check);
  // `err = f(); if (err) undo(); return err;` still returns the failure.
  if (next && readsFirst(next, variable)) return { skipped: 'the result is looked at later' };
  return [removal(check)];
}

/** Whether a statement looks at a variable before it gives it another value. */
function readsFirst(statement: SyntaxNode, variable: string): boolean {
  if (statement.type === 'labeled_statement') {
    const inner = named(statement).at(-1);
    return inner !== undefined && readsFirst(inner, variable);
  }
  const assignment = statementAssignment(statement);
  if (assignment?.to.text === variable) return [...walk(assignment.value)].some(({ text }) => text === variable);
  if (statement.type === 'if_statement') {
    const condition = statement.childForFieldName('condition');
    const first = condition && [...walk(condition)].flatMap((node) => asAssignment(node) ?? [])[0];
    if (first?.to.text === variable) return false;
    return condition !== null && [...walk(condition)].some(({ text }) => text === variable);
  }
  return [...walk(statement)].some(({ type, text }) => type === 'identifier' && text === variable);
}

import type { Mutant, MutantClass, Skipped } from './mutant.ts';
import { checkAfter, registrations } from './register.ts';
import type { Source } from './source.ts';
import {
  bare,
  branchStatements,
  callsIn,
  lastName,
  lineOf,
  replacement,
  statementAssignment,
  statementCall,
} from './tree.ts';

/** Slips of the hand: what compiles, and reads like what was meant. */

/** `err = register_…();` became `register_…();`: what is tested is an older result. */
export const lostResult: MutantClass = {
  name: 'lost-result',
  expected: ['register-unchecked', 'error-lost'],
  *mutants(source): Generator<Mutant | Skipped> {
    for (const found of registrations(source)) {
      if ('skipped' in found) yield found;
      else if (found.form === 'assigned' && found.check) {
        const { fn, statement, call } = found;
        const ops = call.args.map(lastName).find((name) => name !== null);
        if (ops && !source.world.canFail(source.file, ops)) {
          yield { skipped: 'registering the ops cannot fail' };
          continue;
        }
        const edits = [replacement(statement, `${source.text.slice(call.node.startIndex, call.node.endIndex)};`)];
        yield { edits, line: lineOf(statement), fn: fn.name, what: `the result of ${call.node.text} is not kept` };
      }
    }
  },
};

/** `if (err)` became `if (!err)`, behind the steps of a module init that registers. */
export const invertedCheck: MutantClass = {
  name: 'inverted-check',
  expected: [
    'left-registered-on-error',
    'left-behind-on-error',
    'unregister-not-registered',
    'double-release',
    'error-lost',
    'register-unchecked',
    'init-returns-positive',
    'left-registered-on-exit',
    'left-behind-on-exit',
    'init-error-leak',
  ],
  *mutants(source): Generator<Mutant | Skipped> {
    for (const fn of source.functions) {
      if (source.world.initRole(fn.id) !== 'loadable' || !source.world.registers(fn.id)) continue;
      for (const statement of fn.statements) {
        const assignment = statementAssignment(statement);
        const check = assignment ? checkAfter(statement, assignment.to.text) : null;
        const condition = check?.childForFieldName('condition');
        const consequence = check?.childForFieldName('consequence');
        if (!assignment || !condition || !consequence || callsIn(assignment.value).length === 0) continue;
        if (!/^(?:goto|return)_statement$/.test(branchStatements(consequence).at(-1)?.type ?? '')) continue;
        const edits = [replacement(condition, `(!(${bare(condition).text}))`)];
        yield { edits, line: lineOf(condition), fn: fn.name, what: `if ${condition.text} became its opposite` };
      }
    }
  },
};

/** `unregister_pernet_subsys(&foo_ops)` takes back another ops of the file, as after copying a line. */
export const otherOps: MutantClass = {
  name: 'other-ops',
  expected: [
    'left-registered-on-error',
    'left-registered-on-exit',
    'unregister-not-registered',
    'unregister-kind-mismatch',
  ],
  *mutants(source): Generator<Mutant | Skipped> {
    for (const { fn, statement, own, other } of unregisters(source)) {
      if (other === undefined) {
        yield { skipped: 'the file has no other ops' };
        continue;
      }
      const edits = [replacement(own, other)];
      yield { edits, line: lineOf(statement), fn: fn.name, what: `${own.text} became ${other}` };
    }
  },
};

function* unregisters(source: Source) {
  for (const fn of source.functions) {
    if ((source.world.exitRole(fn.id) ?? source.world.initRole(fn.id)) !== 'loadable') continue;
    for (const statement of fn.statements) {
      const call = statementCall(statement);
      const argument = call?.args[0] ? bare(call.args[0]) : null;
      const own = argument?.type === 'pointer_expression' ? argument.childForFieldName('argument') : null;
      if (!call || !/^unregister_pernet_/.test(call.name) || own?.type !== 'identifier') continue;
      const other = source.ops.map(({ fact }) => fact.name).find((name) => name !== own.text);
      yield { fn, statement, own, other };
    }
  }
}

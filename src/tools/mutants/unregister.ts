import type { SyntaxNode } from '../../syntax/index.ts';
import type { Mutant, MutantClass, Skipped } from './mutant.ts';
import type { Fn, Source } from './source.ts';
import { duplication, lineOf, removal, replacement, statementCall, type Call } from './tree.ts';

interface Place {
  readonly fn: Fn;
  readonly statement: SyntaxNode;
  readonly call: Call;
  readonly where: 'exit' | 'error';
}

/** Statements that unregister an ops, in module exits and on error paths of module inits. */
function* unregisters(source: Source, wanted: readonly Place['where'][]): Generator<Place | Skipped> {
  for (const fn of source.functions) {
    const exit = source.world.exitRole(fn.id);
    const init = source.world.initRole(fn.id);
    for (const statement of fn.statements) {
      const call = statementCall(statement);
      if (!call || !source.world.isUnregister(call.name)) continue;
      // What runs in both is a teardown function that the error path calls.
      const where = exit ? 'exit' : init && fn.isOnErrorPath(statement) ? 'error' : null;
      if (where === null || !wanted.includes(where)) continue;
      if ((exit ?? init) === 'loadable') yield { fn, statement, call, where };
      else yield { skipped: 'built-in' };
    }
  }
}

function* each(
  source: Source,
  wanted: readonly Place['where'][],
  make: (place: Place) => Pick<Mutant, 'edits' | 'what'> | Skipped,
): Generator<Mutant | Skipped> {
  for (const place of unregisters(source, wanted)) {
    if ('skipped' in place) yield place;
    else {
      const made = make(place);
      yield 'skipped' in made ? made : { ...made, line: lineOf(place.statement), fn: place.fn.name };
    }
  }
}

const dropped = ({ statement, call }: Place): Pick<Mutant, 'edits' | 'what'> => ({
  edits: [removal(statement)],
  what: `${call.node.text} is gone`,
});

export const droppedUnregisterExit: MutantClass = {
  name: 'dropped-unregister-exit',
  expected: ['left-registered-on-exit'],
  mutants: (source) => each(source, ['exit'], dropped),
};

export const droppedUnregisterError: MutantClass = {
  name: 'dropped-unregister-error',
  expected: ['left-registered-on-error'],
  mutants: (source) => each(source, ['error'], dropped),
};

export const swappedKind: MutantClass = {
  name: 'swapped-kind',
  expected: ['unregister-kind-mismatch'],
  mutants: (source) =>
    each(source, ['exit', 'error'], ({ call }) => {
      const name = call.node.childForFieldName('function');
      const other = call.name.endsWith('_subsys')
        ? call.name.replace(/_subsys$/, '_device')
        : call.name.replace(/_device$/, '_subsys');
      if (!name || other === call.name) return { skipped: 'unregistered through a wrapper' };
      return { edits: [replacement(name, other)], what: `${call.name} became ${other}` };
    }),
};

export const doubleUnregister: MutantClass = {
  name: 'double-unregister',
  expected: ['unregister-not-registered'],
  mutants: (source) =>
    each(source, ['exit', 'error'], ({ statement, call }) => {
      // tcf_unregister_action() does nothing when it is called again.
      if (!/_(?:subsys|device)$/.test(call.name)) return { skipped: 'unregistered through a wrapper' };
      return { edits: [duplication(statement, source.text)], what: `${call.node.text} twice` };
    }),
};

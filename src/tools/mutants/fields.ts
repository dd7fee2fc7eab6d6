import type { SyntaxNode } from '../../syntax/index.ts';
import type { Edit, Mutant, MutantClass, Skipped } from './mutant.ts';
import type { OpsSource, Source } from './source.ts';
import { deletedByCore, takesDown } from './release.ts';
import { lineOf } from './tree.ts';

/** A member with the comma behind it. */
function withoutMember(pair: SyntaxNode, text: string): Edit {
  const comma = /^\s*,/.exec(text.slice(pair.endIndex))?.[0].length ?? 0;
  return { start: pair.startIndex, end: pair.endIndex + comma, text: '' };
}

function dropped(source: Source, ops: OpsSource, name: string): Mutant | null {
  const pair = ops.members.get(name);
  if (!pair) return null;
  const edits = [withoutMember(pair, source.text)];
  return { edits, line: lineOf(pair), fn: ops.fact.name, what: `.${name} is gone` };
}

function* droppedBeside(source: Source, name: string, beside: string): Generator<Mutant> {
  for (const ops of source.ops) {
    const mutant = ops.members.has(beside) ? dropped(source, ops, name) : null;
    if (mutant) yield mutant;
  }
}

export const droppedSize: MutantClass = {
  name: 'dropped-size',
  expected: ['id-without-size'],
  mutants: (source) => droppedBeside(source, 'size', 'id'),
};

export const droppedId: MutantClass = {
  name: 'dropped-id',
  expected: ['size-without-id'],
  mutants: (source) => droppedBeside(source, 'id', 'size'),
};

const exits = ['exit', 'exit_batch', 'exit_batch_rtnl', 'exit_rtnl', 'pre_exit'];

export const droppedExitField: MutantClass = {
  name: 'dropped-exit-field',
  expected: ['exit-missing', 'exit-leak'],
  *mutants(source): Generator<Mutant | Skipped> {
    for (const ops of source.ops) {
      const present = exits.filter((name) => ops.members.has(name));
      if (present.length !== 1) continue;
      const mutant = dropped(source, ops, present[0]!);
      if (!ops.members.has('init')) yield { skipped: 'the ops has no init' };
      else {
        const down = takesDown(source, ops.fact.name);
        if (down === 'nothing') yield { skipped: 'the exit takes down nothing of the init by name' };
        else if (down === 'devices of a link type') yield { skipped: deletedByCore };
        else if (mutant) yield mutant;
      }
    }
  },
};

export const droppedInitField: MutantClass = {
  name: 'dropped-init-field',
  expected: ['unregister-not-registered'],
  *mutants(source): Generator<Mutant | Skipped> {
    for (const ops of source.ops) {
      const mutant = dropped(source, ops, 'init');
      if (!mutant) continue;
      const name = ops.members.get('init')!.childForFieldName('value')?.text.replace(/^&/, '');
      const init = source.functions.find((fn) => fn.name === name);
      if (!init) yield { skipped: 'the init is of another file' };
      else if (init.statements.every(({ type }) => type === 'return_statement') && !/\(/.test(init.body.text))
        yield { skipped: 'the init does nothing' };
      else yield mutant;
    }
  },
};

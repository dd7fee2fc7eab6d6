import { folderOf } from '../../facts/folder.ts';
import { expressionsOf, walkExpression, type At } from '../../facts/ir.ts';
import type { Program } from '../../program/program.ts';
import { valuesOfLocals } from '../bodies/namespace-locals.ts';
import type { PairsByCall } from '../resources/index.ts';
import type { Place, TraceStep } from '../paths/trace.ts';

interface Context {
  readonly program: Program;
  readonly table: PairsByCall;
}

/**
 * Whether link ops that a module registers can make devices (they have a `newlink`), and its exit does nothing of its own
 * before it comes to a call: neither sets anything by which they could be told, nor calls what may take the devices away.
 */
export function makesUntil({ program, table }: Context, link: TraceStep & { t: 'acquire' }, call: Place): boolean {
  const name = (link.of[0] ?? '').replace(/^&/, '');
  const words = program.facts(link.place.file)?.mentions[name] ?? [];
  const exit = program.functionById(`${call.file}#${call.fn}`);
  if (!exit?.fact.blocks || !words.some((word) => /newlink/i.test(word))) return false;
  const locals = valuesOfLocals(exit);
  return [...expressionsOf(exit.fact.blocks)].every((whole) =>
    [...walkExpression(whole)].every((e) => {
      if (!isBefore(e.at, call.at)) return true;
      if (e.k === 'update') return false;
      if (e.k === 'assign') return e.to.k === 'id' && locals.has(e.to.name);
      if (e.k !== 'call') return true;
      if (e.fn.k !== 'id') return false;
      const called = program.resolveFunction(exit.file, e.fn.name);
      return called ? folderOf(called.file) !== folderOf(exit.file) : table.releases.has(e.fn.name);
    }),
  );
}

function isBefore(one: At, other: At): boolean {
  return one[0] < other[0] || (one[0] === other[0] && one[1] < other[1]);
}

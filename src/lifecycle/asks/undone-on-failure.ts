import { counterparts } from '../../facts/opposites.ts';
import { given, ofWholeFile } from '../../facts/words.ts';
import type { FunctionEntry, OpsEntry, Program } from '../../program/program.ts';
import type { Reach } from '../../program/reach.ts';
import { callsOf, nameOf } from '../bodies/body.ts';
import { callbackOf, exitsOf } from '../bodies/callbacks-of.ts';
import { isHandedOver } from './left-on-demand.ts';
import { printExpression } from '../bodies/print.ts';
import type { PairsByCall } from '../resources/index.ts';
import { structBehind } from '../bodies/structs.ts';
import type { Place } from '../paths/trace.ts';

/** What an init takes down where it fails, and its exits never do. */
export interface UndoneOnFailure {
  /** The call that sets it up, and the one that takes it down. */
  readonly sets: string;
  readonly undoes: string;
  /** A member that this frees what it points at. */
  readonly frees: string;
  /** Where it is set up. */
  readonly place: Place;
}

/**
 * What an init sets up by a call and takes down by its counterpart where it fails later (`foo_est_init(fn)`,
 * `foo_est_cleanup(fn)`), while no exit does, nor anything else of the program names that counterpart: what it frees may
 * only come later, on demand. Nothing where an exit gives any of that back by itself, or passes the data to who is not read.
 */
export function undoneOnFailure(
  program: Program,
  { reach, table }: { readonly reach: Reach; readonly table: PairsByCall },
  ops: OpsEntry,
): UndoneOnFailure | null {
  const init = callbackOf(program, ops, 'init');
  const exits = exitsOf(program, ops);
  if (!init || exits.length === 0) return null;
  const calls = callsOf(init);
  for (const undo of calls) {
    const undoes = nameOf(undo);
    const [of, ...others] = undo.args;
    const sets = calls.find(
      (each) =>
        counterparts(nameOf(each)).includes(undoes) &&
        each.args.some((arg) => of && printExpression(arg) === printExpression(of)),
    );
    const callee = sets && program.lookUp(init.file, undoes);
    const struct = structBehind(init.fact, of)?.replace('*', '');
    if (!sets || !callee || struct === undefined || others.length > 0) continue;
    const frees = freedBy(callee, table);
    const ways = exits.map(({ file, fact }) => reach.from(file, fact.name));
    const isOthers = ways.some((words) => words.has(undoes) || frees.some((member) => words.has(given(member))));
    if (frees.length === 0 || isOthers || isNamedBeside(program, init, undoes)) continue;
    if (exits.some((exit) => isHandedOver(program, table, exit, struct))) continue;
    const place = { file: init.file, fn: init.fact.name, at: sets.at };
    return { sets: nameOf(sets), undoes, frees: frees[0]!, place };
  }
  return null;
}

/** The members of what a function is passed of which it frees what they point at. */
function freedBy(fn: FunctionEntry, table: PairsByCall): readonly string[] {
  const [param] = fn.fact.params;
  return callsOf(fn).flatMap((call) => {
    const isMemory = table.releases.get(nameOf(call))?.some((pair) => pair.memory === true) === true;
    return call.args.flatMap((arg) =>
      isMemory && arg.k === 'field' && arg.arrow && arg.of.k === 'id' && arg.of.name === param ? arg.name : [],
    );
  });
}

/** Whether anything but an init and the function itself names it. */
function isNamedBeside(program: Program, init: FunctionEntry, name: string): boolean {
  return program
    .fileNames()
    .some((file) =>
      Object.entries(program.facts(file)?.mentions ?? {}).some(
        ([by, words]) =>
          by !== name &&
          (by === ofWholeFile || by !== init.fact.name || file !== init.file) &&
          words.some((word) => word === name || word === `${name}()`),
      ),
    );
}

import type { Expr } from '../../facts/ir.ts';
import { given, givenAnywhere, isStep, ofWholeFile, onDemandIn, type OnDemand } from '../../facts/words.ts';
import type { FunctionEntry, OpsEntry, Program } from '../../program/program.ts';
import type { Reach } from '../../program/reach.ts';
import { callsOf, nameOf, within } from '../bodies/body.ts';
import { callbackOf, exitsOf } from '../bodies/callbacks-of.ts';
import type { PairsByCall } from '../resources/index.ts';
import { structBehind, structOfData } from '../bodies/structs.ts';

/** What gives a thing back, by the name of a call. */
const givesBack =
  /free|release|destroy|(?:^|_)(?:put|drop|del|remove|unset|unbind|rcu|cleanup|purge|flush|exit|fini)(?:_|$)/;

/**
 * What functions of an ops' file that neither its init nor its exits come to allocate for a namespace and keep at a member
 * of its data, or of struct net, and that nothing gives back: nothing of the file does (`madeOnDemand()`), no other file
 * that is read frees where it names that member, and what is not read is not called by the exits to take anything down. A
 * member of struct net is the ops' whose exits speak of what stands beside it.
 */
export function leftOnDemand(
  program: Program,
  { reach, table }: { readonly reach: Reach; readonly table: PairsByCall },
  ops: OpsEntry,
): readonly OnDemand[] {
  const kept = (program.facts(ops.file)?.mentions[ofWholeFile] ?? []).flatMap((word) => onDemandIn(word) ?? []);
  if (kept.length === 0) return [];
  const exits = exitsOf(program, ops);
  const init = callbackOf(program, ops, 'init');
  const roots = [...exits, ...(init ? [init] : [])];
  const isOwn = ({ struct, member }: OnDemand): boolean =>
    struct === 'net' ? isNeighbour(program, reach, ops, member) : struct === structOfData(ops.fact);
  const found = new Map<string, OnDemand>();
  for (const each of exits.length > 0 ? kept.filter(isOwn) : []) {
    const { struct, member } = each;
    const makers = kept.filter((other) => other.struct === struct && other.member === member);
    const isReached = ({ fn }: OnDemand): boolean =>
      roots.some(({ file, fact }) => fact.name === fn || reach.from(file, fact.name, 'calls').has(fn));
    if (makers.some((maker) => isReached(maker) || table.acquires.get(maker.by)?.memory !== true)) continue;
    if (isGivenElsewhere(program, ops.file, /\w+$/.exec(member)![0])) continue;
    if (!exits.some((exit) => isHandedOver(program, table, exit, struct))) found.set(`${struct}->${member}`, each);
  }
  return [...found.values()];
}

/** Whether an ops' exits, and those of no other ops of its file, speak of members of struct net beside one: `net->core.`. */
function isNeighbour(program: Program, reach: Reach, ops: OpsEntry, member: string): boolean {
  const beside = `net->${member.replace(/\w+$/, '')}`;
  const speaks = (each: OpsEntry): boolean =>
    exitsOf(program, each).some(({ file, fact }) =>
      [...reach.from(file, fact.name, 'calls')].some(([word, { within: own }]) => own && word.startsWith(beside)),
    );
  if (beside === 'net->') return false;
  return (
    program
      .allOps()
      .filter((each) => each.file === ops.file && speaks(each))
      .every(({ id }) => id === ops.id) && speaks(ops)
  );
}

/** Whether another file may give back what a member points at. */
function isGivenElsewhere(program: Program, own: string, member: string): boolean {
  return program.fileNames().some((file) => {
    const mentions = file === own ? {} : (program.facts(file)?.mentions ?? {});
    return Object.entries(mentions).some(([name, words]) =>
      name === ofWholeFile
        ? words.includes(givenAnywhere(member))
        : words.includes(given(member)) &&
          words.some((word) => word.endsWith('()') && givesBack.test(word.slice(0, -2))),
    );
  });
}

/** Whether an exit passes the namespace, or its data, to who takes down and is not read. */
export function isHandedOver(program: Program, table: PairsByCall, exit: FunctionEntry, struct: string): boolean {
  return within(program, exit, 2).some((each) =>
    callsOf(each).some((call) => {
      const name = nameOf(call);
      if (program.lookUp(each.file, name) || table.releases.has(name)) return false;
      const isData = (e: Expr): boolean => /^net\*$/.test(structOf(each, e)) || structOf(each, e) === `${struct}*`;
      // What a macro does is not known.
      const mayTake = name === '' || isStep(name) || givesBack.test(name) || /^(?!WARN|BUG)[A-Z]/.test(name);
      return mayTake && call.args.some(isData);
    }),
  );
}

function structOf({ fact }: FunctionEntry, e: Expr): string {
  return structBehind(fact, e) ?? '';
}

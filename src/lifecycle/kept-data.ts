import { expressionsOf, walkExpression, type Expr } from '../facts/ir.ts';
import { isMemberWord } from '../facts/words.ts';
import type { FunctionEntry, Program } from '../program/program.ts';
import type { Way } from '../program/reach.ts';
import { valuesOfLocals } from './namespace-locals.ts';
import { isData } from './pointer-size.ts';

/** Getters of an ops' data are followed so far, one called by the other. */
const mostDeep = 2;

/** A member is taken for one of the ops' own data only by who gets to both in so many calls. */
const mostSteps = 4;

/**
 * The members by which an init keeps a pointer to the data of another ops in what is its own: `fn->base = net_generic(net,
 * foo_base_id)`, or a local that holds that.
 */
export function membersOfData(program: Program, init: FunctionEntry, id: string): readonly string[] {
  const values = valuesOfLocals(init);
  const isIt = (e: Expr): boolean => {
    const got = e.k === 'id' ? (values.get(e.name) ?? []) : [e];
    return got.length > 0 && got.every((each) => isData(program, init, each, id, mostDeep));
  };
  const members = [...expressionsOf(init.fact.blocks ?? [])].flatMap((whole) =>
    [...walkExpression(whole)].flatMap((e) =>
      e.k === 'assign' && e.op === '=' && e.to.k === 'field' && isIt(e.from) ? [e.to.name] : [],
    ),
  );
  return [...new Set(members)];
}

/** Such a member that who is called gets at in the data of the ops whose init keeps it, by that one's own id. */
export function usedByMember(
  words: ReadonlyMap<string, Way>,
  members: readonly string[],
  own: string | undefined,
): string | null {
  const isNear = (way: Way | undefined): boolean => way?.within === true && way.steps <= mostSteps;
  if (own === undefined || !isNear(words.get(own))) return null;
  const isUsed = (member: string): boolean =>
    [...words].some(([word, way]) => isNear(way) && isMemberWord(word, member));
  return members.find(isUsed) ?? null;
}

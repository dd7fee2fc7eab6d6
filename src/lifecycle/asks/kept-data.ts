import { expressionsOf, walkExpression, type Expr } from '../../facts/ir.ts';
import { isMemberWord } from '../../facts/words.ts';
import type { FunctionEntry, Program } from '../../program/program.ts';
import type { Way } from '../../program/reach.ts';
import { valuesOfLocals } from '../bodies/namespace-locals.ts';
import { isData } from '../bodies/pointer-size.ts';
import { allIn, nameOf, targetsOf } from '../bodies/body.ts';
import { onlyTells } from '../bodies/known.ts';

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
  program: Program,
  init: FunctionEntry,
  { words, members, own }: { words: ReadonlyMap<string, Way>; members: readonly string[]; own: string | undefined },
): string | null {
  const isNear = (way: Way | undefined): boolean => way?.within === true && way.steps <= mostSteps;
  if (own === undefined || !isNear(words.get(own))) return null;
  const isUsed = (member: string): boolean =>
    [...words].some(([word, way]) => isNear(way) && isMemberWord(word, member)) &&
    isFollowed(program, init, member, own);
  return members.find(isUsed) ?? null;
}

/**
 * Whether a function of the file that gets at the data of the ops by its id follows the pointer that a member of that is,
 * `fn->base->map`: other structures have members by that name, and who prints it needs nothing of what it points at. Where
 * others than the init set the member, it may be another one by then.
 */
function isFollowed(program: Program, init: FunctionEntry, member: string, own: string): boolean {
  const others = (program.facts(init.file)?.functions ?? []).flatMap(({ name }) => {
    const fn = program.functionById(`${init.file}#${name}`);
    return fn && fn.id !== init.id ? fn : [];
  });
  const isMember = (e: Expr): boolean => e.k === 'field' && e.name === member;
  const isReading = (e: Expr): boolean => e.k === 'call' && onlyTells(nameOf(e));
  if (others.some((fn) => [...allIn(fn)].some((e) => !isReading(e) && targetsOf(e).some(isMember)))) return false;
  // Of who is no part of a lifecycle no more is known than that it names the member.
  const read = new Set([init, ...others].filter(({ fact }) => fact.blocks).map(({ fact }) => fact.name));
  const mentions = Object.entries(program.facts(init.file)?.mentions ?? {});
  if (mentions.some(([name, words]) => !read.has(name) && words.some((word) => isMemberWord(word, member))))
    return false;
  return others.some((fn) => {
    const values = valuesOfLocals(fn);
    const isOwn = (e: Expr): boolean => {
      const got = e.k === 'id' ? (values.get(e.name) ?? []) : [e];
      return got.length > 0 && got.every((each) => isData(program, fn, each, own, mostDeep));
    };
    const isIt = (e: Expr): boolean => {
      if (e.k === 'id') return (values.get(e.name) ?? []).some((value) => value.k === 'field' && isIt(value));
      return e.k === 'field' && e.name === member && e.arrow && isOwn(e.of);
    };
    return [...allIn(fn)].some(
      (e) => (e.k === 'field' && e.arrow && isIt(e.of)) || (e.k === 'unary' && e.op === '*' && isIt(e.of)),
    );
  });
}

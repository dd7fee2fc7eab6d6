import { expressionsOf, walkExpression, type Block, type Expr, type FunctionFact } from '../../facts/ir.ts';
import { asksMember, definesStruct, gateAsked, ofWholeFile } from '../../facts/words.ts';
import type { OpsEntry, Program } from '../../program/program.ts';
import { structOfData } from '../bodies/structs.ts';

/** Memory that is kept at a place of an ops' own data, or in a static variable, by the call that made it and those that free it. */
export interface KeptMemory {
  readonly at: string;
  readonly file: string;
  readonly call: string;
  readonly releases: readonly string[];
}

/**
 * Whether nothing that a file does with memory needs it to be there: each function that does more than to keep and to free it
 * asks for it. False where that is not known: others may know of it as well.
 */
export function isOnlyReleased(program: Program, ops: OpsEntry | null, memory: KeptMemory): boolean {
  const { at, file, call } = memory;
  const member = /^generic\([^()]*\)->(?:\w+\.)*(\w+)$/.exec(at)?.[1];
  const { functions = [], mentions = {}, statics = [] } = program.facts(file) ?? {};
  if (member === undefined ? !statics.includes(at) : !isDefinedIn(ops, file, mentions)) return false;
  const name = member ?? at;
  const isIt = (e: Expr): boolean =>
    member === undefined ? e.k === 'id' && e.name === name : e.k === 'field' && e.name === name;
  const lowered = functions.flatMap(({ blocks }) => (blocks ? [blocks] : []));
  if (!lowered.some((blocks) => isKeptAtOnce(blocks, isIt, call))) return false;
  const bodies = new Map(functions.map((fact) => [fact.name, fact]));
  return Object.entries(mentions).every(([owner, words]) => {
    if (!isMentioned(words, name, member !== undefined)) return true;
    const fact = bodies.get(owner);
    if (owner === ofWholeFile || !fact) return false;
    return asks(words, name) || (fact.blocks !== null && !uses(fact, isIt, memory));
  });
}

/** Whether the structure of an ops' own data is the file's: no other file knows its members. */
function isDefinedIn(
  ops: OpsEntry | null,
  file: string,
  { [ofWholeFile]: ofFile = [] }: Readonly<Record<string, readonly string[]>>,
): boolean {
  const struct = ops ? structOfData(ops.fact) : undefined;
  return ops?.file === file && struct !== undefined && ofFile.includes(definesStruct(struct));
}

function isMentioned(words: readonly string[], name: string, isMember: boolean): boolean {
  // A member is mentioned behind pointers, in structures, in macros.
  const word = isMember ? new RegExp(`(?:^|\\W)${name}(?!\\w)`) : null;
  return word ? words.some((each) => word.test(each)) : words.includes(name);
}

function asks(words: readonly string[], name: string): boolean {
  return words.includes(asksMember(name)) || words.includes(gateAsked(name));
}

/** Whether what a call has made is kept there at once: by nothing else is it known. */
function isKeptAtOnce(blocks: readonly Block[], isIt: (e: Expr) => boolean, call: string): boolean {
  for (const whole of expressionsOf(blocks))
    for (const e of walkExpression(whole))
      if (e.k === 'assign' && isIt(e.to) && e.from.k === 'call' && e.from.fn.k === 'id' && e.from.fn.name === call)
        return true;
  return false;
}

/** Whether a function does anything else with it than to set and to free it. */
function uses({ blocks, unreadable }: FunctionFact, isIt: (e: Expr) => boolean, { releases }: KeptMemory): boolean {
  if (unreadable) return true;
  let [all, idle] = [0, 0];
  for (const whole of expressionsOf(blocks ?? []))
    for (const e of walkExpression(whole)) {
      if (isIt(e)) all++;
      if (e.k === 'other' && e.text !== '') all++;
      if (e.k === 'assign' && e.op === '=' && isIt(e.to)) idle++;
      const isRelease = e.k === 'call' && e.fn.k === 'id' && releases.includes(e.fn.name);
      if (isRelease && e.args.some(isIt)) idle++;
    }
  return all > idle;
}

import { expressionsOf, successorsOf, walkExpression, type At, type Block, type Expr } from '../../facts/ir.ts';
import { definesStruct, hasUnion, isMemberWord, ofWholeFile } from '../../facts/words.ts';
import type { FunctionEntry, Id, OpsEntry, Program } from '../../program/program.ts';
import { callbackOf, exitsOf } from '../bodies/callbacks-of.ts';
import { handsOn, isHarmless, pernetCalls, reachedFrom, steady } from '../bodies/known.ts';
import { blocksFrom } from '../bodies/loops.ts';
import { callsIn } from '../bodies/may-stop.ts';
import { namespaceLocals } from '../bodies/namespace-locals.ts';
import { printExpression } from '../bodies/print.ts';
import { kernelTable } from '../resources/index.ts';

/** An exit that returns at once where a member of its namespace's data is zero, as init leaves it. */
export interface EarlyExit {
  readonly exit: string;
  readonly member: string;
  readonly place: { readonly file: string; readonly at: At };
  /** What it does not call there, nor what is not called by that. */
  readonly skipped: ReadonlySet<string>;
}

/**
 * The exit callback that does nothing where a member of the namespace's data is zero that neither the init nor another exit
 * speaks of: the core hands that memory out zeroed (net/core/net_namespace.c, ops_init()), so that it is so of each
 * namespace in which nothing has come to set it, and what init has acquired for all of them is left there.
 */
export function earlyExit(program: Program, ops: OpsEntry): EarlyExit | null {
  const init = callbackOf(program, ops, 'init');
  if (!init || !ops.fact.fields.some(({ name }) => name === 'size')) return null;
  const exits = exitsOf(program, ops);
  for (const exit of exits) {
    const blocks = exit.fact.blocks ?? [];
    const [net] = exit.fact.params;
    if (
      net === undefined ||
      !ops.fact.fields.some(({ name, text }) => name === 'exit' && text.includes(exit.fact.name))
    )
      continue;
    const others = exits.filter((each) => each !== exit).map(({ id }) => id);
    const held = namespaceLocals(program, exit, [net]);
    for (const [at, { end }] of blocks.entries()) {
      if (end.e !== 'branch' || end.loop) continue;
      const asked = askedIn(end.on);
      if (!asked || asked.of === net || !held.has(asked.of)) continue;
      const [zero, other] = asked.isNegated ? [end.then, end.else] : [end.else, end.then];
      const returns = returnsAtOnce(blocks, zero);
      if (!returns) continue;
      if (mayBeSetUnseen(program, init, others) || !isPlain(program, exit, asked.of)) continue;
      const besides = at === 0 ? new Set([0]) : blocksFrom(blocks, [0], at);
      const skipped = [...blocksFrom(blocks, [other])].filter((each) => !besides.has(each));
      const isSet =
        [...reachedFrom(program, [init.id, ...others])].some((id) => speaksOf(program, id, asked.member)) ||
        blocks.some((block, each) => !skipped.includes(each) && sets(block, asked.member));
      if (isSet) continue;
      return {
        exit: exit.fact.name,
        member: printExpression(asked.e),
        place: { file: exit.file, at: returns },
        skipped: calledFrom(program, exit, skipped),
      };
    }
  }
  return null;
}

/** Whether what a pointer in an exit points at is a structure that its file defines, in which no union is. */
function isPlain(program: Program, { file, fact }: FunctionEntry, name: string): boolean {
  const words = program.facts(file)?.mentions[ofWholeFile] ?? [];
  const steps = (fact.blocks ?? []).flatMap((block) => block.steps);
  const types = steps.flatMap((step) => (step.s === 'declare' && step.name === name ? [step.struct] : []));
  const [type] = types;
  return !words.includes(hasUnion) && type != null && words.includes(definesStruct(type.replace(/\W+$/, '')));
}

/** Whether an init or another exit comes to what was not read and is not known, or writes what it does not name by a member. */
function mayBeSetUnseen(program: Program, init: FunctionEntry, others: readonly Id[]): boolean {
  return [...reachedFrom(program, [init.id, ...others])].some((id) => {
    const { file, fact } = program.functionById(id)!;
    if (!fact.blocks || fact.unreadable) return true;
    for (const whole of expressionsOf(fact.blocks))
      for (const e of walkExpression(whole)) {
        if (e.k === 'assign' && e.to.k !== 'id' && e.to.k !== 'field' && e.to.k !== 'index') return true;
        if (e.k !== 'call') continue;
        const name = e.fn.k === 'id' ? e.fn.name : '';
        if (name === '' || /^_{0,2}(?:mem(?:cpy|set|move)|(?:set|change|assign)_bit|xchg|cmpxchg)/.test(name))
          return true;
        if (!isKnown(name) && !program.lookUp(file, name)) return true;
      }
    return false;
  });
}

function isKnown(name: string): boolean {
  return (
    name === 'net_generic' ||
    isHarmless(name) ||
    handsOn.has(name) ||
    steady.has(name) ||
    pernetCalls.has(name) ||
    kernelTable.acquires.has(name) ||
    kernelTable.releases.has(name)
  );
}

/** The names of what some blocks of a function call, and of what that calls. */
function calledFrom(program: Program, { file, fact }: FunctionEntry, blocks: readonly number[]): ReadonlySet<string> {
  const names = blocks.flatMap((at) => callsIn(fact.blocks![at]!)).flatMap(({ fn }) => (fn.k === 'id' ? fn.name : []));
  const callees = names.flatMap((name) => program.lookUp(file, name)?.id ?? []);
  return new Set([...names, ...[...reachedFrom(program, callees)].flatMap((id) => [...program.calls(id)])]);
}

/** The member that a condition asks for, and nothing else. */
function askedIn(on: Expr): { of: string; member: string; e: Expr; isNegated: boolean } | null {
  const isNegated = on.k === 'unary' && on.op === '!';
  const e = isNegated ? on.of : on;
  return e.k === 'field' && e.arrow && e.of.k === 'id' ? { of: e.of.name, member: e.name, e, isNegated } : null;
}

/** Where a way from a block returns without having done anything. */
export function returnsAtOnce(blocks: readonly Block[], from: number): At | null {
  const seen = new Set<number>();
  for (let at = from; !seen.has(at);) {
    seen.add(at);
    const block = blocks[at]!;
    if (callsIn(block).some(({ fn }) => fn.k !== 'id' || !isHarmless(fn.name))) return null;
    if (block.steps.some((step) => step.s === 'eval' && step.of.k !== 'call')) return null;
    if (block.end.e === 'return') return block.end.at;
    const [next, more] = successorsOf(block);
    if (next === undefined || more !== undefined) return null;
    at = next;
  }
  return null;
}

function speaksOf(program: Program, id: string, member: string): boolean {
  const { file, fact } = program.functionById(id)!;
  return program.facts(file)?.mentions[fact.name]?.some((word) => isMemberWord(word, member)) === true;
}

function sets(block: Block, member: string): boolean {
  return [...expressionsOf([block])].some((whole) =>
    [...walkExpression(whole)].some((e) => e.k === 'assign' && e.to.k === 'field' && e.to.name === member),
  );
}

import { expressionsOf, successorsOf, walkExpression, type At, type Block } from '../../facts/ir.ts';
import {
  byRcu,
  FreedWalk,
  isFree,
  type Freed,
  type FreedUse,
  type Frees,
  type FreesOwner,
  type LooksInto,
} from './freed-walk.ts';

const nothing: Freed = new Map();

/**
 * What a function frees and uses after that, by where it frees it. Only pointers in variables of its own, and members behind
 * these, are looked at; what is written anew is another thing, and so may be a member after a call of anything that is not
 * known to leave it.
 */
export function usesOfFreed(
  blocks: readonly Block[],
  ofFunction: ReadonlySet<string>,
  atOnce: Frees,
  looksInto: LooksInto,
  freesOwner: FreesOwner = () => false,
): ReadonlyMap<At, FreedUse> {
  const frees: Frees = (name) => atOnce(name) ?? byRcu.get(name);
  if (!blocks.some((block) => hasFree(block, frees))) return new Map();
  const kept = addressesKept(blocks);
  const twice = declaredTwice(blocks);
  const locals = new Set([...ofFunction].filter((name) => !kept.has(name) && !twice.has(name)));
  const before = freedBefore(blocks, locals, frees, successorsOf, freesOwner);
  const found = new Map<At, FreedUse>();
  blocks.forEach((block, index) => {
    const start = before.get(index);
    for (const { at, ...use } of start
      ? new FreedWalk(locals, frees, start, looksInto, freesOwner).through(block).uses
      : [])
      if (!found.has(at)) found.set(at, use);
  });
  return found;
}

/** The variables whose address is more than passed to a call: `pp = &p`. They may be written by that. */
function addressesKept(blocks: readonly Block[]): ReadonlySet<string> {
  const all = [...expressionsOf(blocks)].flatMap((whole) => [...walkExpression(whole)]);
  const passed = new Set(all.flatMap((e) => (e.k === 'call' ? e.args : [])));
  return new Set(
    all.flatMap((e) => (e.k === 'unary' && e.op === '&' && e.of.k === 'id' && !passed.has(e) ? e.of.name : [])),
  );
}

/** The names that more than one scope of a function has for things of its own. */
function declaredTwice(blocks: readonly Block[]): ReadonlySet<string> {
  const names = blocks.flatMap(({ steps }) => steps.flatMap((step) => (step.s === 'declare' ? step.name : [])));
  return new Set(names.filter((name, index) => names.indexOf(name) !== index));
}

/** What is freed by the start of each block that a function comes to. */
export function freedBefore(
  blocks: readonly Block[],
  locals: ReadonlySet<string>,
  frees: Frees,
  next: (block: Block) => readonly number[],
  freesOwner?: FreesOwner,
): ReadonlyMap<number, Freed> {
  const before = new Map<number, Freed>([[0, nothing]]);
  const queue = [0];
  for (let index = queue.pop(); index !== undefined; index = queue.pop()) {
    const block = blocks[index]!;
    const freed = freedBehind(block, locals, frees, before.get(index)!, freesOwner);
    for (const to of next(block)) {
      const known = before.get(to);
      const met = known ? both(known, freed) : freed;
      if (met.size === known?.size) continue;
      before.set(to, met);
      queue.push(to);
    }
  }
  return before;
}

/** What is freed when a block has been gone through. */
export function freedBehind(
  block: Block,
  locals: ReadonlySet<string>,
  frees: Frees,
  before: Freed,
  freesOwner?: FreesOwner,
): Freed {
  return new FreedWalk(locals, frees, before, undefined, freesOwner).through(block).freed;
}

/** Whether a block frees anything. */
export function hasFree({ steps }: Block, frees: Frees): boolean {
  return steps.some((step) => step.s === 'eval' && isFree(step.of, frees));
}

function both(a: Freed, b: Freed): Freed {
  return new Map([...a].filter(([text, { at }]) => b.get(text)?.at === at));
}

import { expressionsOf, successorsOf, walkExpression, type Block, type Expr } from '../../facts/ir.ts';
import { isPlainGetter } from '../../facts/words.ts';
import type { FunctionEntry } from '../../program/program.ts';
import { isHarmless } from '../bodies/known.ts';
import { bodyOf, isBatch, reaching } from '../bodies/loops.ts';

/** What takes a namespace out of the list of those that die. */
const takesOne = /^list_(?:first|last)_entry(?:_or_null)?$/;
const asks = /^list_(?:empty|is_singular|first_entry|last_entry)/;

/**
 * For which of the namespaces that die a batch callback does its work alone: it takes the first of the list and does not go
 * through the list, or leaves its loop at the end of the first turn; or it does behind its loop, for the last, what is to be
 * done in each turn. Null where it is not known to.
 */
export function takesOnlyOne({ fact }: FunctionEntry): 'first' | 'last' | null {
  const list = fact.params[0];
  const blocks = fact.blocks ?? [];
  const isList = (e: Expr | undefined): boolean => e?.k === 'id' && e.name === list;
  const loops = blocks.flatMap(({ end }, head) =>
    end.e === 'each' && end.args.some(isList) && isBatch(end.args) ? [{ end, head }] : [],
  );
  const broken = loops.some(({ end: { args, body }, head }) => {
    const once = !reaching(blocks, head).has(body);
    return once && args[0]?.k === 'id' && worksOn(blocks, args[0].name);
  });
  if (broken) return 'first';
  if (loops.length > 0) return loops.some(({ end, head }) => worksBehind(blocks, head, end)) ? 'last' : null;
  const isFirst = blocks.some((block, at) => {
    const taken = takenFrom([block], isList);
    return taken !== null && !reaching(blocks, at).has(at) && worksOn(blocks, taken) && !isHandedOn(blocks, isList);
  });
  return isFirst ? 'first' : null;
}

/**
 * Whether behind a loop that runs to its end, and does nothing but get at each namespace's data, something is called for
 * those of the last turn: `list_for_each_entry(net, …) fn = foo_pernet(net); foo_release(fn->sk);`.
 */
function worksBehind(
  blocks: readonly Block[],
  head: number,
  { args, body, after }: Block['end'] & { e: 'each' },
): boolean {
  const net = args[0];
  const inside = bodyOf(blocks, head, body);
  const isLeft = inside.some((at) => successorsOf(blocks[at]!).some((to) => to !== head && !inside.includes(to)));
  if (net?.k !== 'id' || isLeft) return false;
  const got = new Set(
    inside.flatMap((at) =>
      blocks[at]!.steps.flatMap((step) =>
        step.s === 'eval' && step.of.k === 'assign' && step.of.to.k === 'id' && isDataOf(step.of.from, net.name)
          ? [step.of.to.name]
          : [],
      ),
    ),
  );
  // What is called in the turn may do what there is to do, and what is behind the loop is for all of them.
  const isDone = calls(inside.map((at) => blocks[at]!)).some(({ name }) => !isGetter(name) && !isHarmless(name));
  if (got.size === 0 || isDone) return false;
  const seen = new Set<number>([head]);
  const queue = [after];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    const block = blocks[at]!;
    const set = all([block]).some((e) => e.k === 'assign' && e.to.k === 'id' && got.has(e.to.name));
    if (set || block.end.e === 'each') continue;
    if (
      calls([block]).some(
        ({ name, args: passed }) =>
          !isHarmless(name) && passed.some((arg) => [...got].some((each) => mentions(arg, each))),
      )
    )
      return true;
    queue.push(...successorsOf(block));
  }
  return false;
}

/** Whether an expression is a namespace's data, by a getter of them. */
function isDataOf(e: Expr, net: string): boolean {
  return e.k === 'call' && e.fn.k === 'id' && isGetter(e.fn.name) && e.args[0]?.k === 'id' && e.args[0].name === net;
}

function isGetter(name: string): boolean {
  return name === 'net_generic' || isPlainGetter(name);
}

function mentions(e: Expr, name: string): boolean {
  return [...walkExpression(e)].some((each) => each.k === 'id' && each.name === name);
}

function all(blocks: readonly Block[]): Expr[] {
  return [...expressionsOf(blocks)].flatMap((each) => [...walkExpression(each)]);
}

/** The variable that gets one namespace of the list. */
function takenFrom(blocks: readonly Block[], isList: (e: Expr | undefined) => boolean): string | null {
  const takes = (e: Expr): boolean =>
    e.k === 'call' && e.fn.k === 'id' && takesOne.test(e.fn.name) && isList(e.args[0]) && isBatch(e.args);
  for (const { steps } of blocks)
    for (const step of steps) {
      if (step.s === 'declare' && step.init && takes(step.init)) return step.name;
      if (step.s !== 'eval' || step.of.k !== 'assign') continue;
      if (step.of.to.k === 'id' && takes(step.of.from)) return step.of.to.name;
    }
  return null;
}

/** Whether something is called for a namespace. */
function worksOn(blocks: readonly Block[], net: string): boolean {
  return calls(blocks).some(
    ({ name, args }) => !name.startsWith('list_') && args.some((arg) => arg.k === 'id' && arg.name === net),
  );
}

/** Whether others get the list: they may go through it. */
function isHandedOn(blocks: readonly Block[], isList: (e: Expr | undefined) => boolean): boolean {
  return calls(blocks).some(({ name, args }) => !asks.test(name) && args.some(isList));
}

function calls(blocks: readonly Block[]): { readonly name: string; readonly args: readonly Expr[] }[] {
  return all(blocks).flatMap((e) => (e.k === 'call' ? [{ name: e.fn.k === 'id' ? e.fn.name : '', args: e.args }] : []));
}

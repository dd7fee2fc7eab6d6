import { expressionsOf, successorsOf, walkExpression, type At, type Block, type Expr } from '../../facts/ir.ts';
import { isPlainGetter } from '../../facts/words.ts';
import type { FunctionEntry } from '../../program/program.ts';
import { returnsAtOnce } from './early-exit.ts';
import { isHarmless } from '../bodies/known.ts';
import { blocksFrom, bodyOf, isBatch } from '../bodies/loops.ts';
import { callsIn } from '../bodies/may-stop.ts';

/**
 * Where a batch callback returns out of its loop over the namespaces that die, by what it finds of one of them, and leaves
 * those behind it on the list as they are: `if (!fn->table) return;` where `continue` is meant.
 */
export function leavesBatch({ fact }: FunctionEntry): At | null {
  const blocks = fact.blocks ?? [];
  for (const [head, { end }] of blocks.entries()) {
    if (end.e !== 'each' || !isBatch(end.args) || end.args[0]?.k !== 'id') continue;
    const body = bodyOf(blocks, head, end.body);
    const own = ownOf(
      body.map((at) => blocks[at]!),
      end.args[0].name,
    );
    if (!body.some((at) => worksOn(blocks[at]!))) continue;
    const behind = blocksFrom(blocks, [end.after]);
    for (const at of body) {
      const branch = blocks[at]!.end;
      const touched = body.some((each) =>
        each === at
          ? worksOn({ ...blocks[at]!, end: { e: 'goto', to: at } })
          : blocksFrom(blocks, [each], head).has(at) && worksOn(blocks[each]!),
      );
      if (branch.e !== 'branch' || !isOfData(branch.on, { own, net: end.args[0].name, touched })) continue;
      for (const to of successorsOf(blocks[at]!)) {
        if (body.includes(to) || blocksFrom(blocks, [to]).has(head)) continue;
        const returns = returnsAtOnce(blocks, to);
        if (returns && !behind.has(to)) return returns;
      }
    }
  }
  return null;
}

/** A namespace's variable, and the locals of its turn that come of it. */
function ownOf(blocks: readonly Block[], net: string): ReadonlySet<string> {
  const own = new Set([net]);
  for (let before = -1; before < own.size;) {
    before = own.size;
    for (const { steps, end } of blocks) {
      for (const step of steps) {
        if (step.s === 'declare') {
          if (step.init && speaksOf(step.init, own)) own.add(step.name);
        } else if (step.of.k === 'assign' && step.of.to.k === 'id' && speaksOf(step.of.from, own))
          own.add(step.of.to.name);
      }
      if (end.e === 'each' && end.args[0]?.k === 'id' && end.args.slice(1).some((arg) => speaksOf(arg, own)))
        own.add(end.args[0].name);
    }
  }
  return own;
}

function speaksOf(e: Expr, own: ReadonlySet<string>): boolean {
  return [...walkExpression(e)].some((each) => each.k === 'id' && own.has(each.name));
}

/**
 * Whether a condition only asks whether a pointer to a namespace's data or a member of that is zero, or whether a list that
 * lies there is empty, and the turn has done nothing to it before.
 */
function isOfData(
  on: Expr,
  { own, net, touched }: { readonly own: ReadonlySet<string>; readonly net: string; readonly touched: boolean },
): boolean {
  if (touched) return false;
  const e = on.k === 'unary' && on.op === '!' ? on.of : on;
  const asked = e.k === 'call' && e.fn.k === 'id' && /^h?list_empty$/.test(e.fn.name) ? e.args[0] : e;
  if (!asked) return false;
  const place = asked.k === 'unary' && asked.op === '&' ? asked.of : asked;
  if (place.k === 'id') return e.k !== 'call' && place.name !== net && own.has(place.name);
  return place.k === 'field' && place.arrow && place.of.k === 'id' && place.of.name !== net && own.has(place.of.name);
}

/** Whether a block does more for a namespace than to get at its data, and to say so. */
function worksOn(block: Block): boolean {
  return (
    callsIn(block).some(
      ({ fn }) => fn.k !== 'id' || !(isPlainGetter(fn.name) || fn.name === 'net_generic' || isHarmless(fn.name)),
    ) || [...expressionsOf([block])].some((e) => e.k === 'assign' && e.to.k === 'field')
  );
}

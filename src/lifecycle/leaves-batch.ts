import { expressionsOf, successorsOf, walkExpression, type At, type Block, type Expr } from '../facts/ir.ts';
import { isPlainGetter } from '../facts/words.ts';
import type { FunctionEntry } from '../program/program.ts';
import { isHarmless } from './known.ts';
import { blocksFrom, bodyOf, isBatch } from './loops.ts';
import { callsIn } from './may-stop.ts';

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
      if (branch.e !== 'branch' || !speaksOf(branch.on, own) || warns(branch.on)) continue;
      for (const to of successorsOf(blocks[at]!)) {
        const out = blocksFrom(blocks, [to]);
        if (out.has(head) || body.includes(to) || [...out].some((each) => behind.has(each))) continue;
        for (const each of out) {
          const last = blocks[each]!.end;
          if (last.e === 'return') return last.at;
        }
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

/** Whether a condition says that what cannot be has happened. */
function warns(e: Expr): boolean {
  return [...walkExpression(e)].some(
    (each) => each.k === 'call' && each.fn.k === 'id' && /WARN|BUG/.test(each.fn.name),
  );
}

/** Whether a block does more for a namespace than to get at its data, and to say so. */
function worksOn(block: Block): boolean {
  return (
    callsIn(block).some(
      ({ fn }) => fn.k !== 'id' || !(isPlainGetter(fn.name) || fn.name === 'net_generic' || isHarmless(fn.name)),
    ) || [...expressionsOf([block])].some((e) => e.k === 'assign' && e.to.k === 'field')
  );
}

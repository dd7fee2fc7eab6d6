import { expressionsOf, successorsOf, walkExpression, type Expr } from '../../facts/ir.ts';
import type { FunctionEntry, Program } from '../../program/program.ts';
import { mentions } from './joins.ts';
import { blocksFrom } from './loops.ts';

/** Whether a function speaks of the first namespace. */
export function asksWhich({ fact }: FunctionEntry): boolean {
  return [...expressionsOf(fact.blocks ?? [])].some((whole) => mentions(whole, 'init_net'));
}

/** Whether a function has to do with the first namespace, beyond comparing others with it. */
export function takesPart({ fact }: FunctionEntry): boolean {
  const all = [...expressionsOf(fact.blocks ?? [])].flatMap((whole) => [...walkExpression(whole)]);
  const compared = all.filter((e) => comparesWithFirst(e) && !(e.k === 'unary')).length;
  return all.filter((e) => e.k === 'id' && e.name === 'init_net').length > compared;
}

/** The blocks that a function comes to for some namespaces only, as a helper says which those are: `if (foo_is_root(net))`. */
export function ofSomeOnly(program: Program, fn: FunctionEntry): ReadonlySet<number> {
  const blocks = fn.fact.blocks ?? [];
  const found = new Set<number>();
  for (const block of blocks) {
    if (block.end.e !== 'branch') continue;
    const asks = [...walkExpression(block.end.on)].some(
      (e) => e.k === 'call' && e.fn.k === 'id' && saysWhich(program.lookUp(fn.file, e.fn.name)),
    );
    if (!asks) continue;
    const arms = successorsOf(block).map((next) => blocksFrom(blocks, [next]));
    for (const at of blocks.keys()) if (new Set(arms.map((arm) => arm.has(at))).size > 1) found.add(at);
  }
  return found;
}

/** Whether all that a helper does is to compare with the first namespace: `return net_eq(net, &init_net);`. */
function saysWhich(helper: FunctionEntry | undefined): boolean {
  const blocks = helper?.fact.blocks ?? [];
  const returned = [...blocksFrom(blocks, blocks.length > 0 ? [0] : [])].flatMap((at) => {
    const { end } = blocks[at]!;
    return end.e === 'return' ? [end.value] : [];
  });
  const [value] = returned;
  return returned.length === 1 && !!value && comparesWithFirst(value);
}

function comparesWithFirst(e: Expr): boolean {
  if (e.k === 'unary' && e.op === '!') return comparesWithFirst(e.of);
  const isFirst = (of: Expr): boolean =>
    of.k === 'unary' && of.op === '&' && of.of.k === 'id' && of.of.name === 'init_net';
  if (e.k === 'binary') return /^[!=]=$/.test(e.op) && [e.l, e.r].some(isFirst);
  return e.k === 'call' && e.fn.k === 'id' && e.fn.name === 'net_eq' && e.args.some(isFirst);
}

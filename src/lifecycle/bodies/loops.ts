import { expressionsOf, successorsOf, walkExpression, type Block, type Expr } from '../../facts/ir.ts';

/** The heads of loops in whose bodies something is released or unregistered. */
export function loopsThatUndo(blocks: readonly Block[], undoes: (name: string) => boolean): Set<number> {
  const heads = new Set<number>();
  blocks.forEach(({ end }, head) => {
    if (!(end.e === 'branch' && end.loop) && end.e !== 'each') return;
    const body = end.e === 'each' ? end.body : end.then;
    if (callsIn(blocks, body, head).some(undoes)) heads.add(head);
  });
  return heads;
}

/** The names that are called in a loop's body, the body's own loops included. */
function callsIn(blocks: readonly Block[], body: number, head: number): string[] {
  const names = new Set<string>();
  for (const e of expressionsOf(bodyOf(blocks, head, body).map((at) => blocks[at]!)))
    for (const inner of walkExpression(e)) if (inner.k === 'call' && inner.fn.k === 'id') names.add(inner.fn.name);
  return [...names];
}

/** The blocks of a loop's body, which begins at `body`. */
export function bodyOf(blocks: readonly Block[], head: number, body: number): number[] {
  const back = reaching(blocks, head);
  const seen = new Set<number>();
  const queue = [body];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    if (at === head || seen.has(at) || !back.has(at)) continue;
    seen.add(at);
    queue.push(...successorsOf(blocks[at]!));
  }
  return [...seen];
}

/** The blocks in the bodies of some loops. */
export function bodiesOf(blocks: readonly Block[], heads: ReadonlySet<number>): Set<number> {
  const all = new Set<number>();
  for (const head of heads) {
    const { end } = blocks[head]!;
    const body = end.e === 'each' ? end.body : end.e === 'branch' ? end.then : null;
    if (body !== null) for (const at of bodyOf(blocks, head, body)) all.add(at);
  }
  return all;
}

/** The blocks from which another can be reached. */
export function reaching(blocks: readonly Block[], target: number): Set<number> {
  const found = new Set<number>();
  for (let changed = true; changed;) {
    changed = false;
    blocks.forEach((block, index) => {
      if (found.has(index) || !successorsOf(block).some((to) => to === target || found.has(to))) return;
      found.add(index);
      changed = true;
    });
  }
  return found;
}

/** `list_for_each_entry(net, net_exit_list, exit_list)`: the namespaces that die, at least one (ops_exit_list()). */
export function isBatch(args: readonly Expr[]): boolean {
  return args.some((arg) => arg.k === 'id' && arg.name === 'exit_list');
}

/** Whether a block can be reached from the start without coming to another one. */
export function canReach(blocks: readonly Block[], target: number, without: number): boolean {
  return without !== 0 && blocksFrom(blocks, [0], without).has(target);
}

/** Some blocks and all that can be reached from them, without going through another one. */
export function blocksFrom(blocks: readonly Block[], start: readonly number[], without?: number): ReadonlySet<number> {
  const seen = new Set(start);
  for (const at of seen) for (const to of successorsOf(blocks[at]!)) if (to !== without) seen.add(to);
  return seen;
}

/** Whether what a block asks decides over whether another one is come to, before the first is come to again. */
export function decidesOver(blocks: readonly Block[], asking: number, target: number): boolean {
  const arms = successorsOf(blocks[asking]!).map((to) => to === target || blocksFrom(blocks, [to], asking).has(target));
  return new Set(arms).size > 1;
}

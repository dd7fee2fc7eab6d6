import { expressionsOf, successorsOf, walkExpression, type Block, type Expr, type Step } from '../../facts/ir.ts';

/** For each block the locals that a path from its start on reads before it writes them. */
export function livenessOf(blocks: readonly Block[], locals: ReadonlySet<string>): readonly ReadonlySet<string>[] {
  const uses = blocks.map((block) => usesOf(block, locals));
  const next = blocks.map(successorsOf);
  const live = blocks.map(() => new Set<string>());
  for (let changed = true; changed;) {
    changed = false;
    for (let index = blocks.length - 1; index >= 0; index--) {
      const before = live[index]!.size;
      const use = uses[index]!;
      for (const name of use.reads) live[index]!.add(name);
      for (const to of next[index]!) {
        const cursor = cursorInto(blocks[index]!, to);
        for (const name of live[to]!) if (name !== cursor && !use.kills.has(name)) live[index]!.add(name);
      }
      if (live[index]!.size !== before) changed = true;
    }
  }
  return live;
}

/**
 * The calls whose result is kept in a local that nothing reads before it is written anew or the function ends: it is
 * thrown away all the same. A local whose address is taken may be read by someone else.
 */
export function unreadResults(
  blocks: readonly Block[],
  locals: ReadonlySet<string>,
  liveAt: readonly ReadonlySet<string>[],
): ReadonlySet<Expr> {
  const pointedAt = new Set<string>();
  for (const expression of expressionsOf(blocks))
    for (const e of walkExpression(expression))
      if (e.k === 'unary' && e.op === '&' && e.of.k === 'id') pointedAt.add(e.of.name);
  const unread = new Set<Expr>();
  for (const block of blocks) {
    const live = new Set(usesOf({ steps: [], end: block.end }, locals).reads);
    for (const to of successorsOf(block)) for (const name of liveAt[to]!) live.add(name);
    for (const step of block.steps.toReversed()) {
      const result = keptResult(step);
      if (result && locals.has(result.to) && !live.has(result.to) && !pointedAt.has(result.to)) unread.add(result.call);
      const { reads, kills } = usesOf({ steps: [step], end: noEnd }, locals);
      for (const name of kills) live.delete(name);
      for (const name of reads) live.add(name);
    }
  }
  return unread;
}

const noEnd: Block['end'] = { e: 'goto', to: 0 };

/** The call of a statement that merely keeps its result in a variable. */
function keptResult(step: Step): { readonly to: string; readonly call: Expr } | null {
  if (step.s === 'declare')
    return step.init?.k === 'call' && !step.isStatic ? { to: step.name, call: step.init } : null;
  const { of } = step;
  if (of.k !== 'assign' || of.op !== '=' || of.to.k !== 'id' || of.from.k !== 'call') return null;
  return { to: of.to.name, call: of.from };
}

/** What a loop over a list's elements writes when it goes on to `to`: the body sees another element each time. */
function cursorInto({ end }: Block, to: number): string | null {
  return end.e === 'each' && end.body === to ? cursorOf(end) : null;
}

/** The cursor of a loop over a list, which it does not read; others may go on from where it stands (`_continue`, `_from`). */
function cursorOf({ macro, args: [cursor] }: Block['end'] & { e: 'each' }): string | null {
  const isList = /list_for_each/.test(macro) && !/_(continue|from)/.test(macro);
  return isList && cursor?.k === 'id' ? cursor.name : null;
}

function usesOf(block: Block, locals: ReadonlySet<string>): { reads: Set<string>; kills: Set<string> } {
  const reads = new Set<string>();
  const kills = new Set<string>();
  const read = (e: Expr): void => {
    if (e.k === 'id') {
      if (locals.has(e.name) && !kills.has(e.name)) reads.add(e.name);
      return;
    }
    if (e.k === 'assign' && e.to.k === 'id') {
      read(e.from);
      if (e.op !== '=') read(e.to);
      kills.add(e.to.name);
      return;
    }
    if (e.k === 'other')
      for (const word of e.text.match(/[A-Za-z_]\w*/g) ?? []) if (locals.has(word) && !kills.has(word)) reads.add(word);
    // What is only evaluated on some ways (`a && (b = f())`) kills nothing for certain.
    if (e.k === 'cond' || (e.k === 'binary' && (e.op === '&&' || e.op === '||'))) {
      for (const inner of walkExpression(e))
        if (inner.k === 'id' && locals.has(inner.name) && !kills.has(inner.name)) reads.add(inner.name);
      return;
    }
    if (e.k === 'call') {
      read(e.fn);
      e.args.forEach(read);
    } else if (e.k === 'unary' || e.k === 'update' || e.k === 'field') read(e.of);
    else if (e.k === 'binary') {
      read(e.l);
      read(e.r);
    } else if (e.k === 'assign') {
      read(e.from);
      read(e.to);
    } else if (e.k === 'index') {
      read(e.of);
      read(e.index);
    } else if (e.k === 'comma' || e.k === 'other') e.of.forEach(read);
    else if (e.k === 'init')
      e.members.forEach((member) => {
        read(member.value);
      });
  };
  for (const step of block.steps) {
    if (step.s === 'eval') read(step.of);
    else {
      if (step.init) read(step.init);
      kills.add(step.name);
    }
  }
  const { end } = block;
  if (end.e === 'branch' || end.e === 'switch') read(end.on);
  if (end.e === 'return' && end.value) read(end.value);
  if (end.e === 'each') end.args.slice(cursorOf(end) === null ? 0 : 1).forEach(read);
  return { reads, kills };
}

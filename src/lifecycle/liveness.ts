import { expressionsOf, walkExpression, type Block, type Expr } from '../facts/ir.ts';

/** For each block, what a path that stands at its start may still look at. */
export interface Liveness {
  /** Locals that are read before they are written again. */
  readonly locals: readonly ReadonlySet<string>[];
  /** Every name in the blocks that can still be reached. */
  readonly mentioned: readonly ReadonlySet<string>[];
}

export function livenessOf(blocks: readonly Block[], locals: ReadonlySet<string>): Liveness {
  const uses = blocks.map((block) => usesOf(block, locals));
  const next = blocks.map(successors);
  const live = blocks.map(() => new Set<string>());
  const mentioned = blocks.map((block) => new Set(wordsIn([block])));
  for (let changed = true; changed;) {
    changed = false;
    for (let index = blocks.length - 1; index >= 0; index--) {
      const before = live[index]!.size + mentioned[index]!.size;
      const use = uses[index]!;
      for (const name of use.reads) live[index]!.add(name);
      for (const to of next[index]!) {
        for (const name of live[to]!) if (!use.kills.has(name)) live[index]!.add(name);
        for (const name of mentioned[to]!) mentioned[index]!.add(name);
      }
      if (live[index]!.size + mentioned[index]!.size !== before) changed = true;
    }
  }
  return { locals: live, mentioned };
}

export function successors(block: Block): number[] {
  const { end } = block;
  switch (end.e) {
    case 'goto':
      return [end.to];
    case 'branch':
      return [end.then, end.else];
    case 'each':
      return [end.body, end.after];
    case 'switch':
      return [...end.cases.map((c) => c.to), end.otherwise];
    case 'return':
      return [];
  }
}

/** The names and member names that blocks speak of. */
export function wordsIn(blocks: readonly Block[]): string[] {
  return [...expressionsOf(blocks)].flatMap((expression) =>
    [...walkExpression(expression)].flatMap((e) =>
      e.k === 'id' || e.k === 'field' ? [e.name] : e.k === 'other' ? (e.text.match(/[A-Za-z_]\w*/g) ?? []) : [],
    ),
  );
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
  if (end.e === 'each') end.args.forEach(read);
  return { reads, kills };
}

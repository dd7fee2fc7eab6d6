import type { At, Block, End, Step } from './ir.ts';

interface Draft {
  readonly steps: Step[];
  end: End | null;
}

/** The basic blocks of a function while they are made, the entry first: what comes next goes into the current one. */
export class BlockGraph {
  current = 0;
  private readonly blocks: Draft[] = [{ steps: [], end: null }];
  private readonly labels = new Map<string, number>();

  push(step: Step): void {
    this.blocks[this.current]!.steps.push(step);
  }

  /** Ends the current block, unless a jump has ended it already; what follows is unreachable until a label comes. */
  leave(end: End): void {
    this.endOf(this.current, end);
    this.current = this.block();
  }

  /** The same of some block, with the current one as it is. */
  endOf(block: number, end: End): void {
    this.blocks[block]!.end ??= end;
  }

  /** A new block, that nothing leads to yet. */
  block(): number {
    this.blocks.push({ steps: [], end: null });
    return this.blocks.length - 1;
  }

  /** The block that a label is of, wherever it comes. */
  label(name: string): number {
    const known = this.labels.get(name);
    if (known !== undefined) return known;
    const created = this.block();
    this.labels.set(name, created);
    return created;
  }

  /** All of them; where control runs off the end it returns, at `closing`. */
  closed(closing: At): Block[] {
    return this.blocks.map(({ steps, end }) => ({ steps, end: end ?? { e: 'return', value: null, at: closing } }));
  }
}

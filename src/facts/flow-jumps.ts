import type { SyntaxNode } from '../syntax/node.ts';
import { BlockGraph } from './blocks.ts';
import { cleanupCall, isThere, Scopes } from './cleanups.ts';
import { atOf, type Context } from './context.ts';
import { lowerExpression } from './expression.ts';
import type { Expr } from './ir.ts';

type Jump = 'onBreak' | 'onContinue';

interface Jumps {
  readonly onBreak: number | null;
  readonly onContinue: number | null;
  /** How many variables that are cleaned up are in scope where they lead to. */
  readonly scope: { readonly onBreak: number; readonly onContinue: number };
}

/** Where reading a function's body has come to: the blocks so far, what is in scope, and where jumps lead. */
export abstract class Flow {
  protected readonly graph = new BlockGraph();
  protected readonly scopes = new Scopes();
  private jumps: Jumps = { onBreak: null, onContinue: null, scope: { onBreak: 0, onContinue: 0 } };

  constructor(
    protected readonly context: Context,
    protected readonly unreadable: (node: SyntaxNode) => void,
  ) {}

  /** Reads one statement into the blocks. */
  protected abstract statement(node: SyntaxNode): void;

  /** Cleans up what has come into scope since, the last first. */
  protected cleanUp(from: number): void {
    for (const cleanup of this.scopes.since(from)) {
      const then = this.graph.block();
      const after = this.graph.block();
      this.graph.leave({ e: 'branch', on: isThere(cleanup), then, else: after });
      this.graph.current = then;
      this.graph.push({ s: 'eval', of: cleanupCall(this.context.macros, cleanup) });
      this.graph.leave({ e: 'goto', to: after });
      this.graph.current = after;
    }
  }

  protected within(block: number, body: SyntaxNode | null, after: number): void {
    this.graph.current = block;
    if (body) this.statement(body);
    this.graph.leave({ e: 'goto', to: after });
  }

  protected loopBody(
    block: number,
    body: SyntaxNode | null,
    to: { readonly onBreak: number; readonly onContinue: number },
    after: number,
  ): void {
    this.jumping(to, () => {
      this.within(block, body, after);
    });
  }

  /** Reads what stands where some jumps lead elsewhere; the others stay as they are. */
  protected jumping(to: Partial<Record<Jump, number>>, read: () => void): void {
    const saved = this.jumps;
    const scope = { ...saved.scope };
    for (const which of ['onBreak', 'onContinue'] as const)
      if (to[which] !== undefined) scope[which] = this.scopes.size;
    this.jumps = { ...saved, ...to, scope };
    read();
    this.jumps = saved;
  }

  protected jump(which: Jump, node: SyntaxNode): void {
    const to = this.jumps[which];
    if (to === null) {
      this.unreadable(node);
      return;
    }
    this.cleanUp(this.jumps.scope[which]);
    this.graph.leave({ e: 'goto', to });
  }

  protected condition(node: SyntaxNode): Expr {
    const condition = node.childForFieldName('condition');
    return condition ? this.lower(condition) : { k: 'other', text: '', of: [], at: atOf(this.context, node) };
  }

  protected lower(node: SyntaxNode): Expr {
    return lowerExpression(this.context, node);
  }
}

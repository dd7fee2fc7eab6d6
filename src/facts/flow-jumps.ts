import type { SyntaxNode } from '../syntax/node.ts';
import { BlockGraph } from './blocks.ts';
import { jumpsAt } from './body-macros.ts';
import { cleanupCall, isThere, Scopes } from './cleanups.ts';
import { atOf, type Context } from './context.ts';
import { lowerExpression } from './expression.ts';
import type { At, Expr } from './ir.ts';
import type { SmallBody } from './small-c.ts';

type Jump = 'onBreak' | 'onContinue';

interface Jumps {
  readonly onBreak: number | null;
  readonly onContinue: number | null;
  /** How many variables that are cleaned up are in scope where they lead to. */
  readonly scope: { readonly onBreak: number; readonly onContinue: number };
}

/** More macros than this that stand for one another are not followed. */
const mostDeep = 4;
/** More than all macros of a function that people write do; beyond it those within others are calls that were not read. */
const mostNested = 1000;

/** What a function returns, where something is still to be done before it does. */
const returnValue = '__returned';

/** Where reading a function's body has come to: the blocks so far, what is in scope, and where jumps lead, a macro's among them. */
export abstract class Flow {
  protected readonly graph = new BlockGraph();
  protected readonly scopes = new Scopes();
  private jumps: Jumps = { onBreak: null, onContinue: null, scope: { onBreak: 0, onContinue: 0 } };
  /** So much was done by macros that were used. */
  private nested = 0;

  constructor(
    protected readonly context: Context,
    protected readonly unreadable: (node: SyntaxNode) => void,
  ) {}

  /** Reads one statement into the blocks. */
  protected abstract statement(node: SyntaxNode): void;

  /** What an expression does, or the macro that it is and that can leave from here. */
  protected evaluate(of: Expr, depth = 0): void {
    if (depth > 0) this.nested++;
    const body = depth < mostDeep && this.nested < mostNested ? jumpsAt(this.context, of) : null;
    if (body) this.macro(body, of.at, depth + 1);
    else this.graph.push({ s: 'eval', of });
  }

  private macro(body: SmallBody, at: At, depth: number): void {
    for (const each of body) {
      if (each.s === 'do') this.evaluate(each.of, depth);
      else if (each.s === 'declare') this.graph.push({ ...each, isStatic: false, at });
      else if (each.s === 'goto') this.goTo(each.label, at);
      else if (each.s === 'return') this.leaveWith(each.value, at);
      else {
        const [then, otherwise, after] = [this.graph.block(), this.graph.block(), this.graph.block()];
        this.graph.leave({ e: 'branch', on: each.on, then, else: otherwise });
        for (const [start, inner] of [
          [then, each.then],
          [otherwise, each.else],
        ] as const) {
          this.graph.current = start;
          this.macro(inner, at, depth);
          this.graph.leave({ e: 'goto', to: after });
        }
        this.graph.current = after;
      }
    }
  }

  protected goTo(label: string, at: At): void {
    this.cleanUp(this.scopes.outer);
    this.graph.leave({ e: 'goto', to: this.graph.label(label), at, label });
  }

  protected leaveWith(returned: Expr | null, at: At): void {
    let value = returned;
    if (value && this.scopes.size > 0) {
      this.graph.push({ s: 'declare', name: returnValue, pointer: false, isStatic: false, init: value, at });
      value = { k: 'id', name: returnValue, at };
    }
    this.cleanUp(0);
    this.graph.leave({ e: 'return', value, at });
  }

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

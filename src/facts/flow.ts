import type { SyntaxNode } from '../syntax/node.ts';
import { cleanupCall, cleanupIn, isThere, returnedPointer, type Cleanup } from './cleanups.ts';
import { atOf, parts, textOf, type Context } from './context.ts';
import { lowerExpression } from './expression.ts';
import type { At, Block, End, Expr, Step } from './ir.ts';
import { structOf } from './pointer-type.ts';

interface Draft {
  steps: Step[];
  end: End | null;
}

interface Jumps {
  readonly onBreak: number | null;
  readonly onContinue: number | null;
}

/**
 * Lowers a function's body to basic blocks, the entry first. Every path ends in a `return` (one is added where control
 * runs off the end). A statement that cannot be read is told to `unreadable` and left out.
 */
export function lowerBody(context: Context, body: SyntaxNode, unreadable: (node: SyntaxNode) => void): Block[] {
  return new FlowBuilder(context, unreadable).build(body);
}

class FlowBuilder {
  private readonly blocks: Draft[] = [{ steps: [], end: null }];
  private current = 0;
  private readonly labels = new Map<string, number>();
  /** The labels that have been come by. */
  private readonly placed = new Set<string>();
  private jumps: Jumps = { onBreak: null, onContinue: null };
  /** The variables in scope that are cleaned up when it ends, the oldest first. */
  private cleanups: Cleanup[] = [];

  constructor(
    private readonly context: Context,
    private readonly unreadable: (node: SyntaxNode) => void,
  ) {}

  build(body: SyntaxNode): Block[] {
    this.statement(body);
    const closing: At = this.context.at(Math.max(body.startIndex, body.endIndex - 1), body.endIndex);
    return this.blocks.map(({ steps, end }) => ({ steps, end: end ?? { e: 'return', value: null, at: closing } }));
  }

  private statement(node: SyntaxNode): void {
    switch (node.type) {
      case 'compound_statement': {
        const before = this.cleanups.length;
        for (const child of parts(node)) this.statement(child);
        this.cleanUp(before);
        this.cleanups.length = before;
        return;
      }
      case 'expression_statement':
        if (returnedPointer(this.context, node)) {
          this.returnStatement(node);
          return;
        }
        for (const child of parts(node)) this.push({ s: 'eval', of: this.lower(child) });
        return;
      case 'declaration':
        this.declaration(node);
        return;
      case 'if_statement':
        this.ifStatement(node);
        return;
      case 'while_statement':
        this.whileStatement(node);
        return;
      case 'do_statement':
        this.doStatement(node);
        return;
      case 'for_statement':
        this.forStatement(node);
        return;
      case 'switch_statement':
        this.switchStatement(node);
        return;
      case 'labeled_statement':
        this.labeledStatement(node);
        return;
      case 'goto_statement': {
        const label = textOf(this.context, node.childForFieldName('label') ?? node);
        this.leave({ e: 'goto', to: this.label(label), at: atOf(this.context, node), label });
        return;
      }
      case 'return_statement':
        this.returnStatement(node);
        return;
      case 'break_statement':
        this.jump(this.jumps.onBreak, node);
        return;
      case 'continue_statement':
        this.jump(this.jumps.onContinue, node);
        return;
      case 'attributed_statement':
        for (const child of parts(node)) if (child.type !== 'attribute_declaration') this.statement(child);
        return;
      case 'case_statement':
        // A case outside its switch's own braces (Duff's device): read as what follows it.
        for (const child of parts(node)) if (isStatement(child)) this.statement(child);
        return;
      case 'ERROR':
        this.unreadable(node);
        for (const child of parts(node)) if (isStatement(child)) this.statement(child);
        return;
      case 'type_definition':
      case 'struct_specifier':
      case 'union_specifier':
      case 'enum_specifier':
      case 'function_definition':
      case 'empty_declaration':
        return;
      default:
        if (isStatement(node)) this.push({ s: 'eval', of: this.lower(node) });
    }
  }

  private declaration(node: SyntaxNode): void {
    const isStatic = parts(node).some(
      (child) => child.type === 'storage_class_specifier' && textOf(this.context, child) === 'static',
    );
    for (const child of parts(node)) {
      const declarator = child.type === 'init_declarator' ? child.childForFieldName('declarator') : child;
      if (!declarator || !/declarator$|^identifier$/.test(declarator.type)) continue;
      const inner = innermost(declarator);
      if (!inner || inner.type !== 'identifier') continue;
      const value = child.type === 'init_declarator' ? child.childForFieldName('value') : null;
      const struct = structOf(this.context, node, declarator);
      this.push({
        s: 'declare',
        name: textOf(this.context, inner),
        ...(struct === undefined ? {} : { struct }),
        pointer: declarator.type === 'pointer_declarator',
        isStatic,
        init: value ? this.lower(value) : null,
        at: atOf(this.context, child),
      });
      const fn = isStatic ? null : cleanupIn(this.context, child);
      if (fn !== null) this.cleanups.push({ variable: textOf(this.context, inner), fn, at: atOf(this.context, inner) });
    }
  }

  /** What is returned is evaluated before what goes out of scope is cleaned up. */
  private returnStatement(node: SyntaxNode): void {
    const at = atOf(this.context, node);
    const returned = parts(node)[0];
    let value = returned ? this.lower(returned) : null;
    if (value && this.cleanups.length > 0) {
      this.push({ s: 'declare', name: returnValue, pointer: false, isStatic: false, init: value, at });
      value = { k: 'id', name: returnValue, at };
    }
    this.cleanUp(0);
    this.leave({ e: 'return', value, at });
  }

  /** Cleans up what has come into scope since, the last first. */
  private cleanUp(from: number): void {
    for (const cleanup of this.cleanups.slice(from).reverse()) {
      const then = this.block();
      const after = this.block();
      this.leave({ e: 'branch', on: isThere(cleanup), then, else: after });
      this.current = then;
      this.push({ s: 'eval', of: cleanupCall(cleanup) });
      this.leave({ e: 'goto', to: after });
      this.current = after;
    }
  }

  private ifStatement(node: SyntaxNode): void {
    const then = this.block();
    const after = this.block();
    const alternative = node.childForFieldName('alternative');
    const otherwise = alternative ? this.block() : after;
    this.leave({ e: 'branch', on: this.condition(node), then, else: otherwise });
    this.within(then, node.childForFieldName('consequence'), after);
    if (alternative) {
      this.current = otherwise;
      for (const child of parts(alternative)) this.statement(child);
      this.leave({ e: 'goto', to: after });
    }
    this.current = after;
  }

  private whileStatement(node: SyntaxNode): void {
    const head = this.block();
    const body = this.block();
    const after = this.block();
    this.leave({ e: 'goto', to: head });
    this.current = head;
    const macro = /^\w+/.exec(this.context.original.slice(node.startIndex, node.startIndex + 64))?.[0] ?? 'while';
    const on = this.condition(node);
    if (macro === 'while') {
      this.leave({ e: 'branch', on, then: body, else: after, loop: true });
    } else {
      // The preparation wrote `while` over the loop macro's name; the user's own text still has it.
      const args = on.k === 'comma' ? on.of : [on];
      const at = this.context.at(node.startIndex, node.startIndex + macro.length);
      this.leave({ e: 'each', macro, args, body, after, at });
    }
    this.loopBody(body, node.childForFieldName('body'), { onBreak: after, onContinue: head }, head);
    this.current = after;
  }

  private doStatement(node: SyntaxNode): void {
    const body = this.block();
    const test = this.block();
    const after = this.block();
    this.leave({ e: 'goto', to: body });
    this.loopBody(body, node.childForFieldName('body'), { onBreak: after, onContinue: test }, test);
    this.current = test;
    const on = this.condition(node);
    this.leave(
      on.k === 'num' && on.value === 0
        ? { e: 'goto', to: after }
        : { e: 'branch', on, then: body, else: after, loop: true },
    );
    this.current = after;
  }

  private forStatement(node: SyntaxNode): void {
    const initialiser = node.childForFieldName('initializer');
    if (initialiser) {
      if (initialiser.type === 'declaration') this.statement(initialiser);
      else this.push({ s: 'eval', of: this.lower(initialiser) });
    }
    const head = this.block();
    const body = this.block();
    const update = this.block();
    const after = this.block();
    this.leave({ e: 'goto', to: head });
    this.current = head;
    const condition = node.childForFieldName('condition');
    this.leave(
      condition
        ? { e: 'branch', on: this.lower(condition), then: body, else: after, loop: true }
        : { e: 'goto', to: body },
    );
    this.loopBody(body, node.childForFieldName('body'), { onBreak: after, onContinue: update }, update);
    this.current = update;
    const step = node.childForFieldName('update');
    if (step) this.push({ s: 'eval', of: this.lower(step) });
    this.leave({ e: 'goto', to: head });
    this.current = after;
  }

  private switchStatement(node: SyntaxNode): void {
    const entry = this.current;
    const after = this.block();
    const cases: { value: Expr; to: number }[] = [];
    let otherwise: number | null = null;
    const on = this.condition(node);
    const saved = this.jumps;
    this.jumps = { onBreak: after, onContinue: saved.onContinue };
    this.current = this.block();
    const body = node.childForFieldName('body');
    for (const child of body ? parts(body) : []) {
      if (child.type === 'case_statement') {
        const start = this.block();
        this.leave({ e: 'goto', to: start });
        this.current = start;
        const value = child.childForFieldName('value');
        if (value) cases.push({ value: this.lower(value), to: start });
        else otherwise = start;
        for (const part of parts(child)) if (part.id !== value?.id && isStatement(part)) this.statement(part);
      } else {
        this.statement(child);
      }
    }
    this.leave({ e: 'goto', to: after });
    this.jumps = saved;
    this.blocks[entry]!.end ??= { e: 'switch', on, cases, otherwise: otherwise ?? after };
    this.current = after;
  }

  private labeledStatement(node: SyntaxNode): void {
    const label = node.childForFieldName('label');
    const name = label ? textOf(this.context, label) : '';
    // A label that is there twice, as while a line is typed, does not lead back to where it stood first.
    if (!this.placed.has(name)) {
      const start = this.label(name);
      this.placed.add(name);
      this.leave({ e: 'goto', to: start });
      this.current = start;
    }
    for (const child of parts(node)) if (child.id !== label?.id) this.statement(child);
  }

  private within(block: number, body: SyntaxNode | null, after: number): void {
    this.current = block;
    if (body) this.statement(body);
    this.leave({ e: 'goto', to: after });
  }

  private loopBody(block: number, body: SyntaxNode | null, jumps: Jumps, after: number): void {
    const saved = this.jumps;
    this.jumps = jumps;
    this.within(block, body, after);
    this.jumps = saved;
  }

  private jump(to: number | null, node: SyntaxNode): void {
    if (to === null) this.unreadable(node);
    else this.leave({ e: 'goto', to });
  }

  private condition(node: SyntaxNode): Expr {
    const condition = node.childForFieldName('condition');
    return condition ? this.lower(condition) : { k: 'other', text: '', of: [], at: atOf(this.context, node) };
  }

  private lower(node: SyntaxNode): Expr {
    return lowerExpression(this.context, node);
  }

  private push(step: Step): void {
    this.blocks[this.current]!.steps.push(step);
  }

  /** Ends the current block, unless a jump has ended it already; what follows is unreachable until a label comes. */
  private leave(end: End): void {
    this.blocks[this.current]!.end ??= end;
    this.current = this.block();
  }

  private block(): number {
    this.blocks.push({ steps: [], end: null });
    return this.blocks.length - 1;
  }

  private label(name: string): number {
    const known = this.labels.get(name);
    if (known !== undefined) return known;
    const created = this.block();
    this.labels.set(name, created);
    return created;
  }
}

/** What a function returns, where something is still to be done before it does. */
const returnValue = '__returned';

function isStatement(node: SyntaxNode): boolean {
  return /_statement$|_expression$|^declaration$|^identifier$|^ERROR$/.test(node.type);
}

/** The identifier that a declarator declares. */
export function innermost(declarator: SyntaxNode): SyntaxNode | null {
  let node: SyntaxNode | null = declarator;
  while (node && node.type !== 'identifier' && node.type !== 'field_identifier' && node.type !== 'type_identifier') {
    const next: SyntaxNode | null = node.childForFieldName('declarator');
    node = next ?? parts(node).find((child) => /declarator$|^identifier$/.test(child.type)) ?? null;
  }
  return node;
}

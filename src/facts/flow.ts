import type { SyntaxNode } from '../syntax/node.ts';
import { cleanupIn, isRunOnce, returnedPointer } from './cleanups.ts';
import { atOf, parts, textOf, type Context } from './context.ts';
import { innermost } from './declarators.ts';
import { Flow } from './flow-jumps.ts';
import type { At, Block, Expr } from './ir.ts';
import { structOf } from './pointer-type.ts';

/**
 * Lowers a function's body to basic blocks, the entry first. Every path ends in a `return` (one is added where control
 * runs off the end). A statement that cannot be read is told to `unreadable` and left out.
 */
export function lowerBody(context: Context, body: SyntaxNode, unreadable: (node: SyntaxNode) => void): Block[] {
  return new FlowBuilder(context, unreadable).build(body);
}

class FlowBuilder extends Flow {
  /** The labels that have been come by. */
  private readonly placed = new Set<string>();

  build(body: SyntaxNode): Block[] {
    this.statement(body);
    const closing: At = this.context.at(Math.max(body.startIndex, body.endIndex - 1), body.endIndex);
    return this.graph.closed(closing);
  }

  protected statement(node: SyntaxNode): void {
    switch (node.type) {
      case 'compound_statement':
        if (isRunOnce(this.context, node)) this.runOnce(node);
        else this.compound(node);
        return;
      case 'expression_statement':
        if (returnedPointer(this.context, node)) {
          this.returnStatement(node);
          return;
        }
        for (const child of parts(node)) this.evaluate(this.lower(child));
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
        this.goTo(textOf(this.context, node.childForFieldName('label') ?? node), atOf(this.context, node));
        return;
      }
      case 'return_statement':
        this.returnStatement(node);
        return;
      case 'break_statement':
        this.jump('onBreak', node);
        return;
      case 'continue_statement':
        this.jump('onContinue', node);
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
        if (isStatement(node)) this.graph.push({ s: 'eval', of: this.lower(node) });
    }
  }

  private compound(node: SyntaxNode): void {
    this.scopes.within(
      () => {
        for (const child of parts(node)) this.statement(child);
      },
      (from) => {
        this.cleanUp(from);
      },
    );
  }

  /** `scoped_guard(...) { … }` is a loop to the compiler: `break` and `continue` leave it, and no other. */
  private runOnce(node: SyntaxNode): void {
    const after = this.graph.block();
    this.jumping({ onBreak: after, onContinue: after }, () => {
      this.compound(node);
    });
    this.graph.leave({ e: 'goto', to: after });
    this.graph.current = after;
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
      this.graph.push({
        s: 'declare',
        name: textOf(this.context, inner),
        ...(struct === undefined ? {} : { struct }),
        pointer: declarator.type === 'pointer_declarator',
        isStatic,
        init: value ? this.lower(value) : null,
        at: atOf(this.context, child),
      });
      const fn = isStatic ? null : cleanupIn(this.context, child);
      if (fn !== null) {
        const [variable, at] = [textOf(this.context, inner), atOf(this.context, inner)];
        this.scopes.add({ variable, fn, at });
      }
    }
  }

  /** What is returned is evaluated before what goes out of scope is cleaned up. */
  private returnStatement(node: SyntaxNode): void {
    const returned = parts(node)[0];
    this.leaveWith(returned ? this.lower(returned) : null, atOf(this.context, node));
  }

  private ifStatement(node: SyntaxNode): void {
    const then = this.graph.block();
    const after = this.graph.block();
    const alternative = node.childForFieldName('alternative');
    const otherwise = alternative ? this.graph.block() : after;
    this.graph.leave({ e: 'branch', on: this.condition(node), then, else: otherwise });
    this.within(then, node.childForFieldName('consequence'), after);
    if (alternative) {
      this.graph.current = otherwise;
      for (const child of parts(alternative)) this.statement(child);
      this.graph.leave({ e: 'goto', to: after });
    }
    this.graph.current = after;
  }

  private whileStatement(node: SyntaxNode): void {
    const head = this.graph.block();
    const body = this.graph.block();
    const after = this.graph.block();
    this.graph.leave({ e: 'goto', to: head });
    this.graph.current = head;
    const macro = /^\w+/.exec(this.context.original.slice(node.startIndex, node.startIndex + 64))?.[0] ?? 'while';
    const on = this.condition(node);
    if (macro === 'while') {
      this.graph.leave({ e: 'branch', on, then: body, else: after, loop: true });
    } else {
      // The preparation wrote `while` over the loop macro's name; the user's own text still has it.
      const args = on.k === 'comma' ? on.of : [on];
      const at = this.context.at(node.startIndex, node.startIndex + macro.length);
      this.graph.leave({ e: 'each', macro, args, body, after, at });
    }
    this.loopBody(body, node.childForFieldName('body'), { onBreak: after, onContinue: head }, head);
    this.graph.current = after;
  }

  private doStatement(node: SyntaxNode): void {
    const body = this.graph.block();
    const test = this.graph.block();
    const after = this.graph.block();
    this.graph.leave({ e: 'goto', to: body });
    this.loopBody(body, node.childForFieldName('body'), { onBreak: after, onContinue: test }, test);
    this.graph.current = test;
    const on = this.condition(node);
    this.graph.leave(
      on.k === 'num' && on.value === 0
        ? { e: 'goto', to: after }
        : { e: 'branch', on, then: body, else: after, loop: true },
    );
    this.graph.current = after;
  }

  private forStatement(node: SyntaxNode): void {
    const initialiser = node.childForFieldName('initializer');
    if (initialiser) {
      if (initialiser.type === 'declaration') this.statement(initialiser);
      else this.graph.push({ s: 'eval', of: this.lower(initialiser) });
    }
    const head = this.graph.block();
    const body = this.graph.block();
    const update = this.graph.block();
    const after = this.graph.block();
    this.graph.leave({ e: 'goto', to: head });
    this.graph.current = head;
    const condition = node.childForFieldName('condition');
    this.graph.leave(
      condition
        ? { e: 'branch', on: this.lower(condition), then: body, else: after, loop: true }
        : { e: 'goto', to: body },
    );
    this.loopBody(body, node.childForFieldName('body'), { onBreak: after, onContinue: update }, update);
    this.graph.current = update;
    const step = node.childForFieldName('update');
    if (step) this.graph.push({ s: 'eval', of: this.lower(step) });
    this.graph.leave({ e: 'goto', to: head });
    this.graph.current = after;
  }

  private switchStatement(node: SyntaxNode): void {
    const entry = this.graph.current;
    const after = this.graph.block();
    const cases: { value: Expr; to: number }[] = [];
    let otherwise = after;
    const on = this.condition(node);
    this.graph.current = this.graph.block();
    const body = node.childForFieldName('body');
    this.jumping({ onBreak: after }, () => {
      for (const child of body ? parts(body) : []) {
        if (child.type !== 'case_statement') {
          this.statement(child);
          continue;
        }
        const start = this.graph.block();
        this.graph.leave({ e: 'goto', to: start });
        this.graph.current = start;
        const value = child.childForFieldName('value');
        if (value) cases.push({ value: this.lower(value), to: start });
        else otherwise = start;
        for (const part of parts(child)) if (part.id !== value?.id && isStatement(part)) this.statement(part);
      }
    });
    this.graph.leave({ e: 'goto', to: after });
    this.graph.endOf(entry, { e: 'switch', on, cases, otherwise });
    this.graph.current = after;
  }

  private labeledStatement(node: SyntaxNode): void {
    const label = node.childForFieldName('label');
    const name = label ? textOf(this.context, label) : '';
    // A label that is there twice, as while a line is typed, does not lead back to where it stood first.
    if (!this.placed.has(name)) {
      const start = this.graph.label(name);
      this.placed.add(name);
      this.graph.leave({ e: 'goto', to: start });
      this.graph.current = start;
    }
    for (const child of parts(node)) if (child.id !== label?.id) this.statement(child);
  }
}

function isStatement(node: SyntaxNode): boolean {
  return /_statement$|_expression$|^declaration$|^identifier$|^ERROR$/.test(node.type);
}

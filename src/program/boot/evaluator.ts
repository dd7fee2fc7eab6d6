import type { Block, Expr, FunctionFact, Step } from '../../facts/ir.ts';
import { isSpecialCall, special } from './calls.ts';
import type { Code } from './code.ts';
import { registersIn } from './effects.ts';
import type { Machine } from './machine.ts';
import { constantOf, isOption, type Names } from './names.ts';
import { pathOf } from './path-of.ts';
import { isRefusedSocket } from './sockets.ts';
import { Panic, type Outcome, type State } from './state.ts';
import {
  assumed,
  binary,
  int,
  isDefinite,
  isError,
  join,
  ok,
  pointer,
  truth,
  unknown,
  zero,
  type Value,
} from './value.ts';

/** A function that is being run. */
export interface Activation {
  readonly file: string;
  readonly fact: FunctionFact;
  readonly blocks: readonly Block[];
  /** The blocks that some path of this call has come to. */
  readonly entered: Set<number>;
}

const resultNames = /^(?:err|error|ret|rc|rv|retval|res|result|status|r)$/;

/** Evaluates expressions in a state, with the effects that their calls have. */
export class Evaluator {
  constructor(
    readonly code: Code,
    readonly names: Names,
    readonly machine: Machine,
  ) {}

  /** Runs an expression for its effects; where the kernel panics in it, or null. */
  statement(activation: Activation, expression: Expr, state: State): string | null {
    return this.caught(() => {
      // What a call returns that nobody looks at makes no difference, unless it registers, or undoes that.
      const isIdle = expression.k === 'call' && expression.fn.k === 'id' && this.isIdle(activation, expression, state);
      if (!isIdle) this.evaluate(activation, expression, state);
    });
  }

  private isIdle({ file }: Activation, call: Expr & { k: 'call' }, { registered }: State): boolean {
    if (registersIn(file, call, this.names)) return false;
    if (call.fn.k !== 'id' || /^(?:panic|BUG|BUG_ON)$/.test(call.fn.name)) return false;
    return registered.length === 0 || !this.names.unregisters(file, call.fn.name);
  }

  declare(activation: Activation, step: Step & { s: 'declare' }, state: State): string | null {
    return this.caught(() => {
      if (step.isStatic) return;
      const value = step.init ? this.evaluate(activation, step.init, state) : unknown(`${step.name} is not set`);
      state.locals.set(step.name, hinted(value, step.name, step.pointer));
      if (step.pointer) state.locals.set(`*${step.name}`, pointer);
    });
  }

  /** What a return statement ends a path with. */
  result(activation: Activation, value: Expr | null, state: State): Outcome {
    let result: Value = ok;
    const panicked = this.caught(() => {
      if (value) result = this.evaluate(activation, value, state);
    });
    return { state, value: result, panicked };
  }

  private caught(work: () => void): string | null {
    try {
      work();
      return null;
    } catch (error) {
      if (error instanceof Panic) return error.message;
      throw error;
    }
  }

  /**
   * Whether a condition holds; undefined when nothing says so. `assumed` where it rests on something having succeeded:
   * a result that is merely taken to be well does not decide against an arm that registers something.
   */
  condition(
    activation: Activation,
    on: Expr,
    state: State,
    registersThen: () => boolean,
  ): { readonly holds: boolean | undefined; readonly assumed: boolean } {
    const value = this.evaluate(activation, on, state);
    if (value.v === 'ok' && value.as === undefined && registersThen()) return { holds: undefined, assumed: false };
    return { holds: truth(value), assumed: value.v === 'ok' };
  }

  evaluate(activation: Activation, e: Expr, state: State): Value {
    switch (e.k) {
      case 'num':
        return e.value === null ? unknown('a number') : int(e.value);
      case 'str':
        return pointer;
      case 'id':
        return this.name(activation, e.name, state);
      case 'call':
        return this.call(activation, e, state);
      case 'unary':
        return this.unary(activation, e, state);
      case 'binary':
        return this.binary(activation, e, state);
      case 'assign':
        return this.assign(activation, e, state);
      case 'update':
        return this.update(activation, e, state);
      case 'cond':
        return this.conditional(activation, e, state);
      case 'comma':
        return e.of.map((each) => this.evaluate(activation, each, state)).at(-1) ?? ok;
      case 'field':
      case 'index':
        return state.locals.get(pathOf(e) ?? '') ?? unknown('a member');
      case 'init':
        return unknown('an initialiser');
      case 'other': {
        const values = e.of.map((each) => this.evaluate(activation, each, state));
        return constantValue(e.text) ?? (e.of.length === 1 ? values[0]! : unknown('an expression'));
      }
    }
  }

  private name({ file }: Activation, name: string, state: State): Value {
    const local = state.locals.get(name);
    if (local) return local;
    if (name.startsWith('CONFIG_')) return int(constantOf(name, (option) => this.code.option(option)) ?? 0);
    if (this.names.registers(file, name)) return { v: 'addr', file, name };
    const variable = this.names.variable(file, name);
    if (variable) {
      const known = state.globals.get(variable.key) ?? variable.value;
      if (known.v !== 'unknown') return known;
    }
    const constant = /^[A-Z]/.test(name) ? this.names.constant(file, name) : undefined;
    if (constant !== undefined) return int(constant);
    return this.names.isFunction(file, name) ? { v: 'addr', file, name } : unknown(`${name} is not known`);
  }

  private unary(activation: Activation, e: Expr & { k: 'unary' }, state: State): Value {
    if (e.op === '&') return this.address(activation, e.of);
    if (e.op === '-' && e.of.k === 'id' && /^E[A-Z0-9]+$/.test(e.of.name)) return { v: 'err', name: e.of.name };
    const value = this.evaluate(activation, e.of, state);
    if (e.op === '!') {
      const holds = truth(value, true);
      return holds === undefined ? value : value.v === 'ok' ? assumed(!holds) : int(holds ? 0 : 1);
    }
    if (e.op === '-') return value.v === 'int' ? int(-value.n) : value.v === 'ok' ? ok : unknown('a negative');
    if (e.op === '~') return value.v === 'int' ? int(~value.n) : unknown('a complement');
    return e.op === '*' ? (state.locals.get(pathOf(e) ?? '') ?? unknown('what a pointer points at')) : value;
  }

  private address({ file }: Activation, of: Expr): Value {
    if (of.k === 'id') return { v: 'addr', file, name: of.name };
    return pointer;
  }

  private binary(activation: Activation, e: Expr & { k: 'binary' }, state: State): Value {
    const left = this.evaluate(activation, e.l, state);
    if (e.op === '&&' || e.op === '||') {
      const decisive = e.op === '||';
      const holds = truth(left);
      if (holds === decisive) return left.v === 'ok' ? assumed(decisive) : int(decisive ? 1 : 0);
      if (holds !== undefined) return this.evaluate(activation, e.r, state);
      const right = this.evaluate(activation, e.r, state.copy());
      return right.v !== 'ok' && truth(right) === decisive ? int(decisive ? 1 : 0) : left;
    }
    const right = this.evaluate(activation, e.r, state);
    const [l, r] = [isNull(e.r) ? asPointer(left) : left, isNull(e.l) ? asPointer(right) : right];
    return binary(e.op, l, r);
  }

  private assign(activation: Activation, e: Expr & { k: 'assign' }, state: State): Value {
    const from = this.evaluate(activation, e.from, state);
    const value = e.op === '=' ? from : binary(e.op.slice(0, -1), this.evaluate(activation, e.to, state), from);
    this.store(activation, e.to, value, state);
    return e.to.k === 'id' ? (state.locals.get(e.to.name) ?? value) : value;
  }

  private update(activation: Activation, e: Expr & { k: 'update' }, state: State): Value {
    const value = this.evaluate(activation, e.of, state);
    const by = e.op === '++' ? 1 : -1;
    this.store(activation, e.of, value.v === 'int' ? int(value.n + by) : unknown('a counter'), state);
    return value;
  }

  private store({ file }: Activation, to: Expr, value: Value, state: State): void {
    if (to.k === 'id' && !state.locals.has(to.name)) {
      const variable = this.names.variable(file, to.name);
      if (variable) state.globals.set(variable.key, value);
      return;
    }
    const path = pathOf(to);
    if (path === null) return;
    state.locals.set(path, to.k === 'id' ? hinted(value, path, state.locals.has(`*${path}`)) : value);
  }

  private conditional(activation: Activation, e: Expr & { k: 'cond' }, state: State): Value {
    const test = this.evaluate(activation, e.test, state);
    if (test.v === 'ok') {
      // Of a way that fails and one that does not, the call that is taken to succeed leads to the one that does not.
      const [then, otherwise] = [
        e.then ? this.evaluate(activation, e.then, state.copy()) : test,
        this.evaluate(activation, e.else, state.copy()),
      ];
      if (isError(then) !== isError(otherwise)) return isError(then) ? otherwise : then;
    }
    const holds = truth(test);
    if (holds === true) return e.then ? this.evaluate(activation, e.then, state) : test;
    if (holds === false) return this.evaluate(activation, e.else, state);
    const then = e.then ? this.evaluate(activation, e.then, state.copy()) : test;
    return join(then, this.evaluate(activation, e.else, state));
  }

  private argumentEffects(activation: Activation, args: readonly Expr[], state: State): Value[] {
    for (const arg of args)
      if (arg.k === 'assign' || registersIn(activation.file, arg, this.names)) this.evaluate(activation, arg, state);
    return [];
  }

  private call(activation: Activation, e: Expr & { k: 'call' }, state: State): Value {
    const { fn } = e;
    const { file } = activation;
    const held = fn.k === 'id' ? state.locals.get(fn.name) : this.evaluate(activation, fn, state);
    const target = held?.v === 'addr' ? held : fn.k === 'id' ? { file, name: fn.name } : undefined;
    if (!target) {
      for (const arg of e.args) this.evaluate(activation, arg, state);
      return ok;
    }
    const asked = /^IS_(ENABLED|BUILTIN|MODULE|REACHABLE)$/.exec(target.name);
    const option = e.args[0];
    if (asked && option?.k === 'id') return int(isOption(asked[1]!, this.code.option(option.name)) ? 1 : 0);
    if (isRefusedSocket(this.code, this.names, target.name, e.args)) return { v: 'err', name: 'EAFNOSUPPORT' };
    const isSpecial = isSpecialCall(target.name);
    const callee = isSpecial ? undefined : this.names.callee(target.file, target.name);
    const isNeeded = isSpecial || (callee && callee.fact.params.length > 0);
    // What an unknown function is passed makes no difference, but for what is done on the way.
    const args = isNeeded
      ? e.args.map((arg) => this.evaluate(activation, arg, state))
      : this.argumentEffects(activation, e.args, state);
    if (isSpecial) return special(this, { activation, call: e, name: target.name, args, state });
    if (!callee) {
      // It may set whatever it is told the place of.
      for (const arg of e.args) {
        if (arg.k === 'unary' && arg.op === '&' && arg.of.k === 'id' && state.locals.has(arg.of.name))
          state.locals.set(arg.of.name, ok);
      }
      return ok;
    }
    const outcome = this.machine.call(callee, args, state);
    if (outcome.panicked !== null) throw new Panic(outcome.panicked);
    if (isDefinite(outcome.value)) return outcome.value;
    return outcome.value.v === 'ok' ? outcome.value : this.names.registers(file, target.name) ? outcome.value : ok;
  }
}

/** What a name says of a result that is taken to be well. */
function hinted(value: Value, name: string, isPointer: boolean): Value {
  if (value.v !== 'ok' || value.as !== undefined) return value;
  return isPointer ? { v: 'ok', as: 'pointer' } : resultNames.test(name) ? { v: 'ok', as: 'int' } : value;
}

function asPointer(value: Value): Value {
  return value.v === 'ok' ? { v: 'ok', as: 'pointer' } : value;
}

/** `NULL`, which is lowered to 0, by its four letters. */
function isNull(e: Expr): boolean {
  return e.k === 'num' && e.value === 0 && e.at[3] - e.at[1] === 4;
}

/** The value of a statement expression that is one constant: `({ NULL; })`. */
function constantValue(text: string): Value | undefined {
  const inner = /^\(?\{\s*([\w-]+)\s*;\s*\}\)?$/.exec(text.trim().replace(/^\(|\)$/g, ''))?.[1];
  if (inner === undefined) return undefined;
  if (inner === 'NULL' || inner === 'false') return zero;
  return /^-?\d+$/.test(inner) ? int(Number(inner)) : undefined;
}

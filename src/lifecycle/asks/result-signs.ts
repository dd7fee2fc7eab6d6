import { walkExpression, expressionsOf, type Block, type Expr } from '../../facts/ir.ts';
import type { FunctionEntry, Program } from '../../program/program.ts';
import { localsOf } from '../bodies/locals.ts';
import { pernetCalls } from '../bodies/known.ts';
import type { PairsByCall } from '../resources/index.ts';
import { ANY, isErrno, maskWhere, NEG, POS, signOf, ZERO } from '../paths/values.ts';

/** A program, and the table of pairs that its calls are looked up in. */
export interface Source {
  readonly program: Program;
  readonly table: PairsByCall;
}

/** Functions are followed so far, one called by the other. */
const mostDeep = 4;
/** More rounds over a body than its locals can change in. */
const mostRounds = 2_000;

/** What wraps a condition, or a pointer, and is the same by its truth. */
const wraps = /^(?:likely|unlikely|WARN_ON|WARN_ON_ONCE)$/;

const ofFailure = { null: POS | ZERO, 'error-pointer': POS | NEG } as const;

/**
 * What a call of a name from a file can return, as a mask of values: what its body says on all ways through it where that is
 * at hand, else what the table of pairs knows of it. A function that says nothing certain can return anything.
 */
export function signsOfCall({ program, table }: Source, file: string, name: string, deep = mostDeep): number {
  const callee = deep > 0 ? program.lookUp(file, name) : undefined;
  const own = callee ? once(program, `${callee.id}|${deep}`, () => signsOf({ program, table }, callee, deep - 1)) : ANY;
  if (own !== ANY || callee?.file === file) return own;
  const pair = table.acquires.get(name);
  if (!pair || pair.stores || pair.optional || pair.unasked || pernetCalls.has(name)) return ANY;
  if (pair.fails === 'negative') return pair.of === 'result' ? ANY : NEG | ZERO;
  return pair.fails === 'null' || pair.fails === 'error-pointer' ? ofFailure[pair.fails] : ANY;
}

/** Whether what a call returns is an error pointer where it fails, and no number: it is made as one, or known to be. */
export function makesErrorPointer({ program, table }: Source, file: string, name: string, deep = mostDeep): boolean {
  if (name === 'ERR_PTR' || name === 'ERR_CAST' || table.acquires.get(name)?.fails === 'error-pointer') return true;
  const callee = deep > 0 ? program.lookUp(file, name) : undefined;
  return (
    callee !== undefined &&
    once(program, `${callee.id}|${deep}|error`, () => returnsErrorPointer({ program, table }, callee, deep)) === 1
  );
}

function returnsErrorPointer({ program, table }: Source, callee: FunctionEntry, deep: number): 0 | 1 {
  const blocks = callee.fact.blocks ?? [];
  const returned = blocks.flatMap(({ end }) => (end.e === 'return' && end.value ? [end.value] : []));
  const locals = new Set(
    returned.flatMap((e) => [...walkExpression(e)].flatMap((each) => (each.k === 'id' ? each.name : []))),
  );
  // What is put into what it returns is returned.
  for (const { steps } of blocks)
    for (const step of steps) {
      if (step.s === 'declare' && step.init && locals.has(step.name)) returned.push(step.init);
      if (step.s === 'eval')
        for (const e of walkExpression(step.of))
          if (e.k === 'assign' && e.to.k === 'id' && locals.has(e.to.name)) returned.push(e.from);
    }
  const isMade = returned.some((e) => {
    const made = e.k === 'cond' ? [e.then, e.else] : [e];
    return made.some(
      (each) =>
        each?.k === 'call' &&
        each.fn.k === 'id' &&
        makesErrorPointer({ program, table }, callee.file, each.fn.name, deep - 1),
    );
  });
  return isMade ? 1 : 0;
}

const answers = new WeakMap<Program, Map<string, number>>();

/** What a body says of itself, asked once a program. */
function once(program: Program, key: string, ask: () => number): number {
  let known = answers.get(program);
  if (!known) answers.set(program, (known = new Map<string, number>()));
  const before = known.get(key);
  if (before !== undefined) return before;
  const answer = ask();
  known.set(key, answer);
  return answer;
}

type Signs = ReadonlyMap<string, number>;

/** What a function can return, by the signs that its locals have on each way to where it does. */
function signsOf(source: Source, fn: FunctionEntry, deep: number): number {
  const { blocks, unreadable, returnsVoid } = fn.fact;
  // What an option leaves out may return something else.
  if (!blocks || unreadable || returnsVoid || fn.fact.options.length > 0) return ANY;
  const body = new Body(source, fn, blocks, deep);
  const before = new Map<number, Signs>([[0, new Map()]]);
  const queue = [0];
  let result = 0;
  let rounds = 0;
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    if (++rounds > mostRounds) return ANY;
    const { steps, end } = blocks[at]!;
    const signs = new Map(before.get(at));
    for (const step of steps) {
      if (step.s === 'eval') body.sign(step.of, signs);
      else body.set(step.name, step.init ? body.sign(step.init, signs) : ANY, signs);
    }
    if (end.e === 'return') result |= end.value ? body.sign(end.value, signs) : ANY;
    for (const [to, after] of body.onwards(end, signs)) {
      const known = before.get(to);
      const joined = known ? join(known, after) : after;
      if (known && isSame(known, joined)) continue;
      before.set(to, joined);
      queue.push(to);
    }
  }
  return result === 0 ? ANY : result;
}

function join(one: Signs, other: Signs): Signs {
  return new Map([...one].flatMap(([name, mask]) => (other.has(name) ? [[name, mask | other.get(name)!]] : [])));
}

function isSame(one: Signs, other: Signs): boolean {
  return one.size === other.size && [...one].every(([name, mask]) => other.get(name) === mask);
}

/** The expressions of one body, by the signs of its locals. */
class Body {
  /** The locals that nothing else gets at. */
  private readonly own: ReadonlySet<string>;

  constructor(
    private readonly source: Source,
    private readonly fn: FunctionEntry,
    blocks: readonly Block[],
    private readonly deep: number,
  ) {
    const own = localsOf(fn.fact);
    for (const whole of expressionsOf(blocks))
      for (const e of walkExpression(whole)) {
        if (e.k === 'unary' && e.op === '&' && e.of.k === 'id') own.delete(e.of.name);
        // What a macro that was not read is passed by its name may be set by it.
        if (e.k === 'call' && e.fn.k === 'id' && /^[A-Z][A-Z\d_]*$/.test(e.fn.name) && !isRead.test(e.fn.name))
          for (const arg of e.args) if (arg.k === 'id') own.delete(arg.name);
        if (e.k === 'other' && !/^(?:sizeof|typeof)\b/.test(e.text))
          for (const [name] of e.text.matchAll(/\w+/g)) own.delete(name);
      }
    for (const { end } of blocks)
      if (end.e === 'each') for (const arg of end.args) if (arg.k === 'id') own.delete(arg.name);
    this.own = own;
  }

  set(name: string, mask: number, signs: Map<string, number>): void {
    if (this.own.has(name)) signs.set(name, mask);
  }

  /** What an expression comes to, with what it sets. */
  sign(e: Expr, signs: Map<string, number>): number {
    switch (e.k) {
      case 'num':
        return e.value === null ? ANY : signOf(e.value);
      case 'id':
        return e.name === 'NULL' ? ZERO : this.own.has(e.name) ? (signs.get(e.name) ?? ANY) : ANY;
      case 'unary':
        if (e.op === '-' && e.of.k === 'id' && isErrno(e.of.name)) return NEG;
        this.sign(e.of, signs);
        return e.op === '&' ? POS : ANY;
      case 'assign': {
        const mask = this.sign(e.from, signs);
        if (e.to.k === 'id') this.set(e.to.name, e.op === '=' ? mask : ANY, signs);
        else this.sign(e.to, signs);
        return e.op === '=' ? mask : ANY;
      }
      case 'update':
        if (e.of.k === 'id') this.set(e.of.name, ANY, signs);
        return ANY;
      case 'cond': {
        const [yes, no] = [true, false].map((answer) => this.where(e.test, answer, signs));
        return (yes ? this.sign(e.then ?? e.test, new Map(yes)) : 0) | (no ? this.sign(e.else, new Map(no)) : 0) || ANY;
      }
      case 'comma':
        return e.of.reduce((_, each) => this.sign(each, signs), ANY);
      case 'call':
        return this.signOfCall(e, signs);
      default:
        for (const inner of walkExpression(e))
          if (inner !== e && inner.k === 'assign' && inner.to.k === 'id') this.set(inner.to.name, ANY, signs);
        return ANY;
    }
  }

  private signOfCall({ fn, args }: Expr & { k: 'call' }, signs: Map<string, number>): number {
    const [first = ANY] = args.map((arg) => this.sign(arg, signs));
    if (fn.k !== 'id') return ANY;
    if (fn.name === 'ERR_CAST') return NEG;
    if (fn.name === 'ERR_PTR') return first & ZERO ? (first === ZERO ? ZERO : ANY) : NEG;
    if (fn.name === 'PTR_ERR') return first === NEG ? NEG : ANY;
    return signsOfCall(this.source, this.fn.file, fn.name, this.deep);
  }

  onwards(end: Block['end'], signs: Signs): (readonly [number, Signs])[] {
    switch (end.e) {
      case 'goto':
        return [[end.to, signs]];
      case 'each':
        return [end.body, end.after].map((to) => [to, signs] as const);
      case 'switch':
        return [...end.cases.map(({ to }) => to), end.otherwise].map((to) => [to, signs] as const);
      case 'branch': {
        const after = new Map(signs);
        this.sign(end.on, after);
        const ways = [end.then, end.else].map((to, index) => [to, this.where(end.on, index === 0, after)] as const);
        return ways.flatMap(([to, way]) => (way ? [[to, way] as const] : []));
      }
      case 'return':
        return [];
    }
  }

  /** What is so where a condition holds, or does not; null where it cannot be. */
  private where(on: Expr, answer: boolean, signs: Signs): Signs | null {
    if (on.k === 'unary' && on.op === '!') return this.where(on.of, !answer, signs);
    if (on.k === 'assign' && on.op === '=') return this.keep(on.to, answer ? NEG | POS : ZERO, signs);
    if (on.k === 'binary' && (on.op === '&&' || on.op === '||')) {
      if ((on.op === '&&') !== answer) return signs;
      const left = this.where(on.l, answer, signs);
      return left && this.where(on.r, answer, left);
    }
    if (on.k === 'binary') {
      const mask = this.sign(on.r, new Map(signs)) === ZERO ? maskWhere(on.op) : null;
      return mask === null ? signs : this.keep(on.l, answer ? mask : ANY & ~mask, signs);
    }
    if (on.k !== 'call' || on.fn.k !== 'id') return this.keep(on, answer ? NEG | POS : ZERO, signs);
    const [first] = on.args;
    if (!first) return signs;
    if (wraps.test(on.fn.name)) return this.where(first, answer, signs);
    if (on.fn.name === 'IS_ERR') return this.keep(first, answer ? NEG : POS | ZERO, signs);
    return on.fn.name === 'IS_ERR_OR_NULL' ? this.keep(first, answer ? NEG | ZERO : POS, signs) : signs;
  }

  private keep(e: Expr, mask: number, signs: Signs): Signs | null {
    const place = e.k === 'assign' ? e.to : e;
    if (place.k !== 'id' || !this.own.has(place.name)) return signs;
    const left = (signs.get(place.name) ?? ANY) & mask;
    return left === 0 ? null : new Map(signs).set(place.name, left);
  }
}

/** Macros that only look at what they are passed. */
const isRead = /^(?:IS_ERR\w*|PTR_ERR\w*|ERR_(?:PTR|CAST)|WARN_ON\w*|BUG_ON|READ_ONCE|PTR_ALIGN|ALIGN|ARRAY_SIZE)$/;

import type { At, Block, Expr } from '../../facts/ir.ts';
import { printExpression } from './print.ts';

/** Something that a function frees and goes on to use on every way on from there. */
export interface FreedUse {
  /** What was freed, as it is written. */
  readonly freed: string;
  readonly call: string;
  /** What is used of it. */
  readonly use: string;
  /** Where it was freed before, of what is freed once more. */
  readonly before?: At;
}

/** Calls that free memory at once, with the argument that is freed (mm/slub.c, mm/percpu.c, mm/vmalloc.c, net/core/dev.c). */
export const plainFrees: ReadonlyMap<string, number> = new Map([
  ['kfree', 0],
  ['kvfree', 0],
  ['vfree', 0],
  ['kfree_sensitive', 0],
  ['kzfree', 0],
  ['kvfree_sensitive', 0],
  ['free_percpu', 0],
  ['kmem_cache_free', 1],
]);

/** Calls that free memory once all readers are done with it: until then it may be used, but not be freed again (include/linux/rcupdate.h). */
export const byRcu: ReadonlyMap<string, number> = new Map(
  ['kfree_rcu', 'kvfree_rcu', 'kfree_rcu_mightsleep', 'kvfree_rcu_mightsleep', 'call_rcu'].map((name) => [name, 0]),
);

/** Which of its arguments a call frees at once, by the name of who is called. */
export type Frees = (name: string) => number | undefined;

/** Whether a call is known to look into what one of its arguments points at, which is a pointer by this text. */
export type LooksInto = (name: string, at: number, text: string) => boolean;

/** Whether a callback of RCU, by its name, always frees what the head lies in that it is passed, which is a member there. */
export type FreesOwner = (callback: string, member: string) => boolean;

/** What asks for the size of something, and reads nothing of it (include/linux/overflow.h); or what is named after that. */
const sizing = /size|SIZE/;
const onlySizing =
  /^(?:sizeof\w*|struct_size\w*|flex_array_size|array\w*_size|size_(?:add|mul|sub)|ARRAY_SIZE|__?k?size)$/;

/** Calls that write the variable or member which they are passed first. */
const writing = /^(?:rcu_assign_pointer|rcu_replace_pointer|RCU_INIT_POINTER|WRITE_ONCE|x?chg|cmpxchg)$/;

/** Calls that stand for what they are passed. */
const transparent = /^(?:rcu_dereference\w*|rcu_access_pointer|READ_ONCE|ACCESS_ONCE|likely|unlikely)$/;

/** Calls that look at a pointer itself, or write a variable that holds one: nothing is read of what it points at. */
const harmless =
  /^(?:pr_\w+|net_\w+_ratelimited|dev_\w+|netdev_(?:dbg|err|info|warn)|printk\w*|trace_\w+|WARN\w*|BUG\w*|_enter|_leave|_debug|\w+_DBG\w*|IS_ERR\w*|PTR_ERR\w*|ERR_PTR|rcu_assign_pointer|RCU_INIT_POINTER|WRITE_ONCE|x?chg|cmpxchg|kmemleak_\w+|ARRAY_SIZE|container_of)$/;

/** What is freed by then on every way: by its text, the call that freed it. */
export type Freed = ReadonlyMap<string, { readonly call: string; readonly at: At }>;

export function isFree(e: Expr, frees: Frees): e is Expr & { k: 'call' } {
  return e.k === 'call' && e.fn.k === 'id' && frees(e.fn.name) !== undefined;
}

/** One block, from what is freed when it begins. */
export class FreedWalk {
  readonly uses: (FreedUse & { readonly at: At })[] = [];
  freed: Map<string, { readonly call: string; readonly at: At }>;

  constructor(
    private readonly locals: ReadonlySet<string>,
    private readonly frees: Frees,
    before: Freed,
    private readonly looksInto: LooksInto = () => false,
    private readonly freesOwner: FreesOwner = () => false,
  ) {
    this.freed = new Map(before);
  }

  through({ steps, end }: Block): this {
    for (const step of steps) {
      if (step.s === 'eval') this.statement(step.of);
      else {
        if (step.init) this.visit(step.init);
        this.forget(step.name);
      }
    }
    if (end.e === 'branch' || end.e === 'switch') this.visit(end.on);
    if (end.e === 'return' && end.value) this.visit(end.value);
    if (end.e === 'each') {
      // Its cursors are others each time, and what it goes through may be emptied by its body.
      for (const arg of end.args) if (arg.k === 'id') this.forget(arg.name);
    }
    return this;
  }

  private statement(e: Expr): void {
    if (!isFree(e, this.frees)) {
      this.visit(e);
      return;
    }
    const { name } = e.fn as Expr & { k: 'id' };
    const given = e.args[this.frees(name)!];
    const text = given && this.freedBy(name, given);
    const owner = given && this.ownerFreed(given, e.args[1]);
    const twice = [text, owner].find((each) => each && this.freed.has(each));
    const known = twice ? this.freed.get(twice) : undefined;
    if (twice && known)
      this.uses.push({ freed: twice, call: known.call, use: printExpression(e), before: known.at, at: e.at });
    this.visit(e);
    for (const each of [text, owner])
      if (each && !this.freed.has(each) && !this.maySet(e, each)) this.freed.set(each, { call: name, at: e.at });
  }

  /** Whether a function that frees a member is passed what that lies in as well: it may set it to another thing. */
  private maySet(e: Expr & { k: 'call' }, text: string): boolean {
    const name = e.fn.k === 'id' ? e.fn.name : '';
    if (this.locals.has(text) || plainFrees.has(name) || byRcu.has(name)) return false;
    return e.args.some((arg) => arg.k !== 'num' && printExpression(arg) !== text);
  }

  /** What a callback of RCU frees with the head that it is passed: `call_rcu(&p->rcu, foo_free_rcu)`. */
  private ownerFreed(given: Expr, callback: Expr | undefined): string | null {
    if (given.k !== 'unary' || given.op !== '&' || given.of.k !== 'field' || !given.of.arrow) return null;
    if (callback?.k !== 'id' || !this.freesOwner(callback.name, given.of.name)) return null;
    return this.nameOf(given.of.of);
  }

  /** What a call frees, as it is named: a pointer, or what call_rcu() queues. */
  private freedBy(call: string, given: Expr): string | null {
    // A head in a variable may be queued again once its callback has run.
    if (given.k !== 'unary') return call === 'call_rcu' ? null : this.nameOf(given);
    const text = given.op === '&' ? this.nameOf(given.of) : null;
    return text === null ? null : `&${text}`;
  }

  private visit(e: Expr): void {
    switch (e.k) {
      case 'id':
      case 'num':
      case 'str':
        return;
      case 'other':
        // What is not read may write anything: `asm("" : "=r"(p))`.
        this.freed.clear();
        return;
      case 'call':
        this.call(e);
        return;
      case 'unary':
        if (e.op === '*') this.use(e.of, e);
        // The address of a member reads nothing of it.
        if (e.op === '&' && e.of.k === 'field' && e.of.arrow && this.isByHelper(e.of.of)) return;
        this.visit(e.of);
        return;
      case 'update':
        this.visit(e.of);
        this.written(e.of);
        return;
      case 'field':
        if (e.arrow) this.use(e.of, e);
        this.visit(e.of);
        return;
      case 'index':
        this.use(e.of, e);
        this.visit(e.of);
        this.visit(e.index);
        return;
      case 'assign': {
        this.visit(e.from);
        this.visit(e.to);
        this.written(e.to);
        return;
      }
      case 'binary':
        this.visit(e.l);
        this.visit(e.r);
        return;
      case 'cond':
        this.visit(e.test);
        if (e.then) this.visit(e.then);
        this.visit(e.else);
        return;
      case 'comma':
        e.of.forEach((each) => {
          this.visit(each);
        });
        return;
      case 'init':
        e.members.forEach(({ value }) => {
          this.visit(value);
        });
    }
  }

  private call(e: Expr & { k: 'call' }): void {
    const name = e.fn.k === 'id' ? e.fn.name : '';
    const byHelper = [...this.freed].flatMap(([text, { call }]) =>
      plainFrees.has(call) || byRcu.has(call) ? [] : text,
    );
    if (byHelper.length > 0 && sizing.test(name)) {
      if (!onlySizing.test(name)) this.passed(e.args);
      return;
    }
    this.visit(e.fn);
    for (const arg of e.args) this.visit(arg);
    if (transparent.test(name) || harmless.test(name)) {
      for (const arg of e.args) this.forgetAddressed(arg);
      if (writing.test(name) && e.args[0]) this.written(e.args[0]);
      return;
    }
    if (plainFrees.has(name)) return;
    // A macro that is not known may write any variable, by a name that it is not passed.
    if (/^[A-Z][A-Z\d_]*$/.test(name)) this.freed.clear();
    for (const [at, arg] of e.args.entries()) {
      const text = this.nameOf(arg);
      const isQueued = text !== null && byRcu.has(this.freed.get(text)?.call ?? '');
      const isUse = text === null || !(isQueued || byHelper.includes(text)) || this.looksInto(name, at, text);
      if (this.frees(name) !== at && isUse) this.use(arg, e);
      // It may be a macro that writes it: `swap(p, fn->other)`.
      if (text !== null && this.frees(name) !== at && (isQueued || !isUse)) this.forget(text);
      this.forgetAddressed(arg);
    }
    for (const text of this.freed.keys()) if (!this.locals.has(text)) this.freed.delete(text);
  }

  /** What may do anything with what it is passed, but to read what that points at. */
  private passed(args: readonly Expr[]): void {
    for (const arg of args) {
      this.forget(this.nameOf(arg) ?? '');
      this.forgetAddressed(arg);
    }
    for (const text of this.freed.keys()) if (!this.locals.has(text)) this.freed.delete(text);
  }

  /** What is written is another thing; and so may be a member by that name of what is the same by another pointer. */
  private written(to: Expr): void {
    this.forget(printExpression(to));
    const isDeref = to.k === 'unary' && to.op === '*';
    for (const each of this.freed.keys()) {
      const [, ...members] = each.split(/->|\./);
      if (members.length > 0 && (isDeref || (to.k === 'field' && members.includes(to.name)))) this.freed.delete(each);
    }
  }

  /** Who is passed the address of a variable may write it. */
  private forgetAddressed(arg: Expr): void {
    if (arg.k === 'unary' && arg.op === '&') this.forget(printExpression(arg.of));
    else if (arg.k === 'id' || arg.k === 'field') {
      // rcu_assign_pointer(p, q) writes p.
      const text = printExpression(arg);
      if (!this.locals.has(text)) this.forget(text);
    }
  }

  /** Notes that something is read of what a pointer points at, where that was freed. */
  private use(pointer: Expr, whole: Expr): void {
    const text = this.nameOf(pointer);
    const known = text === null ? undefined : this.freed.get(text);
    if (known && text !== null && !byRcu.has(known.call))
      this.uses.push({ freed: text, ...known, use: printExpression(whole) });
  }

  private isByHelper(pointer: Expr): boolean {
    const known = this.freed.get(this.nameOf(pointer) ?? '');
    return known !== undefined && !plainFrees.has(known.call) && !byRcu.has(known.call);
  }

  private forget(text: string): void {
    for (const each of this.freed.keys()) {
      const name = each.replace(/^&/, '');
      if (name === text || name.startsWith(`${text}->`) || name.startsWith(`${text}.`)) this.freed.delete(each);
    }
  }

  /** A pointer as it is named: a local, or a member behind one; null for all else. */
  private nameOf(e: Expr): string | null {
    if (e.k === 'id') return this.locals.has(e.name) ? e.name : null;
    if (e.k === 'field') {
      const of = this.nameOf(e.of);
      return of === null ? null : `${of}${e.arrow ? '->' : '.'}${e.name}`;
    }
    const only = e.k === 'call' && e.fn.k === 'id' && transparent.test(e.fn.name) ? e.args[0] : undefined;
    return only ? this.nameOf(only) : null;
  }
}

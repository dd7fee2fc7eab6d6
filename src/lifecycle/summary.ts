import { expressionsOf, walkExpression } from '../facts/ir.ts';
import type { FunctionEntry, Id, Program } from '../program/program.ts';
import { Reach } from '../program/reach.ts';
import { exploreFunction } from './explore.ts';
import { localsOf } from './locals.ts';
import { barriers, pernetCalls } from './known.ts';
import { ModulePairs } from './symmetric.ts';
import type { Symbol } from './state.ts';
import type { Place, TraceStep } from './trace.ts';
import { ANY, isErrno, NEG, POS, signOf, ZERO, type Value } from './values.ts';

/** One way in which a function can end, with its parameters and the globals it read as names. */
export interface Outcome {
  readonly steps: readonly TraceStep[];
  /** What the values in this outcome are: those with an `input` say under which conditions on entry it happens. */
  readonly symbols: ReadonlyMap<number, Symbol>;
  readonly writes: ReadonlyMap<string, Value>;
  readonly value: Value | null;
  readonly pending: readonly number[];
  /** How many registrations fail on it. */
  readonly failures: number;
  /** Where it releases what it was not known to hold. */
  readonly freed: ReadonlySet<string>;
  /** Those of the function's releases that a path which is else alike does not make. */
  readonly sometimes: ReadonlySet<string>;
  /** What of its inputs (`$1`, `$0->table`) it hands to something which may keep it. */
  readonly handed: ReadonlySet<string>;
  /** Where what it holds in the end and has handed on was acquired. */
  readonly escaped: ReadonlySet<string>;
  /** Where it returns. */
  readonly end: Place;
}

export interface Summary {
  readonly outcomes: readonly Outcome[];
}

/** Why a function that a lifecycle reaches was not followed. */
export interface Unfollowed {
  readonly fn: FunctionEntry;
  readonly reason: string;
}

/**
 * The summaries of a program's functions, each made once. Only functions that matter to a lifecycle (those from which
 * a registration, an acquisition or a release can be reached) are explored; of the others it is known what they can return and which globals they set.
 */
export class Summaries {
  /** Where whatever is released on any path had been acquired. */
  readonly ledger: Set<string>;
  readonly unfollowed = new Map<Id, Unfollowed>();
  private readonly made = new Map<Id, Summary | null>();
  private readonly inProgress = new Set<Id>();
  private readonly touched = new Map<Id, boolean>();
  /** The pairs of calls that acquire and release, those of the module's own naming among them. */
  readonly pairs: ModulePairs;
  private readonly mattering: ReadonlySet<Id>;
  private readonly registering: ReadonlySet<Id>;
  private readonly releasing = new Map<Id, boolean>();
  private readonly members = new Map<Id, readonly string[]>();
  private readonly reach: Reach;
  private readonly masks = new Map<Id, number>();
  private readonly writes = new Map<Id, ReadonlySet<string>>();

  /**
   * With `base`, whatever calls none of the `changed` functions, however deep, is taken over from there: the program is
   * the base's but for those.
   */
  constructor(
    private readonly program: Program,
    private readonly option: (name: string) => boolean | undefined,
    private readonly checkpoint?: () => void,
    private readonly base?: { readonly summaries: Summaries; readonly changed: ReadonlySet<Id> },
  ) {
    this.ledger = base?.summaries.ledger ?? new Set();
    this.reach = base?.summaries.reach ?? new Reach(program);
    this.pairs = base?.summaries.pairs ?? new ModulePairs(program);
    this.registering = functionsThatMatter(program, () => false);
    this.mattering = functionsThatMatter(program, (name) => this.pairs.isKnown(name) || barriers.has(name));
  }

  /** Whether a changed function can be reached from a function. */
  private isTouched(id: Id): boolean {
    const known = this.touched.get(id);
    if (known !== undefined) return known;
    this.touched.set(id, false);
    const touched =
      this.base?.changed.has(id) === true || this.program.callees(id).some((callee) => this.isTouched(callee.id));
    this.touched.set(id, touched);
    return touched;
  }

  /** Whether a registration, an acquisition or a release can be reached from a function. */
  matters(id: Id): boolean {
    return this.mattering.has(id) || this.isPlain(id);
  }

  /** Whether a registration or unregistration can be reached from a function. */
  registers(id: Id): boolean {
    return this.registering.has(id);
  }

  /** `static struct foo_net *foo_pernet(struct net *net) { return net_generic(net, foo_net_id); }`: as well read as its expression. */
  private isPlain(id: Id): boolean {
    const fact = this.program.functionById(id)?.fact;
    if (!fact?.blocks || fact.unreadable) return false;
    const [entry] = fact.blocks;
    return (
      entry?.end.e === 'return' &&
      entry.end.value !== null &&
      entry.steps.length <= 1 &&
      entry.steps.every((step) => step.s === 'declare')
    );
  }

  /** Whether a release can be reached by calling a name from a file. */
  releases(file: string, name: string): boolean {
    const callee = this.program.resolveFunction(file, name);
    if (this.pairs.releases(name, callee ?? null)) return true;
    if (!callee) return false;
    const known = this.releasing.get(callee.id);
    if (known !== undefined) return known;
    this.releasing.set(callee.id, false);
    const found = [...this.program.calls(callee.id)].some((each) => this.releases(callee.file, each));
    this.releasing.set(callee.id, found);
    return found;
  }

  /** The summary of a function; null when it cannot be followed (`unfollowed` says why) or is being made (recursion). */
  of(id: Id): Summary | null {
    const known = this.made.get(id);
    if (known !== undefined) return known;
    const entry = this.program.functionById(id);
    if (!entry) return null;
    if (this.inProgress.has(id)) {
      this.unfollowed.set(id, {
        fn: entry,
        reason: 'it calls itself, perhaps by way of others; that call is not followed',
      });
      return null;
    }
    if (this.base && !this.isTouched(id)) return this.base.summaries.of(id);
    this.checkpoint?.();
    this.inProgress.add(id);
    const explored = exploreFunction(entry, { program: this.program, summaries: this, option: this.option });
    this.inProgress.delete(id);
    // What could not be parsed of it is among the facts of its file already.
    if (explored.reason !== null && !entry.fact.unreadable)
      this.unfollowed.set(id, { fn: entry, reason: explored.reason });
    const summary = explored.outcomes === null ? null : { outcomes: explored.outcomes };
    this.made.set(id, summary);
    return summary;
  }

  /** What a function that does not matter can return, by what its `return` statements say. */
  returnMask(id: Id): number {
    const known = this.masks.get(id);
    if (known !== undefined) return known;
    this.masks.set(id, ANY);
    const entry = this.program.functionById(id);
    const mask = entry ? maskOfReturns(entry, (name) => this.maskOfName(entry.file, name)) : ANY;
    this.masks.set(id, mask);
    return mask;
  }

  /** The members of struct net, as `ipv6.foo`, that a function which is not followed can get at by what it calls. */
  membersTouched(id: Id): readonly string[] {
    let members = this.members.get(id);
    if (!members) {
      const [file = '', name = ''] = id.split('#');
      const words = [...this.reach.from(file, name, 'calls').keys()];
      members = words.flatMap((word) => (word.startsWith('net->') ? [word.slice(5)] : []));
      this.members.set(id, members);
    }
    return members;
  }

  /** The globals that a function, or one that it calls, assigns to. */
  globalsWritten(id: Id): ReadonlySet<string> {
    const known = this.writes.get(id);
    if (known) return known;
    const found = new Set<string>();
    this.writes.set(id, found);
    const entry = this.program.functionById(id);
    for (const name of entry ? assignedGlobals(entry) : []) found.add(name);
    for (const callee of this.program.callees(id)) {
      for (const written of this.globalsWritten(callee.id)) found.add(written);
    }
    return found;
  }

  private maskOfName(file: string, name: string): number {
    const callee = this.program.resolveFunction(file, name);
    return callee ? this.returnMask(callee.id) : ANY;
  }
}

function functionsThatMatter(program: Program, hasEffect: (name: string) => boolean): Set<Id> {
  const callers = new Map<Id, Id[]>();
  const queue: Id[] = [];
  for (const { id, fact } of program.allFunctions()) {
    for (const callee of program.callees(id)) {
      const list = callers.get(callee.id);
      if (list) list.push(id);
      else callers.set(callee.id, [id]);
    }
    const names = program.calls(id);
    if (pernetCalls.has(fact.name)) continue;
    for (const name of names) {
      if (!pernetCalls.has(name) && !hasEffect(name)) continue;
      queue.push(id);
      break;
    }
  }
  const mattering = new Set<Id>();
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (mattering.has(id)) continue;
    mattering.add(id);
    queue.push(...(callers.get(id) ?? []));
  }
  return mattering;
}

function maskOfReturns(entry: FunctionEntry, maskOfCall: (name: string) => number): number {
  const { blocks } = entry.fact;
  if (!blocks || entry.fact.unreadable) return ANY;
  let mask = 0;
  for (const block of blocks) {
    if (block.end.e !== 'return') continue;
    const { value } = block.end;
    mask |= value ? maskOf(value) : 0;
  }
  return mask === 0 ? ANY : mask;

  function maskOf(e: import('../facts/ir.ts').Expr): number {
    if (e.k === 'num') return e.value === null ? ANY : signOf(e.value);
    if (e.k === 'unary' && e.op === '-' && e.of.k === 'id' && isErrno(e.of.name)) return NEG;
    if (e.k === 'unary' && e.op === '!') return ZERO | POS;
    if (e.k === 'call' && e.fn.k === 'id') return maskOfCall(e.fn.name);
    if (e.k === 'id') return assignedMask(e.name);
    return ANY;
  }
  /** All that a local is ever assigned; ANY as soon as one of them is not known or its address is taken. */
  function assignedMask(name: string): number {
    let assigned = 0;
    for (const block of blocks ?? []) {
      for (const step of block.steps) {
        if (step.s === 'declare' && step.name === name && step.init)
          assigned |= step.init.k === 'id' ? ANY : maskOf(step.init);
      }
    }
    for (const expression of expressionsOf(blocks ?? [])) {
      for (const inner of walkExpression(expression)) {
        if (inner.k === 'assign' && inner.to.k === 'id' && inner.to.name === name) {
          assigned |= inner.op === '=' && inner.from.k !== 'id' ? maskOf(inner.from) : ANY;
        }
        if (inner.k === 'unary' && inner.op === '&' && inner.of.k === 'id' && inner.of.name === name) return ANY;
        if (inner.k === 'update' && inner.of.k === 'id' && inner.of.name === name) return ANY;
      }
    }
    return assigned === 0 ? ANY : assigned;
  }
}

function assignedGlobals(entry: FunctionEntry): string[] {
  const blocks = entry.fact.blocks ?? [];
  const locals = localsOf(entry);
  const roots: string[] = [];
  for (const expression of expressionsOf(blocks)) {
    for (const inner of walkExpression(expression)) {
      const target = inner.k === 'assign' ? inner.to : inner.k === 'update' ? inner.of : null;
      if (target?.k === 'id' && !locals.has(target.name)) roots.push(target.name);
    }
  }
  return roots;
}

import { expressionsOf, walkExpression, type Expr } from '../facts/ir.ts';
import type { FunctionEntry, OpsEntry, Program } from '../program/program.ts';
import type { Reach, Way } from '../program/reach.ts';
import { callbackOf } from './callbacks-of.ts';
import { kernelTable, type PairsByCall } from './resources/index.ts';
import type { TraceStep } from './trace.ts';

/**
 * Members of struct net belong to many: only where a handler gets to one by few calls of its own file is it taken for
 * something that it cannot do without.
 */
const mostStepsToMember = 4;

/** A handler that makes something for a namespace does so itself, or by one function that it calls. */
const mostStepsToMaking = 2;

/** What makes one thing depend on another, as a reader would say it. */
export type Reason = string;

/**
 * Who uses what: the per-net state that an ops' callbacks make, and the things that they use, found by following the
 * functions that can be called (`Reach`).
 */
export class PernetState {
  private readonly members = new Map<string, ReadonlySet<string>>();

  constructor(
    private readonly program: Program,
    private readonly reach: Reach,
    private readonly table: PairsByCall = kernelTable,
  ) {}

  /** Why what an acquisition lets the outside call relies on an ops' per-net state; null when it is not known to. */
  usedBy(step: TraceStep & { readonly t: 'acquire' }, ops: OpsEntry, flags?: ReadonlySet<string>): Reason | null {
    const words = this.callable(step);
    if (flags && [...words].some(([word, way]) => way.within && way.steps <= mostStepsToMaking && flags.has(word)))
      return null;
    const id = ops.fact.fields.find((field) => field.name === 'id')?.text.replace(/^&/, '');
    if (id !== undefined && words.has(id)) return `net_generic(net, ${id})`;
    for (const member of this.membersSetBy(ops)) {
      for (const [word, way] of words) {
        if (way.within && way.steps <= mostStepsToMember && (word === member || word.startsWith(`${member}.`)))
          return word;
      }
    }
    return null;
  }

  /** What an acquisition lets the outside make on demand and an ops' exit callbacks clean up; null when nothing is known. */
  makes(step: TraceStep & { readonly t: 'acquire' }, ops: OpsEntry): Reason | null {
    return this.madeFor(this.callable(step), ops);
  }

  /** The globals that a function sets to a constant: flags that say how far it has got. */
  flagsOf({ fact }: FunctionEntry): ReadonlySet<string> {
    const flags = new Set<string>();
    for (const expression of expressionsOf(fact.blocks ?? [])) {
      for (const e of walkExpression(expression)) {
        const [to, from] =
          e.k === 'assign' && e.op === '='
            ? [e.to, e.from]
            : e.k === 'call' && e.fn.k === 'id' && e.fn.name === 'WRITE_ONCE'
              ? [e.args[0], e.args[1]]
              : [undefined, undefined];
        if (to?.k === 'id' && from?.k === 'num') flags.add(to.name);
      }
    }
    return flags;
  }

  /** Which callback of an ops relies on a thing whenever it runs: `init`, or an exit that uses it before it decides anything. */
  uses(ops: OpsEntry, name: string, callbacks: 'init' | 'all'): Reason | null {
    for (const { name: field } of ops.fact.fields) {
      const fn = callbacks === 'all' || field === 'init' ? callbackOf(this.program, ops, field) : undefined;
      if (!fn || asksFor(fn, name)) continue;
      const isUsed =
        field === 'init'
          ? this.reach.from(fn.file, fn.fact.name, 'calls').has(name)
          : [...expressionsOf((fn.fact.blocks ?? []).slice(0, 1))].some((e) =>
              [...walkExpression(e)].some((each) => each.k === 'id' && each.name === name),
            );
      if (isUsed) return `${fn.fact.name}()`;
    }
    return null;
  }

  /** Whether what an acquisition lets the outside call queues RCU callbacks, of which one frees into a cache. */
  queuesRcuFor(step: TraceStep & { readonly t: 'acquire' }, cache: string): boolean {
    const words = this.callable(step);
    return words.has('call_rcu') && words.has('kmem_cache_free') && words.has(cache);
  }

  /** Which callback of an ops calls, or mentions in what it calls, a name; null when none does. */
  calledBy(ops: OpsEntry, callbacks: 'init' | 'exit', name: string, most = mostStepsToMember): Reason | null {
    for (const { name: field } of ops.fact.fields) {
      if (callbacks === 'init' ? field !== 'init' : !field.startsWith('exit')) continue;
      const fn = callbackOf(this.program, ops, field);
      const way = fn && this.reach.from(fn.file, fn.fact.name, 'calls').get(name);
      if (way && way.steps <= most) return `${fn.fact.name}()`;
    }
    return null;
  }

  /** Whether an ops has an exit callback that takes its state down: after pre_exit there may still be readers. */
  hasExit(ops: OpsEntry): boolean {
    return ops.fact.fields.some(({ name }) => name.startsWith('exit'));
  }

  /** All words that the functions which an acquisition was passed lead to. */
  private callable({ args, place }: TraceStep & { readonly t: 'acquire' }): Map<string, Way> {
    const words = new Map<string, Way>();
    for (const arg of args) {
      const fn = /^&fn:(.*)#(\w+)$/.exec(arg);
      const variable = /^&(\w+)/.exec(arg);
      const from = fn ? [fn[1]!, fn[2]!] : variable ? [place.file, variable[1]!] : null;
      if (from)
        for (const [word, way] of this.reach.from(from[0]!, from[1]!)) if (!words.has(word)) words.set(word, way);
    }
    return words;
  }

  /** What such functions make on demand, for the ops' exit callbacks to clean up: its init makes nothing of the kind. */
  private madeFor(words: ReadonlyMap<string, Way>, ops: OpsEntry): Reason | null {
    const exits = this.wordsOf(ops, (field) => /^(pre_)?exit/.test(field));
    const inits = this.wordsOf(ops, (field) => field === 'init');
    for (const [word, way] of words) {
      const pair = way.steps <= mostStepsToMaking ? this.table.acquires.get(word) : undefined;
      if (!pair?.lasting || pair.memory || inits.has(word)) continue;
      if (pair.release.some((release) => exits.has(release))) return `${word}()`;
    }
    return null;
  }

  private wordsOf(ops: OpsEntry, wanted: (field: string) => boolean): Set<string> {
    const words = new Set<string>();
    for (const { name } of ops.fact.fields) {
      const fn = wanted(name) ? callbackOf(this.program, ops, name) : undefined;
      if (fn) for (const word of this.reach.from(fn.file, fn.fact.name).keys()) words.add(word);
    }
    return words;
  }

  /** The members of struct net that an ops' init sets up, as `net->foo.bar`. */
  private membersSetBy(ops: OpsEntry): ReadonlySet<string> {
    let members = this.members.get(ops.id);
    if (!members) {
      const init = callbackOf(this.program, ops, 'init');
      this.members.set(ops.id, (members = init ? membersSetIn(init) : new Set()));
    }
    return members;
  }
}

/** Whether a function asks for a thing before it uses it, as in `if (foo_wq)`. */
function asksFor({ fact }: FunctionEntry, name: string): boolean {
  return (fact.blocks ?? []).some(
    ({ end }) =>
      end.e === 'branch' && [...walkExpression(end.on)].some((each) => each.k === 'id' && each.name === name),
  );
}

const initialises = /^(INIT_\w+|\w*_init|\w*lock_init|\w*_setup)$/;

function membersSetIn({ fact }: FunctionEntry): Set<string> {
  const net = fact.params[0] ?? '';
  const members = new Set<string>();
  const note = (e: Expr): void => {
    const path = memberOf(e, net);
    if (path !== null) members.add(path);
  };
  for (const expression of expressionsOf(fact.blocks ?? [])) {
    for (const e of walkExpression(expression)) {
      if (e.k === 'assign' && e.op === '=' && e.from.k === 'call') note(e.to);
      if (e.k !== 'call' || e.fn.k !== 'id') continue;
      const first = e.args[0];
      if (first?.k === 'unary' && first.op === '&' && initialises.test(e.fn.name)) note(first.of);
      if (first && e.fn.name === 'rcu_assign_pointer') note(first);
    }
  }
  return members;
}

/** `net->foo.bar` as text, where an expression is one. */
function memberOf(e: Expr, net: string): string | null {
  if (e.k === 'index') return memberOf(e.of, net);
  if (e.k !== 'field') return null;
  if (e.arrow) return e.of.k === 'id' && e.of.name === net ? `net->${e.name}` : null;
  const base = memberOf(e.of, net);
  return base === null ? null : `${base}.${e.name}`;
}

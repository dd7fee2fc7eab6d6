import { childrenOf, successorsOf, walkExpression, type Block, type Expr } from '../../facts/ir.ts';
import type { FunctionEntry, Id, Program } from '../../program/program.ts';
import type { Truth } from './gate-truth.ts';
import { Asking, gateSetBy, isSameGate, type Gate } from './gate-values.ts';
import { reachedFrom } from '../bodies/known.ts';
import type { Named } from '../bodies/member-gates.ts';
import { arming } from '../bodies/queueing.ts';

/**
 * Where a teardown stops a work item or a timer: the function that does it, the call by which, what that names, and the
 * functions of the teardown, those that come before first.
 */
export interface StopSite extends Named {
  readonly call: string;
  readonly text: string;
  readonly through: readonly Named[];
}

/**
 * Whether a function that would queue something again does not come to that where the teardown has set what it asks for by
 * the time that it stops that: `fn->live = false; cancel_work_sync(&fn->work);`, and `if (fn->live)` in the timer.
 */
export function isKeptOut(program: Program, runner: Named, stop: StopSite): boolean {
  const fn = program.resolveFunction(runner.file, runner.name);
  const gates = fn ? gatesSet(program, stop) : [];
  if (!fn || gates.length === 0) return false;
  const queueing = new Queueing(program, new Asking(program, gates), stop.text);
  // Where it queues is not seen: what it asks may be for that.
  if (!queueing.isReached(fn, null)) return queueing.asksIn(fn);
  return !queueing.isReached(fn, 'yes') || !queueing.isReached(fn, 'no');
}

/** What a teardown has set when it stops something, on each way to that. */
function gatesSet(program: Program, stop: StopSite): Gate[] {
  const all = stop.through.flatMap(({ file, name }) => program.resolveFunction(file, name) ?? []);
  const at = program.resolveFunction(stop.file, stop.name);
  if (!at) return [];
  const leading = all.findIndex(({ id }) => id !== at.id && reachedFrom(program, [id]).has(at.id));
  const own = all.findIndex(({ id }) => id === at.id);
  const gates: Gate[] = [];
  for (const [index, fn] of all.entries()) {
    if (fn.id === at.id) continue;
    if (index === leading) gates.push(...setBefore(program, fn, (e) => leadsTo(program, fn, e, at)));
    // What another function of the teardown does is done where that comes first.
    else if (leading < 0 ? index < own || own < 0 : index < leading) gates.push(...setBefore(program, fn, null));
    // By then the module's exit has come to where the namespaces' are called.
    else if (index === all.length - 1) gates.push(...setBefore(program, fn, isUnregistering));
  }
  const isStop = (e: Expr): boolean => isCallOf(e, stop.call) && names(e, stop.text);
  gates.push(...setBefore(program, at, hasCall(at, isStop) ? isStop : (e) => isCallOf(e, stop.call)));
  return lastOf(gates);
}

/** Of what is set several times, what it is set to at last. */
function lastOf(gates: readonly Gate[]): Gate[] {
  return gates.filter((gate, index) => !gates.slice(index + 1).some((later) => isSameGate(gate, later)));
}

/** What a function sets on each way to where it comes to a call, itself or in what it calls there; with null, to its end. */
function setBefore(program: Program, fn: FunctionEntry, isEnd: ((e: Expr) => boolean) | null, depth = 1): Gate[] {
  const blocks = fn.fact.blocks ?? [];
  const end = isEnd ? blocks.findLastIndex((block) => wholeOf(block).some(isEnd)) : -1;
  const ends = end >= 0 ? [end] : blocks.flatMap((block, index) => (block.end.e === 'return' ? index : []));
  const all = blocks.flatMap((block, index) => {
    const whole = wholeOf(block);
    const until = index === end && isEnd ? whole.findLastIndex(isEnd) : whole.length;
    return whole.slice(0, until).flatMap((e) => {
      const gate = gateSetBy(fn.fact, e);
      const callee =
        depth > 0 && e.k === 'call' && e.fn.k === 'id' ? program.resolveFunction(fn.file, e.fn.name) : undefined;
      const gates = gate ? [gate] : callee ? setBefore(program, callee, null, depth - 1) : [];
      return gates.map((each) => ({ gate: each, index }));
    });
  });
  return all.flatMap(({ gate }) => {
    const asking = new Asking(program, [gate]);
    const by = new Set(all.flatMap(({ gate: other, index }) => (isSameGate(gate, other) ? index : [])));
    // Who asks for it first has it so without that: `if (fn->live) fn->live = false;`.
    for (const [index, { end: asked }] of blocks.entries())
      if (asked.e === 'branch' && index !== end && asking.isAbout(fn, asked.on)) by.add(index);
    return by.has(end) || isOnEachWay(blocks, by, ends) ? gate : [];
  });
}

/** Whether no way from the entry comes to one of some blocks but by others. */
function isOnEachWay(blocks: readonly Block[], by: ReadonlySet<number>, to: readonly number[]): boolean {
  const seen = new Set(by);
  const queue = [0];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    if (to.includes(at)) return false;
    queue.push(...successorsOf(blocks[at]!));
  }
  return true;
}

function wholeOf({ steps, end }: Block): Expr[] {
  const all = steps.flatMap((step) => (step.s === 'eval' ? step.of : (step.init ?? [])));
  const last = end.e === 'branch' || end.e === 'switch' ? [end.on] : end.e === 'return' && end.value ? [end.value] : [];
  return [...all, ...last, ...(end.e === 'each' ? end.args : [])].flatMap((each) => [...walkExpression(each)]);
}

function hasCall({ fact }: FunctionEntry, isIt: (e: Expr) => boolean): boolean {
  return (fact.blocks ?? []).some((block) => wholeOf(block).some(isIt));
}

function leadsTo(program: Program, fn: FunctionEntry, e: Expr, to: FunctionEntry): boolean {
  const callee = e.k === 'call' && e.fn.k === 'id' ? program.resolveFunction(fn.file, e.fn.name) : undefined;
  return callee !== undefined && reachedFrom(program, [callee.id]).has(to.id);
}

function isUnregistering(e: Expr): boolean {
  return e.k === 'call' && e.fn.k === 'id' && /^unregister_pernet_/.test(e.fn.name);
}

function isCallOf(e: Expr, call: string): boolean {
  return e.k === 'call' && e.fn.k === 'id' && e.fn.name === call;
}

/** Whether a call is passed the address of what a text names: the same member, whatever it is one of. */
function names(e: Expr, text: string): boolean {
  const member = /\w*$/.exec(text)![0];
  return (
    e.k === 'call' &&
    e.args.some((arg) => {
      const of = arg.k === 'unary' && arg.op === '&' ? arg.of : undefined;
      return (of?.k === 'field' || of?.k === 'id') && of.name === member;
    })
  );
}

/** Whether functions come to where they queue something, by what they are answered. */
class Queueing {
  constructor(
    private readonly program: Program,
    private readonly asking: Asking,
    private readonly text: string,
  ) {}

  /** Whether a function comes there; what it asks for in a way that is not followed has this answer, and with null all has both. */
  isReached(fn: FunctionEntry, answer: 'yes' | 'no' | null, seen: ReadonlySet<Id> = new Set()): boolean {
    const blocks = fn.fact.blocks ?? [];
    const within = new Set([...seen, fn.id]);
    const done = new Set<number>();
    const queue = blocks.length > 0 ? [0] : [];
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      if (done.has(at)) continue;
      done.add(at);
      const { steps, end } = blocks[at]!;
      const whole = steps.flatMap((step) => (step.s === 'eval' ? step.of : (step.init ?? [])));
      if (end.e === 'branch' || end.e === 'switch') whole.push(end.on);
      if (end.e === 'return' && end.value) whole.push(end.value);
      if (whole.some((e) => this.queuesIn(fn, e, answer, within))) return true;
      queue.push(...this.next(fn, blocks[at]!, answer));
    }
    return false;
  }

  /** Whether a function, or one that it calls, asks for what has been set. */
  asksIn(fn: FunctionEntry): boolean {
    return [fn, ...this.program.callees(fn.id)].some((each) =>
      (each.fact.blocks ?? []).some(
        ({ end }) => (end.e === 'branch' || end.e === 'switch') && this.asking.isAbout(each, end.on),
      ),
    );
  }

  private next(fn: FunctionEntry, block: Block, answer: 'yes' | 'no' | null): readonly number[] {
    const { end } = block;
    if (end.e === 'branch') {
      const truth = this.truth(fn, end.on, answer);
      return truth === 'yes' ? [end.then] : truth === 'no' ? [end.else] : [end.then, end.else];
    }
    if (end.e !== 'switch' || answer === null) return successorsOf(block);
    const answers = end.cases.map(({ value, to }) => ({ to, truth: this.asking.isCase(fn, end.on, value) }));
    const sure = answers.find(({ truth }) => truth === 'yes');
    if (sure) return [sure.to];
    return [...answers.flatMap(({ to, truth }) => (truth === 'no' ? [] : to)), end.otherwise];
  }

  private truth(fn: FunctionEntry, e: Expr, answer: 'yes' | 'no' | null): Truth {
    if (answer === null) return 'open';
    const truth = this.asking.truth(fn, e);
    return truth === 'unclear' ? answer : truth;
  }

  private queuesIn(fn: FunctionEntry, e: Expr, answer: 'yes' | 'no' | null, seen: ReadonlySet<Id>): boolean {
    const inside = (each: Expr): boolean => this.queuesIn(fn, each, answer, seen);
    if (e.k === 'binary' && (e.op === '&&' || e.op === '||')) {
      const goesOn = this.truth(fn, e.l, answer) !== (e.op === '&&' ? 'no' : 'yes');
      return inside(e.l) || (goesOn && inside(e.r));
    }
    if (e.k === 'cond') {
      const truth = this.truth(fn, e.test, answer);
      return (
        inside(e.test) || (truth !== 'no' && e.then !== null && inside(e.then)) || (truth !== 'yes' && inside(e.else))
      );
    }
    if (e.k === 'call') {
      if (e.args.some(inside)) return true;
      const name = e.fn.k === 'id' ? e.fn.name : '';
      if (arming.has(name)) return names(e, this.text);
      const callee = this.program.resolveFunction(fn.file, name);
      return callee !== undefined && !seen.has(callee.id) && this.isReached(callee, answer, seen);
    }
    return childrenOf(e).some(inside);
  }
}

import { expressionsOf, successorsOf, walkExpression, type Block, type Expr } from '../../facts/ir.ts';
import { isHarmless } from './known.ts';
import type { FunctionEntry, Id, Program } from '../../program/program.ts';

/** Functions farther away are not looked into. */
const mostCalls = 5;

/**
 * The names that running a function comes by on each of its paths, in itself or in what it calls there: what
 * afs_net_exit() flushes in afs_close_socket() (fs/afs/rxrpc.c) it needs each time.
 */
export class CertainNames {
  private readonly memo = new Map<Id, ReadonlyMap<string, ReadonlySet<string>>>();

  /**
   * With `loops`, what is done for each element of a list counts: destroying what is needed for that wants a reason. With
   * `failures`, ways that end in an error count; without, only in what is called on the others.
   */
  constructor(
    private readonly program: Program,
    private readonly how: { readonly loops: boolean; readonly failures: boolean },
  ) {}

  /** The names, each with the files in which it is come by. */
  of(fn: FunctionEntry): ReadonlyMap<string, ReadonlySet<string>> {
    let names = this.memo.get(fn.id);
    if (!names) {
      const found = new Map<string, Set<string>>();
      this.collect(fn, found, { seen: new Set(), calls: mostCalls, failures: this.how.failures });
      this.memo.set(fn.id, (names = found));
    }
    return names;
  }

  private collect(
    fn: FunctionEntry,
    found: Map<string, Set<string>>,
    { seen, calls, failures }: { readonly seen: Set<Id>; readonly calls: number; readonly failures: boolean },
  ): void {
    if (seen.has(fn.id)) return;
    seen.add(fn.id);
    for (const block of certainBlocks(fn.fact.blocks ?? [], { loops: this.how.loops, failures })) {
      for (const whole of certainIn(block)) {
        for (const e of whole) {
          if (e.k === 'id' && !asksFor(fn, e.name)) addTo(found, e.name, fn.file);
          if (e.k !== 'call' || e.fn.k !== 'id' || calls === 0) continue;
          const later = e.fn.name === 'call_rcu' ? e.args[1] : undefined;
          const name = later?.k === 'id' ? later.name : e.fn.name;
          const callee = this.program.resolveFunction(fn.file, name);
          if (callee) this.collect(callee, found, { seen, calls: calls - 1, failures: true });
        }
      }
    }
  }
}

function addTo(found: Map<string, Set<string>>, name: string, file: string): void {
  const files = found.get(name);
  if (files) files.add(file);
  else found.set(name, new Set([file]));
}

/** Always, each time that there is an element of some list to do something for, or on each path that is no failure. */
export type Certainty = 'always' | 'eachTime' | 'onSuccess';

export function certainNames(program: Program): Readonly<Record<Certainty, CertainNames>> {
  return {
    always: new CertainNames(program, { loops: false, failures: true }),
    eachTime: new CertainNames(program, { loops: true, failures: true }),
    onSuccess: new CertainNames(program, { loops: false, failures: false }),
  };
}

/** Whether a function asks for a thing before it uses it, as in `if (foo_wq)`, not `if (!queue_work(foo_wq, …))`. */
export function asksFor({ fact }: FunctionEntry, name: string): boolean {
  return (fact.blocks ?? []).some(({ end }) => end.e === 'branch' && isAsked(end.on, name));
}

/**
 * Whether a function uses a thing each time that its pointer is not NULL, which it asks first: `if (foo_wq)
 * flush_workqueue(foo_wq);`. Where the thing is gone and nothing has cleared the pointer, that asks in vain.
 */
export function usesWhereSet(
  { fact, file }: FunctionEntry,
  name: string,
  { program, always }: { readonly program: Program; readonly always: CertainNames },
): boolean {
  const isIt = (e: Expr): boolean => isNamed(e, name);
  const ofSet = (fact.blocks ?? []).map((block): Block => {
    const { end } = block;
    if (end.e !== 'branch') return block;
    const isNot = end.on.k === 'unary' ? end.on.op === '!' && isIt(end.on.of) : isComparedTo(end.on, '==', isIt);
    return isNot || isIt(end.on) || isComparedTo(end.on, '!=', isIt)
      ? { ...block, end: { e: 'goto', to: isNot ? end.else : end.then } }
      : block;
  });
  // What asks for more than that need not come to it.
  if (ofSet.some(({ end }) => end.e === 'branch' && isAsked(end.on, name))) return false;
  // Printing it needs nothing of it, and a function may ask first whether it is to be used.
  const isUsed = (e: Expr): boolean => {
    if (e.k === 'field' || e.k === 'index') return isIt(e.of);
    if (e.k === 'unary') return e.op === '*' && isIt(e.of);
    if (e.k !== 'call' || e.fn.k !== 'id' || isHarmless(e.fn.name)) return false;
    const callee = program.resolveFunction(file, e.fn.name);
    const isOwn = callee?.file === file;
    return e.args.some((arg, at) => isIt(arg) && (!isOwn || always.of(callee).has(callee.fact.params[at] ?? name)));
  };
  return certainBlocks(ofSet, { loops: false, failures: true }).some((block) =>
    [...certainIn(block)].some((whole) => [...whole].some(isUsed)),
  );
}

/** `foo_wq != NULL`, from either side. */
function isComparedTo(e: Expr, op: string, isIt: (e: Expr) => boolean): boolean {
  const isNull = (side: Expr): boolean => (side.k === 'num' && side.value === 0) || isNamed(side, 'NULL');
  return e.k === 'binary' && e.op === op && ((isIt(e.l) && isNull(e.r)) || (isNull(e.l) && isIt(e.r)));
}

/** Calls that set the variable they are passed, or take away what it leads to. */
const setting =
  /^(?:WRITE_ONCE|RCU_INIT_POINTER|rcu_(?:assign|replace)_pointer|smp_store_\w+|swap|no_free_ptr|retain_and_null_ptr|return_ptr)$/;

/**
 * Whether some function of a file may set a variable to NULL, or to something else that is there: all that sets it but to
 * what a call has just yielded of which `acquires` says that it acquires something.
 */
export function isClearedIn(
  program: Program,
  file: string,
  { name, acquires }: { readonly name: string; readonly acquires: (call: string) => boolean },
): boolean {
  const isIt = (e: Expr): boolean => isNamed(e, name);
  const isAcquired = (e: Expr): boolean => e.k === 'call' && e.fn.k === 'id' && acquires(e.fn.name);
  const clears = (e: Expr): boolean => {
    if (e.k === 'assign') return isIt(e.to) && !isAcquired(e.from);
    // Whoever has its address may clear it.
    if (e.k === 'unary') return e.op === '&' && isIt(e.of);
    if (e.k !== 'call' || !e.args.some(isIt)) return false;
    return (e.fn.k === 'id' && setting.test(e.fn.name)) || e.args.some((arg) => arg.k === 'num' && arg.value === 0);
  };
  return (program.facts(file)?.functions ?? []).some(({ blocks }) =>
    [...expressionsOf(blocks ?? [])].some((whole) => [...walkExpression(whole)].some(clears)),
  );
}

function isNamed(e: Expr, name: string): boolean {
  return e.k === 'id' && e.name === name;
}

/**
 * Whether a function asks what lies in the per-net data of an id before it goes on, as in `if (!bn->wq)`: what has been
 * torn down there is then known to be. `yields` says of a function that it is by this that the data is got at.
 */
export function asksOfData({ fact }: FunctionEntry, id: string, yields: (name: string) => boolean): boolean {
  const data = localsOf(fact.blocks ?? [], id, yields);
  return (fact.blocks ?? []).some(
    ({ end }) =>
      end.e === 'branch' &&
      [...walkExpression(end.on)].some((e) => e.k === 'field' && e.of.k === 'id' && data.has(e.of.name)),
  );
}

/** Whether a function asks whether there is any per-net data of an id, as in `if (!bn)`. */
export function asksForLocal(fn: FunctionEntry, id: string, yields: (name: string) => boolean): boolean {
  return [...localsOf(fn.fact.blocks ?? [], id, yields)].some((name) => asksFor(fn, name));
}

/** The locals that a function sets to the per-net data of an id. */
function localsOf(blocks: readonly Block[], id: string, yields: (name: string) => boolean): ReadonlySet<string> {
  const isData = (e: Expr | null): boolean =>
    e?.k === 'call' &&
    e.fn.k === 'id' &&
    (e.args.some((arg) => arg.k === 'id' && arg.name === id) || yields(e.fn.name));
  const data = new Set<string>();
  for (const { steps } of blocks) {
    for (const step of steps) {
      if (step.s === 'declare' && isData(step.init)) data.add(step.name);
      if (step.s === 'eval' && step.of.k === 'assign' && step.of.to.k === 'id' && isData(step.of.from))
        data.add(step.of.to.name);
    }
  }
  return data;
}

function isAsked(e: Expr, name: string): boolean {
  if (e.k === 'id') return e.name === name;
  if (e.k === 'unary') return isAsked(e.of, name);
  if (e.k === 'binary') return isAsked(e.l, name) || isAsked(e.r, name);
  return e.k === 'call' && e.args.length === 1 && e.args.some((arg) => isAsked(arg, name));
}

/** The blocks that each way from the entry to a return goes through; without `failures`, to one that is no error. */
export function certainBlocks(
  blocks: readonly Block[],
  of: { readonly loops: boolean; readonly failures: boolean },
): Block[] {
  const isEnd = (at: number): boolean => blocks[at]!.end.e === 'return' && (of.failures || !isFailure(blocks, at));
  const certain = blocks.filter((_, without) => {
    const seen = new Set([without]);
    const queue = [0];
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      if (isEnd(at)) return false;
      queue.push(...successorsOf(blocks[at]!));
    }
    return true;
  });
  const done = new Set(certain);
  // A map is gone through to its end, what is added on the way included.
  if (of.loops) for (const { end } of done) for (const body of bodyOf(end)) addFrom(blocks, body, done);
  return [...done];
}

/** Where a loop goes through a list, or counts, it finds something to do: its body's first block. */
function bodyOf(end: Block['end']): readonly number[] {
  if (end.e === 'each') return [end.body];
  const counts = end.e === 'branch' && end.loop === true && end.on.k === 'binary' && end.on.op === '<';
  return counts ? [end.then] : [];
}

/** A block, with those that it always goes on to. */
function addFrom(blocks: readonly Block[], from: number, to: Set<Block>): void {
  for (let at: number | undefined = from; at !== undefined;) {
    const block: Block = blocks[at]!;
    if (to.has(block)) return;
    to.add(block);
    at = block.end.e === 'goto' ? block.end.to : undefined;
  }
}

/** Whether a block returns an error: `return -ENOMEM;`, or `return err;` that is got to by `if (err)` alone. */
function isFailure(blocks: readonly Block[], at: number): boolean {
  const { end } = blocks[at]!;
  if (end.e !== 'return' || !end.value) return false;
  const { value } = end;
  if (value.k === 'unary') return value.op === '-';
  if (value.k === 'call') return value.fn.k === 'id' && value.fn.name === 'PTR_ERR';
  if (value.k !== 'id') return false;
  const before = blocks.filter((block) => successorsOf(block).includes(at));
  return (
    before.length > 0 &&
    before.every(({ end: by }) => by.e === 'branch' && by.then === at && by.else !== at && isSet(by.on, value.name))
  );
}

/** `err`, `err < 0`, `err != 0`. */
function isSet(e: Expr, name: string): boolean {
  if (e.k === 'id') return e.name === name;
  if (e.k === 'call') return e.args.length === 1 && e.args.some((arg) => isSet(arg, name));
  return (
    e.k === 'binary' &&
    (e.op === '<' || e.op === '!=') &&
    e.l.k === 'id' &&
    e.l.name === name &&
    e.r.k === 'num' &&
    e.r.value === 0
  );
}

/** The expressions of a block, with those inside them that are evaluated whenever they are. */
export function* certainIn({ steps, end }: Block): Generator<Iterable<Expr>> {
  for (const step of steps) {
    const whole = step.s === 'eval' ? step.of : step.init;
    if (whole) yield evaluated(whole);
  }
  if (end.e === 'branch' || end.e === 'switch') yield evaluated(end.on);
  else if (end.e === 'return' && end.value) yield evaluated(end.value);
  else if (end.e === 'each') for (const arg of end.args) yield evaluated(arg);
}

function* evaluated(e: Expr): Generator<Expr> {
  if (e.k === 'cond') yield* evaluated(e.test);
  else if (e.k === 'binary' && (e.op === '&&' || e.op === '||')) yield* evaluated(e.l);
  else yield* walkExpression(e);
}

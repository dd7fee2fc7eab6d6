import { walkExpression } from '../../facts/ir.ts';
import { later } from '../../facts/words.ts';
import type { FunctionEntry, OpsEntry, Program } from '../../program/program.ts';
import type { Reach } from '../../program/reach.ts';
import { callsAny, callsOf, nameOf } from '../bodies/body.ts';
import { callbackOf, exitsOf } from '../bodies/callbacks-of.ts';
import { runnersOf } from './early-uses.ts';
import { isAfter, sitesOf } from './freed-hooks.ts';
import { isKeptOut } from './kept-out.ts';
import { handsOn, idOf, onlyTells, queueWaits, steady } from '../bodies/known.ts';
import { LaterItems, type Item } from './later-items.ts';
import { decidesOver } from '../bodies/loops.ts';
import { callsIn, memberOf, StopSearch, type Call } from '../bodies/may-stop.ts';
import type { Named } from '../bodies/member-gates.ts';
import { namespaceLocals, rootInMemory } from '../bodies/namespace-locals.ts';
import { printExpression } from '../bodies/print.ts';
import { queueingWork } from '../bodies/queueing.ts';
import type { PairsByCall } from '../resources/index.ts';
import { structBehind, structOfData } from '../bodies/structs.ts';
import type { Place } from '../paths/trace.ts';

/** A work item that an exit waits for, and then has queued again with nobody left to wait. */
export interface DrainedEarly {
  /** The item as it is written; null for works of the kernel's own. */
  readonly item: string | null;
  readonly wait: string;
  readonly queue: string;
  readonly place: Place;
}

interface Means {
  readonly program: Program;
  readonly reach: Reach;
  readonly table: PairsByCall;
}

/** What is queued farther away than by so many functions need not be: what is asked on the way is not seen. */
const mostStepsToQueueing = 2;

const flushes: readonly string[] = ['flush_work', 'flush_delayed_work', 'kthread_flush_work'];

/** A call that waits for something, in whatever way, or that ends what has been queued. */
const waiting =
  /wait|flush_(?:delayed_)?work|flush_scheduled|drain|cancel|disable|kill|sync|barrier|complet|sleep|resched|relax|yield|busy|pending|(?:^|_)stop(?:_|$)|^schedule$|schedule_timeout/;

/** Calls that ask what they are passed. */
const asks =
  /^(?:(?:WARN|BUG|(?:h?list|hlist_nulls)_)\w*|ARRAY_SIZE|(?:spin|read|write|mutex|rtnl|rcu_read)_(?:un)?lock\w*)$/;

/**
 * Functions of the kernel's for others that wait for works of its own, with those that queue these, and how many arguments
 * that takes: net/xfrm/xfrm_state.c, xfrm_flush_gc(), xfrm_state_flush(), which until 5.10 could be told to wait itself.
 */
const drains: ReadonlyMap<string, ReadonlyMap<string, number>> = new Map([
  ['xfrm_flush_gc', new Map([['xfrm_state_flush', 3]])],
]);

/**
 * The work item that an exit of an ops waits for (`flush_work()`) before it calls what queues it, and that nothing waits for
 * behind that: it runs when the namespace's data is gone. Of one that is no namespace's own it is told where it comes to the
 * ops' data; of the kernel's own where the exit of a file that has a part in what is queued goes on to assert of the ops'
 * data that all is done (`WARN_ON(!list_empty(&fn->list))`).
 */
export function drainedEarly(means: Means, ops: OpsEntry): DrainedEarly | null {
  const { program } = means;
  const beside = program.allOps().filter(({ file }) => file === ops.file);
  const all = beside.flatMap((each) => exitsOf(program, each));
  for (const fn of exitsOf(program, ops)) {
    const found = drainedIn(means, ops, { fn, others: all.filter((each) => each.id !== fn.id) });
    if (found) return found;
  }
  return null;
}

interface Exit {
  readonly fn: FunctionEntry;
  readonly others: readonly FunctionEntry[];
}

function drainedIn(means: Means, ops: OpsEntry, { fn, others }: Exit): DrainedEarly | null {
  const blocks = fn.fact.blocks ?? [];
  const sites = sitesOf(blocks);
  // Of each item the last wait counts; a call that is written twice is asked about once.
  const last = new Map<string, (typeof sites)[number] & { readonly drained: Drained }>();
  for (const site of sites) {
    const drained = drainedBy(means.program, fn, site.call);
    if (drained) last.set(drained.item?.text ?? nameOf(site.call), { ...site, drained });
  }
  for (const { drained, ...at } of last.values()) {
    const first = sites.find(({ call }) => call === at.call)!;
    const known = new Map<string, boolean>();
    const queues = (call: Call): boolean => {
      const text = printExpression(call);
      const may = known.get(text) ?? mayQueue(means, { fn, call, drained });
      known.set(text, may);
      return may;
    };
    const after = sites.filter((each) => each !== first && isAfter(blocks, first, each));
    const queue = after.find(({ call }) => queues(call));
    if (!queue || isAfter(blocks, queue, first)) continue;
    const rest = after.filter((each) => each !== queue).map(({ call }) => call);
    // What is disabled is not queued.
    if ([fn, ...others].some((each) => callsAny(each.fact, /disable_(?:delayed_)?work/))) continue;
    if (mayEnd(means, { fn, calls: rest, drained })) continue;
    if (others.some((each) => mayEnd(means, { fn: each, calls: callsOf(each), drained }))) continue;
    const { item } = drained;
    if (item ? !isMissed(means, ops, item) : !asserts(means.program, fn, rest)) continue;
    const end = { file: fn.file, name: fn.fact.name };
    const through = [fn, ...others].map(({ file, fact }) => ({ file, name: fact.name }));
    const by = means.program.lookUp(fn.file, nameOf(queue.call));
    // What has been set by the time that it would be queued.
    const stop = { ...end, call: nameOf(queue.call), text: item?.text ?? '', through };
    if (item && by && isKeptOut(means.program, { file: by.file, name: by.fact.name }, stop)) continue;
    return {
      item: item?.text ?? null,
      wait: nameOf(first.call),
      queue: nameOf(queue.call),
      place: { file: fn.file, fn: fn.fact.name, at: first.call.at },
    };
  }
  return null;
}

/** What a call waits for: a work item, or works of the kernel's that others queue by some calls. */
interface Drained {
  readonly item: Item | null;
  readonly by: ReadonlyMap<string, number>;
}

function drainedBy(program: Program, fn: FunctionEntry, call: Call): Drained | null {
  const known = drains.get(nameOf(call));
  if (known) return { item: null, by: known };
  const own = flushedBy(call);
  if (own !== null) return { item: { text: own, file: fn.file }, by: none };
  const helper = program.lookUp(fn.file, nameOf(call));
  const inside = helper ? callsOf(helper) : [];
  const text = inside.length === 1 ? flushedBy(inside[0]!) : null;
  return helper && text !== null ? { item: { text, file: helper.file }, by: none } : null;
}

const none: ReadonlyMap<string, number> = new Map();

function flushedBy(call: Call): string | null {
  const [item] = call.args;
  return flushes.includes(nameOf(call)) && item?.k === 'unary' && item.op === '&' ? printExpression(item.of) : null;
}

interface Calling {
  readonly fn: FunctionEntry;
  readonly call: Call;
  readonly drained: Drained;
}

/** Whether a call queues what has been waited for, and does not itself wait, do what that would, or go by what it is told. */
function mayQueue({ program, reach }: Means, { fn, call, drained: { item, by } }: Calling): boolean {
  const name = nameOf(call);
  if (!item) return by.get(name) === call.args.length;
  const helper = program.lookUp(fn.file, name);
  const held = namespaceLocals(program, fn, fn.fact.params);
  // By anything else it may be told whether to.
  if (!helper || call.args.some((arg) => arg.k !== 'id' || !held.has(arg.name))) return false;
  if (!queues(program, { fn, call, item }, held)) return false;
  const words = reach.from(helper.file, helper.fact.name, 'calls');
  const deeds = runnersOf(program, item.file, item.text).flatMap((each) => [each.name, ...deedsOf(program, each)]);
  return deeds.length > 0 && !deeds.some((each) => words.has(each)) && ![...words.keys()].some((each) => isWait(each));
}

/** Whether a call queues an item: that of the namespace that some variables hold, where it is one of a namespace's. */
function queues(
  program: Program,
  { fn, call, item }: Pick<Calling, 'fn' | 'call'> & { readonly item: Item },
  held: ReadonlySet<string>,
  deep = mostStepsToQueueing,
): boolean {
  const at = queueingWork.get(nameOf(call));
  const to = at === undefined ? undefined : call.args[at];
  if (to?.k === 'unary' && to.op === '&') {
    const isSame = new LaterItems(program).isKnownToBe(item, { text: printExpression(to.of), file: fn.file });
    const isVariable = memberOf(item.text) === null && fn.file === item.file;
    return isVariable ? printExpression(to.of) === item.text : isSame && held.has(rootInMemory(to.of) ?? '');
  }
  const callee = deep > 0 ? program.lookUp(fn.file, nameOf(call)) : undefined;
  if (!callee) return false;
  const given = callee.fact.params.filter((_, index) => {
    const arg = call.args[index];
    return arg?.k === 'id' && held.has(arg.name);
  });
  const inside = namespaceLocals(program, callee, given);
  const blocks = callee.fact.blocks ?? [];
  // Where anything decides over it, that may be what the exit has seen to.
  return blocks.some(
    (block, index) =>
      !blocks.some((_, asking) => asking !== index && decidesOver(blocks, asking, index)) &&
      callsIn(block).some((each) => queues(program, { fn: callee, call: each, item }, inside, deep - 1)),
  );
}

/** The program's own functions that another one calls. */
function deedsOf(program: Program, { file, name }: Named): string[] {
  const fn = program.resolveFunction(file, name);
  return (fn ? callsOf(fn) : []).map(nameOf).filter((each) => program.lookUp(file, each) !== undefined);
}

function isWait(word: string): boolean {
  return /^\w+$/.test(word) && (waiting.test(word) || queueWaits.includes(word));
}

/** Whether a call is one of the kernel's that waits for nothing. */
function isKernels(name: string, table: PairsByCall): boolean {
  return (
    asks.test(name) ||
    onlyTells(name) ||
    handsOn.has(name) ||
    steady.has(name) ||
    table.releases.has(name) ||
    name === 'net_generic'
  );
}

/** Whether some calls of a function may wait for what has been queued, or end it. */
function mayEnd(
  { program, reach, table }: Means,
  { fn, calls, drained: { item } }: Omit<Calling, 'call'> & { readonly calls: readonly Call[] },
): boolean {
  const isEnd = (call: Call): boolean => {
    const name = nameOf(call);
    if (name === '' || isWait(name) || drains.has(name)) return true;
    const callee = program.lookUp(fn.file, name);
    if (!callee) return !isKernels(name, table);
    const words = [...reach.from(callee.file, callee.fact.name, 'calls').keys()];
    return words.some((word) => isWait(word) || drains.has(word) || word === later.stops(item?.text ?? ''));
  };
  if (calls.some(isEnd)) return true;
  const asking = calls.filter((call) => !asks.test(nameOf(call)));
  const held = namespaceLocals(program, fn, fn.fact.params);
  return new StopSearch(program, table, memberOf(item?.text ?? '') ?? '').mayStop(fn, asking, held);
}

/** Whether a work item that runs after an exit finds the namespace's data, which is gone then. */
function isMissed({ program, reach }: Means, ops: OpsEntry, item: Item): boolean {
  const words = runnersOf(program, item.file, item.text).map(({ file, name }) => reach.from(file, name, 'calls'));
  // Who gives the namespace back holds it until then.
  if (words.some((each) => each.has('put_net') || each.has('put_net_track'))) return false;
  const id = idOf(program, ops);
  if (memberOf(item.text) !== null) return isOfNamespace(program, ops, item);
  return id !== undefined && words.some((each) => each.has(id));
}

/** Whether an item lies in the data of an ops: its init sets it up there. */
function isOfNamespace(program: Program, ops: OpsEntry, { text }: Item): boolean {
  const init = callbackOf(program, ops, 'init');
  const data = structOfData(ops.fact);
  return (init ? callsOf(init) : []).some(({ args: [first] }) => {
    const to = first?.k === 'unary' && first.op === '&' && first.of.k === 'field' ? first.of : undefined;
    if (!to?.arrow || memberOf(text) !== to.name) return false;
    return (to.of.k === 'id' && to.of.name === 'net') || structBehind(init?.fact, to.of) === `${data ?? ''}*`;
  });
}

/** Whether some calls assert something of the namespace, or of its data, in a file whose states the kernel's work takes down. */
function asserts(program: Program, fn: FunctionEntry, calls: readonly Call[]): boolean {
  const words = Object.values(program.facts(fn.file)?.mentions ?? {}).flat();
  if (!words.some((word) => /^xfrm6?_register_type\(\)$/.test(word))) return false;
  const held = namespaceLocals(program, fn, fn.fact.params);
  return calls.some(
    (call) =>
      /^(?:WARN|BUG)_ON/.test(nameOf(call)) && [...walkExpression(call)].some((e) => e.k === 'id' && held.has(e.name)),
  );
}

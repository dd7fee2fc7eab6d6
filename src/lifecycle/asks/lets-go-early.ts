import { successorsOf, walkExpression, type At, type Expr } from '../../facts/ir.ts';
import { later, ofWholeFile } from '../../facts/words.ts';
import type { FunctionEntry, OpsEntry, Program } from '../../program/program.ts';
import type { Reach } from '../../program/reach.ts';
import { allIn, callsOf, nameOf, within } from '../bodies/body.ts';
import { callbackOf, exitsOf } from '../bodies/callbacks-of.ts';
import { isAfter, sitesOf } from './freed-hooks.ts';
import { onlyTells, queueWaits } from '../bodies/known.ts';
import { LaterItems, type Item } from './later-items.ts';
import { blocksFrom } from '../bodies/loops.ts';
import { callsIn, type Call } from '../bodies/may-stop.ts';
import { namespaceLocals, valuesOfLocals } from '../bodies/namespace-locals.ts';
import { printExpression } from '../bodies/print.ts';
import { structBehind, structOfData } from '../bodies/structs.ts';
import type { Place } from '../paths/trace.ts';
import { memberIn, waitedCounters, type WaitedCounter } from './waited-counters.ts';

/** What runs later and counts itself out, for which an exit waits, before it is done with the namespace. */
export interface LetsGoEarly {
  /** The counter, by the structure in which it lies: `foo_net->count`. */
  readonly counter: string;
  /** The call that lets go, and where. */
  readonly call: string;
  readonly place: Place;
  /** What it uses after that. */
  readonly use: string;
  readonly usedAt: At;
}

/** An exit is followed into so many calls for what it waits for. */
const mostDeep = 1;

const lettingGo = /^(?:atomic(?:_long|64)?_(?:dec|sub)|refcount_(?:dec|sub))(?:_and_test|_return)?(?:_release)?$/;
const counting = /^(?:atomic(?:_long|64)?|refcount)_(?:inc|add|set)/;

/** What tells who waits: that it comes after the count is the common way to do it. */
const telling = /^(?:__|s)?wake_up|^complete|^up$/;

/** What gives a socket back that the kernel has opened itself, and that does not hold its namespace (net/socket.c). */
const closing = /^(?:sock_release|udp_tunnel_sock_release|kernel_sock_shutdown|inet_ctl_sock_destroy)$/;

/** What else an exit may wait by, or be held up: by then what has counted itself out may be done. */
const waiting =
  /synchronize_|barrier|sleep|wait|guard|(?:^|_)down(?:_|$)|(?:^|_)lock(?:_|$)|flush_|cancel_|kill|kthread_stop|destroy_workqueue/;

/** What else whoever runs later may say that it is done by, or be waited for by. */
const alsoDone =
  /^(?:complete\w*|(?:test_and_)?clear_bit\w*|up|up_(?:read|write)|percpu_\w+|kref_put|sock_put|dev_put|netdev_put|smp_store_release|WRITE_ONCE)$/;

/** A lock that is taken, by which an exit may wait. */
const locks = /(?:^|_)(?:lock|trylock)(?:_|$)|^down(?:_|$)|guard/;

/**
 * What a work item or a timer still does with a namespace when it has counted itself out of what an exit waits for: a socket
 * is closed by which it has found that, the ops' data is used. The exit may be done by then, and the core frees what it is
 * about (net/tipc/udp_media.c, cleanup_bearer()).
 */
export function letsGoEarly(program: Program, reach: Reach, ops: OpsEntry): LetsGoEarly | null {
  const data = structOfData(ops.fact);
  const exits = exitsOf(program, ops);
  const early = callbackOf(program, ops, 'pre_exit');
  if (data === undefined) return null;
  let runners: readonly Runner[] | undefined;
  // Behind pre_exit the core waits for readers, and another callback may wait for more.
  for (const exit of exits.filter((each) => each !== early))
    for (const fn of within(program, exit, mostDeep))
      for (const counter of lastOfEach(waitedCounters(fn.fact))) {
        if (counter.struct !== `${data}*` || mayWaitBehind(program, reach, fn, counter)) continue;
        // Another callback comes behind that one; who has called a helper that waits may go on to wait for more.
        const later = exits.filter((each) => each !== early && each !== exit);
        const after = [...(fn === exit ? [] : callsBehind(exit, fn.fact.name)), ...later.flatMap(callsOf)];
        if (mayWait(program, reach, exit, after)) continue;
        const getter = getterOf(fn, counter.pointer);
        runners ??= runnersIn(program);
        for (const runner of runners) {
          const found = inRunner(runner.fn, counter, getter);
          if (found && !isHeld(reach, runner.fn) && !isEnded(program, reach, exits, runner))
            return { ...found, counter: `${data}->${counter.member}` };
        }
      }
  return null;
}

/** Of each counter, by the pointer that names it, where it is waited for last. */
function lastOfEach(all: readonly WaitedCounter[]): Iterable<WaitedCounter> {
  return new Map(all.map((each) => [`${each.pointer}->${each.member}`, each])).values();
}

/** Whether a function waits for anything else after it has waited for a counter. */
function mayWaitBehind(program: Program, reach: Reach, fn: FunctionEntry, counter: WaitedCounter): boolean {
  const blocks = fn.fact.blocks ?? [];
  const [line, column] = counter.at;
  const reached = blocksFrom(blocks, successorsOf(blocks[counter.block]!));
  const behind = blocks.flatMap((block, index) => {
    const calls = callsIn(block);
    if (index === counter.block) return calls.filter(({ at }) => at[0] > line || (at[0] === line && at[1] > column));
    return reached.has(index) ? calls : [];
  });
  return mayWait(program, reach, fn, behind);
}

/** Whether some calls of a function may wait for anything. */
function mayWait(program: Program, reach: Reach, fn: FunctionEntry, calls: readonly Call[]): boolean {
  const held = namespaceLocals(program, fn, fn.fact.params);
  const isWait = (call: Call): boolean => {
    const name = nameOf(call);
    if (name === '' || waiting.test(name)) return true;
    const callee = program.lookUp(fn.file, name);
    // What was not read may wait for all that is about the namespace.
    if (!callee && call.args.some((arg) => arg.k === 'id' && held.has(arg.name))) return true;
    const words = callee ? [...reach.from(callee.file, callee.fact.name, 'calls').keys()] : [];
    return words.some((word) => /^\w+$/.test(word) && waiting.test(word));
  };
  return calls.filter((call) => !isPassing(call)).some(isWait);
}

/** The calls of a function that come behind one of another; all of them where that is not known. */
function callsBehind({ fact }: FunctionEntry, name: string): readonly Call[] {
  const blocks = fact.blocks ?? [];
  const sites = sitesOf(blocks);
  const from = sites.find(({ call }) => nameOf(call) === name);
  return sites.filter((each) => !from || (each !== from && isAfter(blocks, from, each))).map(({ call }) => call);
}

/** What a loop that waits calls to let others run. */
function isPassing(call: Call): boolean {
  return /^(?:cond_resched|schedule\w*|m?sleep|msleep\w*|usleep_range|fsleep|cpu_relax|yield|might_sleep)$/.test(
    nameOf(call),
  );
}

/** The function by which a function gets at what a pointer of its own points at: `tipc_net(net)`. */
function getterOf(fn: FunctionEntry, pointer: string): string | null {
  const [value, ...others] = valuesOfLocals(fn).get(pointer) ?? [];
  return value?.k === 'call' && others.length === 0 && nameOf(value) !== 'net_generic' ? nameOf(value) : null;
}

/** What runs later, and the function that it runs. */
interface Runner {
  readonly item: Item;
  readonly fn: FunctionEntry;
}

function runnersIn(program: Program): Runner[] {
  return program.fileNames().flatMap((file) =>
    (program.facts(file)?.mentions[ofWholeFile] ?? []).flatMap((word) => {
      const [, text, name] = /^(\w[\w.>-]*)=(\w+)$/.exec(word) ?? [];
      const fn = name === undefined ? undefined : program.resolveFunction(file, name);
      return fn && text !== undefined ? [{ item: { text, file }, fn }] : [];
    }),
  );
}

/**
 * Whether exits end what runs later, or wait for it: by its name, or for all that a workqueue holds. What is left to the
 * system's workqueue is on no other one.
 */
function isEnded(program: Program, reach: Reach, exits: readonly FunctionEntry[], { item }: Runner): boolean {
  const items = new LaterItems(program);
  const ends = [later.stops(''), later.waits(''), later.drops('')];
  const isLeft = (program.facts(item.file)?.mentions[ofWholeFile] ?? []).includes(later.leaves(item.text));
  const isEnd = (word: string, file: string): boolean =>
    ends.some((by) => word.startsWith(by)) && mayBe(items, item, word, file);
  // Who takes down a device or a socket of the namespace may wait for it before.
  const isAnywhere = Object.values(program.facts(item.file)?.mentions ?? {}).some((words) =>
    words.some((word) => isEnd(word, item.file)),
  );
  return (
    isAnywhere ||
    exits.some(({ file, fact }) => {
      const words = reach.from(file, fact.name, 'calls');
      const waits = isLeft ? ['flush_scheduled_work'] : queueWaits;
      if (waits.some((each) => words.has(each))) return true;
      return [...words].some(([word, way]) => (isLeft && /^system_\w*wq$/.test(word)) || isEnd(word, way.file));
    })
  );
}

function mayBe(items: LaterItems, item: Item, word: string, file: string): boolean {
  return word.slice(1) === item.text || items.isAbout(item, word, file);
}

function inRunner(
  fn: FunctionEntry,
  { member, struct }: WaitedCounter,
  getter: string | null,
): Omit<LetsGoEarly, 'counter'> | null {
  const blocks = fn.fact.blocks ?? [];
  const sites = sitesOf(blocks);
  const isOf = (e: Expr): boolean =>
    structBehind(fn.fact, e) === struct || (e.k === 'call' && getter !== null && nameOf(e) === getter);
  const isCounter = ({ args: [first] }: Call): boolean => {
    const of = memberIn(first);
    return of?.name === member && isOf(of.of);
  };
  // Who counts itself in again is not done.
  if (sites.some(({ call }) => counting.test(nameOf(call)) && isCounter(call))) return null;
  const gone = sites.filter(({ call }) => lettingGo.test(nameOf(call)) && isCounter(call));
  const [first] = gone;
  if (!first || gone.length > 1 || callsOf(fn).some((call) => /^(?:get|put|maybe_get)_net/.test(nameOf(call))))
    return null;
  // It may be waited for by something else as well: another count, a lock that it holds meanwhile.
  const isOtherwise = sites.some(({ call, ...at }) => {
    const name = nameOf(call);
    if (call === first.call) return false;
    return alsoDone.test(name) || lettingGo.test(name) || (locks.test(name) && isAfter(blocks, at, first));
  });
  if (isOtherwise || [...allIn(fn)].some((e) => e.k === 'id' && e.name === 'init_net')) return null;
  const owner = memberIn(first.call.args[0])!.of;
  const holders = owner.k === 'id' ? (valuesOfLocals(fn).get(owner.name) ?? []) : [owner];
  const found = holders.map(printExpression).join();
  const use = sites.find(({ call, ...at }) => {
    if (call === first.call || !isAfter(blocks, first, at) || telling.test(nameOf(call))) return false;
    const [socket] = call.args;
    if (closing.test(nameOf(call)) && socket) return found.includes(`${printExpression(socket)}->`);
    // A log that only shows where it lies does not look into it.
    const looked = onlyTells(nameOf(call)) ? call.args.filter((arg) => arg.k !== 'id') : call.args;
    return looked.some((arg) => usesData(arg, isOf));
  });
  return use
    ? {
        call: nameOf(first.call),
        place: { file: fn.file, fn: fn.fact.name, at: first.call.at },
        use: printExpression(use.call),
        usedAt: use.call.at,
      }
    : null;
}

/** Whether an expression is what a pointer to the data leads to: of the pointer itself it is not known what becomes. */
function usesData(e: Expr, isOf: (e: Expr) => boolean): boolean {
  return [...walkExpression(e)].some((each) => each.k === 'field' && each.arrow && isOf(each.of));
}

/** Whether what runs holds the namespace until it is done. */
function isHeld(reach: Reach, { file, fact }: FunctionEntry): boolean {
  const words = reach.from(file, fact.name, 'calls');
  return words.has('put_net') || words.has('put_net_track');
}

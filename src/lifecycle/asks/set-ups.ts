import { expressionsOf, walkExpression, type Block, type Expr } from '../../facts/ir.ts';
import type { FunctionEntry, Program } from '../../program/program.ts';
import { canReach } from '../bodies/loops.ts';
import { namespaceLocals } from '../bodies/namespace-locals.ts';
import { printExpression } from '../bodies/print.ts';
import type { PairsByCall } from '../resources/index.ts';
import { structBehind } from '../bodies/structs.ts';
import type { Place } from '../paths/trace.ts';

/** Functions farther away are not looked into. */
const mostCalls = 2;

/** A member of a namespace's data that a function makes usable. */
export interface SetUp {
  /** The member by the structure that it is in: `foo_net->table`. */
  readonly member: string;
  /** As the function writes it: `fn->table`. */
  readonly text: string;
  /** A pointer that is set, to memory or another thing that a call makes; or a part of the data that a call sets up. */
  readonly kind: 'pointer' | 'thing' | 'part';
  /** By which call; null where it is just set. */
  readonly call: string | null;
  readonly place: Place;
}

/** Stands for any structure that a namespace's data may be. */
const anyStruct = '*';

/** What a function does with a namespace's data, in the order of its text. */
interface Doing extends Where {
  readonly setUps: readonly SetUp[];
  /** Members that are written, or whose address is passed on, be it set up by that or not. */
  readonly touched: readonly string[];
  /** Structures that are passed to what was not read. */
  readonly unknown: readonly string[];
}

interface Where {
  readonly block: number;
  readonly order: number;
}

/**
 * Calls without which a part of zeroed memory makes who uses it crash. Not of them: locks that spin, which are free when
 * they are zero, and hlists, which are empty then (include/linux/list.h, mutex.h, wait.h, workqueue.h).
 */
const settingUp =
  /^(?:INIT_LIST_HEAD(?:_RCU)?|INIT_(?:DELAYED_|DEFERRABLE_|RCU_)?WORK|(?:__)?mutex_init|init_rwsem|init_waitqueue_head|init_swait_queue_head|init_completion|(?:__)?skb_queue_head_init|sema_init|tasklet_setup|tasklet_init|timer_setup|setup_timer|hrtimer_init|hrtimer_setup|init_srcu_struct|kthread_init_work|kthread_init_worker)$/;

/** What a function, and what it calls, does with a namespace's data; `held` are the variables that lead to that. */
export function setUpsAround(
  program: Program,
  table: PairsByCall,
  steps: readonly Place[],
): { readonly after: readonly SetUp[]; readonly before: (setUp: SetUp) => boolean } | null {
  const after: SetUp[] = [];
  const touched = new Set<string>();
  const unknown = new Set<string>();
  const walk = new Walk(program, table);
  let held: ReadonlySet<string> | null = null;
  // That the callback itself is called stands at its name.
  const ways = steps.filter(({ file, fn, at }) => program.functionById(`${file}#${fn}`)?.fact.at.join() !== at.join());
  for (const [depth, way] of ways.entries()) {
    const fn = program.functionById(`${way.file}#${way.fn}`);
    const blocks = fn?.fact.blocks;
    if (!fn || !blocks) return null;
    held ??= new Set(fn.fact.params.slice(0, 1));
    const all = namespaceLocals(program, fn, held);
    const call = callAt(blocks, way);
    if (!call) return null;
    if (isLocked(blocks, call)) return null;
    for (const doing of walk.of(fn, all, mostCalls)) {
      if (doing.block === call.block && doing.order === call.order) continue;
      if (isAfter(blocks, call, doing)) {
        if (isCertain(blocks, doing.block)) after.push(...doing.setUps);
      } else {
        for (const each of doing.touched) touched.add(each);
        for (const each of doing.unknown) unknown.add(each);
      }
    }
    const callee =
      depth + 1 < ways.length ? program.functionById(`${ways[depth + 1]!.file}#${ways[depth + 1]!.fn}`) : null;
    held = callee ? walk.given(callee, call.e, all) : held;
  }
  const isBefore = ({ member }: SetUp): boolean => {
    const struct = member.replace(/->.*$/, '');
    const isIn = (each: string): boolean =>
      member === each || member.startsWith(`${each}.`) || each.startsWith(`${member}.`);
    return unknown.has(struct) || unknown.has(anyStruct) || [...touched].some(isIn);
  };
  return { after, before: isBefore };
}

class Walk {
  private readonly running = new Set<string>();

  constructor(
    private readonly program: Program,
    private readonly table: PairsByCall,
  ) {}

  of(fn: FunctionEntry, held: ReadonlySet<string>, calls: number): readonly Doing[] {
    const blocks = fn.fact.blocks ?? [];
    return inOrder(blocks).flatMap(({ e, block, order }) => {
      const doing = this.doneBy(fn, e, held, calls);
      return doing ? [{ ...doing, block, order }] : [];
    });
  }

  /** The parameters of a function by which a call passes a namespace or its data. */
  given({ fact }: FunctionEntry, { args }: Expr & { k: 'call' }, held: ReadonlySet<string>): ReadonlySet<string> {
    return new Set(
      fact.params.filter((_, at) => {
        const arg = args[at];
        return (
          arg !== undefined &&
          (isHeld(arg, held) || (arg.k === 'unary' && arg.op === '&' && rootOf(arg.of, held) !== null))
        );
      }),
    );
  }

  private doneBy(
    fn: FunctionEntry,
    e: Expr,
    held: ReadonlySet<string>,
    calls: number,
  ): Omit<Doing, keyof Where> | null {
    const memberOf = (of: Expr): string | null => memberIn(fn, of, held);
    const placeOf = ({ at }: Expr): Place => ({ file: fn.file, fn: fn.fact.name, at });
    // What is set as a whole, or by way of what a call yields, may be any of its members.
    if (e.k === 'assign' && e.op === '=' && isWholeOrFound(e.to, held))
      return { setUps: [], touched: [], unknown: [anyStruct] };
    if (e.k === 'assign') {
      const member = e.op === '=' ? memberOf(e.to) : null;
      if (member === null) return null;
      return { setUps: this.setBy(e, member, placeOf), touched: isNothing(e.from) ? [] : [member], unknown: [] };
    }
    if (e.k !== 'call' || e.fn.k !== 'id') return null;
    const { name } = e.fn;
    const { args } = e;
    if (publishing.test(name)) {
      const member = args[0] ? memberOf(args[0]) : null;
      if (member === null || !args[1]) return null;
      const set = { ...e, k: 'assign', op: '=', to: args[0]!, from: args[1] } as const;
      return { setUps: this.setBy(set, member, placeOf), touched: [member], unknown: [] };
    }
    const passed = args.flatMap((arg) => (arg.k === 'unary' && arg.op === '&' ? (memberOf(arg.of) ?? []) : []));
    const pair = this.table.acquires.get(name);
    const isPart = settingUp.test(name) || (pair?.used === true && pair.of !== 'result' && pair.of !== 'fixed');
    const part = isPart ? args[pair && pair.of !== 'result' && pair.of !== 'fixed' ? (pair.of[0] ?? 0) : 0] : undefined;
    const member = part?.k === 'unary' && part.op === '&' ? memberOf(part.of) : null;
    const own: SetUp[] =
      member !== null && part
        ? [{ member, text: printExpression(part).replace(/^&/, ''), kind: 'part', call: name, place: placeOf(e) }]
        : [];
    const callee = this.program.lookUp(fn.file, name);
    if (!callee?.fact.blocks || calls === 0 || this.running.has(callee.id)) {
      const whole =
        pair || (callee === undefined && isKnownToKeep.test(name))
          ? []
          : args.flatMap((arg) => structHeld(fn, arg, held) ?? []);
      return { setUps: own, touched: [...passed, ...(member === null ? [] : [member])], unknown: whole };
    }
    const inside = this.given(callee, e, held);
    if (inside.size === 0) return { setUps: own, touched: passed, unknown: [] };
    this.running.add(callee.id);
    const all = this.of(callee, namespaceLocals(this.program, callee, inside), calls - 1);
    this.running.delete(callee.id);
    const blocks = callee.fact.blocks;
    return {
      setUps: [...own, ...all.flatMap((each) => (isCertain(blocks, each.block) ? each.setUps : []))],
      touched: [...passed, ...all.flatMap((each) => each.touched)],
      unknown: all.flatMap((each) => each.unknown),
    };
  }

  private setBy({ to, from, at }: Expr & { k: 'assign' }, member: string, placeOf: (e: Expr) => Place): SetUp[] {
    if (isNothing(from)) return [];
    const call = from.k === 'call' && from.fn.k === 'id' ? from.fn.name : null;
    const pair = call === null ? undefined : this.table.acquires.get(call);
    const kind = pair?.of === 'result' ? 'thing' : 'pointer';
    return [{ member, text: printExpression(to), kind, call, place: placeOf(call === null ? { ...to, at } : from) }];
  }
}

const publishing = /^(?:rcu_assign_pointer|RCU_INIT_POINTER|WRITE_ONCE|smp_store_release)$/;
/** What does nothing to what it is passed but look at it. */
const isKnownToKeep = /^(?:net_generic|dev_net|net_eq|pr_\w+|printk|IS_ERR\w*|PTR_ERR\w*|memset)$/;

/** The member of a namespace's data that an expression is, by the structure that it is in. */
function memberIn(fn: FunctionEntry, e: Expr, held: ReadonlySet<string>): string | null {
  const root = rootOf(e, held);
  const struct = root && structOf(fn, root);
  return root && struct ? `${struct}->${pathIn(e)}` : null;
}

function structOf(fn: FunctionEntry, root: Expr & { k: 'id' }): string | null {
  const struct = structBehind(fn.fact, root)?.replace(/\*$/, '');
  return struct ?? (root.name === 'net' ? 'net' : null);
}

/** The structure of a namespace's data that is passed as a whole; the namespace itself is passed everywhere. */
function structHeld(fn: FunctionEntry, e: Expr, held: ReadonlySet<string>): string | null {
  const struct = e.k === 'id' && held.has(e.name) ? structOf(fn, e) : null;
  return struct === 'net' ? null : struct;
}

function rootOf(e: Expr, held: ReadonlySet<string>): (Expr & { k: 'id' }) | null {
  if (e.k !== 'field') return null;
  if (e.of.k === 'id') return e.arrow && held.has(e.of.name) ? e.of : null;
  return e.arrow ? null : rootOf(e.of, held);
}

/** `*fn = template`, `foo_pernet(net)->table = table` */
function isWholeOrFound(to: Expr, held: ReadonlySet<string>): boolean {
  if (to.k === 'unary') return to.op === '*' && isHeld(to.of, held);
  return to.k === 'field' && (to.of.k === 'call' || isWholeOrFound(to.of, held));
}

function pathIn(e: Expr): string {
  if (e.k !== 'field') return '';
  const of = pathIn(e.of);
  return of === '' ? e.name : `${of}.${e.name}`;
}

function isHeld(e: Expr, held: ReadonlySet<string>): boolean {
  return e.k === 'id' && held.has(e.name);
}

function isNothing(e: Expr): boolean {
  return (e.k === 'num' && e.value === 0) || (e.k === 'id' && (e.name === 'NULL' || e.name === 'false'));
}

type Ordered = Where & { readonly e: Expr };

/** All expressions of a function, those inside of others before these. */
function inOrder(blocks: readonly Block[]): readonly Ordered[] {
  return blocks.flatMap((each, block) =>
    [...expressionsOf([each])].flatMap((whole) => [...walkExpression(whole)]).map((e, order) => ({ e, block, order })),
  );
}

function callAt(blocks: readonly Block[], { at }: Place): (Where & { readonly e: Expr & { k: 'call' } }) | null {
  const found = inOrder(blocks).find(({ e }) => e.k === 'call' && e.at[0] === at[0] && e.at[1] === at[1]);
  return found?.e.k === 'call' ? { ...found, e: found.e } : null;
}

function isAfter(blocks: readonly Block[], call: Where, other: Where): boolean {
  return call.block === other.block ? other.order > call.order : !canReach(blocks, other.block, call.block);
}

/** Whether each way to a return that is no error goes through a block. */
function isCertain(blocks: readonly Block[], through: number): boolean {
  const ends = blocks.flatMap(({ end }, at) => (end.e === 'return' ? [{ at, value: end.value }] : []));
  const good = ends.filter(({ value }) => value === null || (value.k === 'num' && value.value === 0));
  return (good.length > 0 ? good : ends).every(({ at }) => at === through || !canReach(blocks, at, through));
}

const locking =
  /^(?:mutex_lock|rtnl_lock|rtnl_net_lock|spin_lock|write_lock|down_write|down_read|lock_sock)(?!\w*_init$)/;
const unlocking =
  /^(?:mutex_unlock|rtnl_unlock|rtnl_net_unlock|spin_unlock|write_unlock|up_write|up_read|release_sock)/;

/** Whether a call may lie between a lock and its end: who takes that as well waits. */
function isLocked(blocks: readonly Block[], call: Where): boolean {
  const before = inOrder(blocks).filter((each) => isBefore(blocks, each, call));
  const last = before.findLast(
    ({ e }) => nameOf(e) !== null && (locking.test(nameOf(e)!) || unlocking.test(nameOf(e)!)),
  );
  return last !== undefined && locking.test(nameOf(last.e)!);
}

function isBefore(blocks: readonly Block[], one: Where, other: Where): boolean {
  return one.block === other.block
    ? one.order < other.order
    : one.block < other.block && canReach(blocks, other.block, -1);
}

function nameOf(e: Expr): string | null {
  return e.k === 'call' && e.fn.k === 'id' ? e.fn.name : null;
}

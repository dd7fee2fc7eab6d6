import { expressionsOf, walkExpression, type At, type Block, type Expr } from '../../facts/ir.ts';
import type { FunctionEntry, Id, OpsEntry, Program } from '../../program/program.ts';
import { callbackOf } from '../bodies/callbacks-of.ts';
import { asksWhich } from '../bodies/first-namespace.ts';
import { mentions } from '../bodies/joins.ts';
import { bodyOf, decidesOver } from '../bodies/loops.ts';
import { callsIn, type Call } from '../bodies/may-stop.ts';
import { reachedFrom } from '../bodies/known.ts';
import { valuesOfLocals } from '../bodies/namespace-locals.ts';
import { speaksOfFirst } from './of-init-net.ts';
import { allIn, nameOf } from '../bodies/body.ts';
import { printExpression } from '../bodies/print.ts';
import { isNothing } from '../bodies/settings.ts';
import { structBehind } from '../bodies/structs.ts';

/** A call by which an exit callback takes away what init_net has, which it names; or what is set to NULL in that. */
export interface NamedInitNet {
  readonly call: string;
  readonly at: At;
  /** Whether it would be brought to init_net, where it is. */
  readonly isMove?: true;
}

type Assign = Expr & { readonly k: 'assign' };

/** What takes something away for good, by its name; not what gives back a reference, nor what tells others of it. */
const takesAway =
  /(?:^|_)(?:unregister\w*|deregister|deinit|destroy|k?v?free\w*|exit|fini|cleanup|kill|queue_purge|retire|teardown)(?:_|$)/;
const tellsOthers =
  /lock|notif|event|send|msg|trace|log|audit|emit|report|timer|sched|queue_work|mark|fasync|wake|note|_ref_/;
/** What is no longer wanted by anybody, or is there to be found anew, by its name: it may be all namespaces'. */
const unwanted = /(?:^|_)(?:unused|stale|expired|old|idle|some|dead|gc|lru|cached?)(?:_|$)/;
/** Asks what a pointer is. */
const asksPointer = /^(?:IS_ERR(?:_OR_NULL)?|(?:un)?likely)$/;
/** Takes an element out of a list. */
export const takesOff = /^(?:h?list_del(?:_init|_rcu|_init_rcu)?|rb_erase(?:_cached)?)$/;

/**
 * A call by which an exit callback of an ops takes away what it names as init_net's (`retire_sysctl_set(&init_net.sysctls)`,
 * a loop over a list of init_net's), whichever namespace dies: whatever it asks, and with nothing in the call that is not
 * the same for all. Null where it, or what init leads to, speaks of init_net in any other way: it may ask which namespace it is.
 */
export function namedInitNet(program: Program, ops: OpsEntry, fn: FunctionEntry): NamedInitNet | null {
  const blocks = fn.fact.blocks ?? [];
  const init = callbackOf(program, ops, 'init');
  if (speaksOfFirst(fn) !== 1) return null;
  if (init && [...reachedFrom(program, [init.id])].some(speaksOfIt(program)) && !isSetUpForAll(init, fn)) return null;
  const own = new Set([...fn.fact.params, ...localsOf(blocks)]);
  const isOfOwn = (e: Expr): boolean => [...own].some((name) => mentions(e, name));
  const found = blocks.flatMap((block, index) => {
    const { steps, end } = block;
    const called = steps.flatMap((step) => (step.s === 'eval' && step.of.k === 'call' ? [step.of] : []));
    const call = called.find(({ args }) => args.some((arg) => mentions(arg, 'init_net')));
    if (call) {
      const isTold = isTaking(program, fn, call) && !isOfOwn(call) && !call.args.some(namesUnwanted);
      return isTold && isAlways(blocks, index) ? [call] : [];
    }
    if (end.e !== 'each' || !end.args.slice(1).some((arg) => mentions(arg, 'init_net'))) return [];
    if (end.args.some(namesUnwanted)) return [];
    const inside = bodyOf(blocks, index, end.body).map((at) => blocks[at]!);
    const isPlain = inside.every((each) => each.end.e === 'goto');
    const isForOwn = [...expressionsOf(inside)].some((e) => fn.fact.params.some((name) => mentions(e, name)));
    const cursors = end.args.slice(0, 2);
    const isTaken = (each: Call): boolean =>
      takesOff.test(nameOf(each)) ||
      (isTaking(program, fn, each) &&
        cursors.some((cursor) => cursor.k === 'id' && mentions(each.args[0]!, cursor.name)));
    const taken =
      inside.flatMap(callsIn).find((each) => each.args.length > 0 && isTaken(each)) ??
      inside
        .flatMap(({ steps: each }) => each.flatMap((step) => (step.s === 'eval' ? step.of : [])))
        .find(isCutOff(cursors));
    return taken && isPlain && !isForOwn && isAlways(blocks, index) ? [taken] : [];
  });
  const [first] = found;
  if (!first) return null;
  return {
    call: first.k === 'call' ? `${nameOf(first)}()` : `setting ${printExpression(first.to)} to NULL`,
    at: first.at,
  };
}

/** Whether a function, by its name, speaks of the first namespace. */
export function speaksOfIt(program: Program): (id: Id) => boolean {
  return (id) => {
    const fn = program.functionById(id);
    return fn !== undefined && asksWhich(fn);
  };
}

/** Whether an element of a loop is told that its namespace is gone: `link->net = NULL`. */
function isCutOff(cursors: readonly Expr[]): (e: Expr) => e is Assign {
  const names = cursors.flatMap((cursor) => (cursor.k === 'id' ? cursor.name : []));
  return (e): e is Assign =>
    e.k === 'assign' &&
    e.to.k === 'field' &&
    e.to.of.k === 'id' &&
    names.includes(e.to.of.name) &&
    e.to.name === 'net' &&
    isNothing(e.from);
}

/**
 * Whether an init by itself sets up for whatever namespace, and first of all, the member that an exit names as init_net's:
 * `fqdir_init(&net->ipv6.fqdir)`. Who else is asked there for init_net does not matter to that.
 */
function isSetUpForAll(init: FunctionEntry, exit: FunctionEntry): boolean {
  const blocks = init.fact.blocks ?? [];
  const [net] = init.fact.params;
  if (net === undefined || asksWhich(init)) return false;
  const named = [...allIn(exit)].flatMap((e) => memberOfFirst(e) ?? []);
  const places = named.map((member) => `${net}->${member}`);
  return blocks
    .slice(0, 1)
    .some((block) =>
      [...expressionsOf([block])].some((whole) =>
        [...walkExpression(whole)].some(
          (e) => e.k === 'call' && e.args.some((arg) => places.includes(printExpression(arg).replace(/^&/, ''))),
        ),
      ),
    );
}

/** The member of init_net that an expression is: `ipv6.fqdir`. */
function memberOfFirst(e: Expr): string | null {
  return e.k === 'field' ? (/^init_net\.([\w.]+)$/.exec(printExpression(e))?.[1] ?? null) : null;
}

/** What a function has by a name of its own, the cursors of its loops and what macros declare (`LIST_HEAD(kill)`) included. */
export function localsOf(blocks: readonly Block[]): string[] {
  const named = (args: readonly Expr[]): string[] => args.flatMap((arg) => (arg.k === 'id' ? arg.name : []));
  return blocks.flatMap((block) => [
    ...block.steps.flatMap((step) => (step.s === 'declare' ? step.name : [])),
    ...callsIn(block).flatMap((call) => (/^[A-Z_]+$/.test(nameOf(call)) ? named(call.args) : [])),
    ...(block.end.e === 'each' ? named(block.end.args) : []),
  ]);
}

/** Whether a call takes something away by its name, and its body, where it is at hand, whatever that asks of what is there. */
export function isTaking(program: Program, fn: FunctionEntry, call: Call): boolean {
  const name = nameOf(call);
  if (name === '' || tellsOthers.test(name) || !takesAway.test(name) || isUnwanted(name)) return false;
  const callee = program.lookUp(fn.file, name);
  return (callee?.fact.blocks ?? []).every(
    ({ end }) => end.e !== 'branch' || end.loop === true || isOfLocals(callee!, end.on),
  );
}

/** Whether a name is of what nobody wants any more: `foo_free_unused()`, `fn->gc`. */
export function isUnwanted(name: string): boolean {
  return unwanted.test(name);
}

/** Whether a place is named after that: `&init_net.foo.dead[type]`. */
function namesUnwanted(e: Expr): boolean {
  return printExpression(e).split(/\W+/).some(isUnwanted);
}

/** Whether a condition is one on what a walk has found, in locals of a function alone: no count, nothing of its parameters. */
function isOfLocals(fn: FunctionEntry, on: Expr): boolean {
  const { params } = fn.fact;
  const values = valuesOfLocals(fn);
  const isOwn = (e: Expr): boolean =>
    e.k === 'id' && !params.includes(e.name) && (values.get(e.name) ?? []).every((value) => isWalking(value, params));
  const called = new Set([...walkExpression(on)].flatMap((e) => (e.k === 'call' ? [e.fn] : [])));
  // A number or a flag may be a count of who is there.
  const isElement = (e: Expr): boolean => isOwn(e) && structBehind(fn.fact, e) !== undefined;
  return (
    [...walkExpression(on)].some(isElement) &&
    [...walkExpression(on)].every(
      (e) =>
        (e.k !== 'id' || called.has(e) || isElement(e)) &&
        (e.k !== 'call' || asksPointer.test(nameOf(e))) &&
        e.k !== 'field' &&
        e.k !== 'update',
    )
  );
}

/** Whether a value is what a call gives that is passed nothing of some parameters: an element that an iterator has come to. */
function isWalking(value: Expr, params: readonly string[]): boolean {
  return (
    isNothing(value) ||
    (value.k === 'call' &&
      [...walkExpression(value)].every(
        (e) => e.k !== 'field' && e.k !== 'update' && !(e.k === 'id' && params.includes(e.name)),
      ))
  );
}

/** Whether a block is come to once, or for each of a number that is the same for all, whatever a function asks. */
export function isAlways(blocks: readonly Block[], target: number): boolean {
  return blocks.every(({ end }, asking) => {
    if (end.e !== 'switch' && end.e !== 'branch') return true;
    return (end.e === 'branch' && end.loop === true && isCounting(end.on)) || !decidesOver(blocks, asking, target);
  });
}

/** `type < FOO_TYPES`, `i < ARRAY_SIZE(foo_tables)`. */
function isCounting(on: Expr): boolean {
  if (on.k !== 'binary' || on.op !== '<' || on.l.k !== 'id') return false;
  const { r } = on;
  return r.k === 'num' || (r.k === 'id' && /^[A-Z]/.test(r.name)) || (r.k === 'call' && nameOf(r) === 'ARRAY_SIZE');
}

import { expressionsOf, walkExpression, type Expr } from '../../facts/ir.ts';
import { withFirst } from '../../facts/words.ts';
import type { FunctionEntry, OpsEntry, Program } from '../../program/program.ts';
import { nameOf } from '../bodies/body.ts';
import { callbackOf, exitsOf } from '../bodies/callbacks-of.ts';
import { asksWhich, takesPart } from '../bodies/first-namespace.ts';
import { mentions } from '../bodies/joins.ts';
import { idOf, reachedFrom } from '../bodies/known.ts';
import { bodyOf } from '../bodies/loops.ts';
import { callsIn, type Call } from '../bodies/may-stop.ts';
import { isAlways, isTaking, localsOf, speaksOfIt, takesOff, type NamedInitNet } from './named-init-net.ts';
import { valuesOfLocals } from '../bodies/namespace-locals.ts';
import { isInitNet, speaksOfFirst } from './of-init-net.ts';
import { isData } from '../bodies/pointer-size.ts';
import { printExpression } from '../bodies/print.ts';
import { memberIn } from '../bodies/settings.ts';

/** Getters of an ops' data are followed so far, one called by the other. */
const mostDeep = 2;
/** Sets something up, by its name. */
const setsUp = /(?:^|_)(?:init|create|alloc|setup|register)(?:_|$)/i;

/**
 * A call by which an exit callback takes away what it has found in init_net by a getter, which it keeps in a local, while init
 * by the same getter, and first of all, sets that up in each namespace: `struct foo_net *fn = foo_of(&init_net);`
 * `fqdir_exit(fn->fqdir)`. What else either does with its own namespace does not matter to that.
 */
export function takenByGetter(program: Program, ops: OpsEntry, fn: FunctionEntry): NamedInitNet | null {
  const init = callbackOf(program, ops, 'init');
  const [net] = init?.fact.params ?? [];
  if (!init || net === undefined || asksWhich(init) || speaksOfFirst(fn) !== 1) return null;
  const held = [...valuesOfLocals(fn)].flatMap(([name, [value, ...others]]) =>
    value && others.length === 0 && isGot(program, { ops, fn, value }) ? [{ name, value }] : [],
  )[0];
  if (!held) return null;
  const same = printExpression(held.value).replace('&init_net', net);
  const own = [...valuesOfLocals(init)].find(
    ([, values]) => values.length === 1 && values.every((value) => printExpression(value) === same),
  )?.[0];
  const blocks = fn.fact.blocks ?? [];
  const setUp = own === undefined ? [] : setUpIn(program, { init, local: own });
  const theirs = [...fn.fact.params, ...localsOf(blocks)].filter((name) => name !== held.name);
  for (const [index, { steps }] of blocks.entries())
    for (const step of steps) {
      const call = step.s === 'eval' && step.of.k === 'call' ? step.of : null;
      const place = placeIn(call?.args[0], held.name);
      if (!call || place === null || !setUp.includes(place) || !isAlways(blocks, index)) continue;
      // What takes one of many is told which.
      if (call.args.length > 1 || theirs.some((name) => mentions(call, name)) || !isTaking(program, fn, call)) continue;
      if (isShared(program, { ops, fn, member: memberIn(call.args[0]) })) continue;
      return { call: `${nameOf(call)}()`, at: call.at };
    }
  return null;
}

/** Whether a value is what lies in init_net: an ops' data, or what a function returns that has nothing else to do. */
function isGot(
  program: Program,
  { ops, fn, value }: { readonly ops: OpsEntry; readonly fn: FunctionEntry; readonly value: Expr },
): boolean {
  if (value.k !== 'call' || !value.args.some(isInitNet)) return false;
  const id = idOf(program, ops);
  if (id !== undefined && isData(program, fn, value, id, mostDeep)) return true;
  if (value.args.length > 1 || nameOf(value) === '') return false;
  const getter = program.lookUp(fn.file, nameOf(value));
  // One of a header that is not read: init has by it what it sets up in each namespace.
  if (!getter) return true;
  const [net] = getter.fact.params;
  const returned = (getter.fact.blocks ?? []).flatMap(({ end }) =>
    end.e === 'return' && end.value ? [end.value] : [],
  );
  const [only] = returned;
  return net !== undefined && returned.length === 1 && !!only && placeIn(only, net) !== null;
}

/** The place in what a local points at that an expression is, or has the address of: `a.list` of `&fn->a.list`. */
function placeIn(e: Expr | undefined, local: string): string | null {
  if (!e) return null;
  const of = e.k === 'unary' && e.op === '&' ? e.of : e;
  const text = printExpression(of);
  return of.k === 'field' && text.startsWith(`${local}->`) ? text.slice(local.length + 2) : null;
}

/** The places in what a local of an init points at that calls set up there first of all, for whatever namespace, by their names. */
function setUpIn(
  program: Program,
  { init, local }: { readonly init: FunctionEntry; readonly local: string },
): string[] {
  const [first] = init.fact.blocks ?? [];
  const setsUpAny = (e: Call): boolean => {
    const callee = program.lookUp(init.file, nameOf(e));
    return setsUp.test(nameOf(e)) && !(callee && [...reachedFrom(program, [callee.id])].some(speaksOfIt(program)));
  };
  return [...expressionsOf(first ? [first] : [])].flatMap((whole) =>
    [...walkExpression(whole)].flatMap((e) =>
      e.k === 'call' && setsUpAny(e) ? e.args.flatMap((arg) => placeIn(arg, local) ?? []) : [],
    ),
  );
}

/**
 * A call by which an exit callback empties a list that init_net has, whichever namespace dies, where init sets up such a list
 * in each: `cgw_remove_all_jobs(&init_net)`. Its body tells so: it goes through the list, and takes off all that it finds.
 */
export function emptiedOfFirst(program: Program, ops: OpsEntry, fn: FunctionEntry): NamedInitNet | null {
  const blocks = fn.fact.blocks ?? [];
  const init = callbackOf(program, ops, 'init');
  if (!init || speaksOfFirst(fn) !== 1 || [...reachedFrom(program, [init.id])].some(speaksOfIt(program))) return null;
  for (const [index, { steps }] of blocks.entries())
    for (const step of steps) {
      const call = step.s === 'eval' && step.of.k === 'call' ? step.of : null;
      const [first, ...others] = call?.args ?? [];
      if (!call || !first || others.length > 0 || !isInitNet(first) || !isAlways(blocks, index)) continue;
      const callee = program.lookUp(fn.file, nameOf(call));
      const list = callee && emptiedBy(program, callee);
      if (list === undefined || isShared(program, { ops, fn, member: list })) continue;
      if ([...expressionsOf(init.fact.blocks ?? [])].some((whole) => isSetting(whole, list)))
        return { call: `${nameOf(call)}()`, at: call.at };
    }
  return null;
}

/**
 * Whether init_net may have what is others' too: an exit callback leads to what takes part in init_net, beside the one in
 * question, or something does so elsewhere in the file that has to do with a member of this name.
 */
function isShared(
  program: Program,
  { ops, fn, member }: { readonly ops: OpsEntry; readonly fn: FunctionEntry; readonly member: string | undefined },
): boolean {
  const exits = reachedFrom(
    program,
    exitsOf(program, ops).map(({ id }) => id),
  );
  const facts = program.facts(fn.file);
  const functions = facts?.functions ?? [];
  const wordsOf = (name: string): readonly string[] => facts?.mentions[name] ?? [];
  const hasToDo = (name: string): boolean =>
    wordsOf(name).some((word) => member === undefined || /[">.]([^">.]*)$/.exec(word)?.[1] === member);
  const elsewhere = functions.filter(({ name }) => name !== fn.fact.name && wordsOf(name).includes(withFirst));
  return (
    [...exits].some((id) => id !== fn.id && takesPart(program.functionById(id)!)) ||
    elsewhere.some(({ name }) => {
      const called = functions.filter((each) => wordsOf(name).includes(`${each.name}()`));
      return [name, ...called.map((each) => each.name)].some(hasToDo);
    })
  );
}

/** Whether an expression passes the address of a member of this name to a call, which sets it up. */
function isSetting(whole: Expr, member: string): boolean {
  return [...walkExpression(whole)].some(
    (e) =>
      e.k === 'call' &&
      setsUp.test(nameOf(e)) &&
      e.args.some((arg) => arg.k === 'unary' && arg.op === '&' && placeOf(arg.of) === member),
  );
}

/** The member that an expression is, or is an element of. */
function placeOf(e: Expr): string | undefined {
  return e.k === 'index' ? placeOf(e.of) : e.k === 'field' ? e.name : undefined;
}

/** The list of what a function is passed first that it empties, whatever there is in it. */
function emptiedBy(program: Program, callee: FunctionEntry): string | undefined {
  const [net, ...more] = callee.fact.params;
  if (net === undefined || more.length > 0 || asksWhich(callee)) return undefined;
  const blocks = callee.fact.blocks ?? [];
  const holds = [...valuesOfLocals(callee)].flatMap(([name, values]) =>
    values.length === 1 && values.every((value) => value.k === 'call' && mentions(value, net)) ? [name] : [],
  );
  const roots = [net, ...holds];
  return blocks.flatMap(({ end }, index) => {
    if (end.e !== 'each' || !isAlways(blocks, index)) return [];
    const lists = end.args.flatMap((arg) =>
      arg.k === 'unary' && arg.op === '&' && roots.some((name) => mentions(arg, name)) ? (placeOf(arg.of) ?? []) : [],
    );
    const inside = bodyOf(blocks, index, end.body).map((at) => blocks[at]!);
    const cursors = end.args.slice(0, 2).flatMap((arg) => (arg.k === 'id' ? arg.name : []));
    const isOfCursor = ({ args }: Call): boolean => cursors.some((name) => args.some((arg) => mentions(arg, name)));
    const isTakenOff = inside
      .flatMap(callsIn)
      .some((each) => isOfCursor(each) && (takesOff.test(nameOf(each)) || isTaking(program, callee, each)));
    return isTakenOff && inside.every((each) => each.end.e === 'goto') ? lists : [];
  })[0];
}

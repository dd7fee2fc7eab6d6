import { expressionsOf, walkExpression, type Expr } from '../../facts/ir.ts';
import { asksMember, isMemberWord } from '../../facts/words.ts';
import type { FunctionEntry, Program } from '../../program/program.ts';
import { localsOf } from './locals.ts';
import { blocksFrom, canReach } from './loops.ts';
import { isOfNet } from './needed-member.ts';
import { printExpression } from './print.ts';
import type { CallSite } from './reset-locked.ts';
import { memberIn, settingBy, variableIn } from './settings.ts';

/** A function by its file and its name. */
export interface Named {
  readonly file: string;
  readonly name: string;
}

/**
 * Whether a function notes by a flag, after a call by its name, how far it has come, and another one of its file asks for that:
 * `fn->ready = true;` where all went well, and `if (!fn->ready) return;`.
 */
export function isNotedAfter(program: Program, { file, name }: Named, call: string): boolean {
  const fn = program.resolveFunction(file, name);
  if (!fn) return false;
  const noted = new Set(setAfter(fn, call));
  return isAskedBeside(program, fn, noted) || [...noted].some((each) => isAlwaysAsked(program, fn, each));
}

/**
 * Whether another function of its file asks for where a function keeps what a call by a name yields, or for what it sets to
 * NULL after that: `if (!fn->wq) return;`, who goes on without it is foreseen.
 */
export function isForeseenWithout(program: Program, { file, name }: Named, call: string): boolean {
  const fn = program.resolveFunction(file, name);
  if (!fn) return false;
  const kept = new Set([...keptFrom(program, fn, call), ...resetAfter(fn, call)]);
  return (
    kept.size > 0 && (isAskedBeside(program, fn, kept) || [...kept].some((each) => isAlwaysAsked(program, fn, each)))
  );
}

/** Whether each function of its file that no lifecycle reaches asks for a member before it uses that, and one does. */
function isAlwaysAsked(program: Program, { file }: FunctionEntry, member: string): boolean {
  const { functions = [], mentions = {} } = program.facts(file) ?? {};
  const users = functions.flatMap(({ name, blocks }) => {
    const words = blocks === null && Object.hasOwn(mentions, name) ? mentions[name]! : [];
    return words.some((word) => isMemberWord(word, member) || isOfNet(word, member)) ? [words] : [];
  });
  return users.length > 0 && users.every((words) => words.includes(asksMember(member)));
}

/** Calls by which a pointer is put somewhere. */
const puts = /^(?:rcu_assign_pointer|RCU_INIT_POINTER|WRITE_ONCE|smp_store_release)$/;
/** Calls that put their last argument where the first one points. */
const exchanges = /^(?:cmpxchg|xchg)(?:_(?:acquire|release|relaxed))?$/;

/** Whether a function sets a member to NULL when it has come to a call by a name. */
export function isResetAfter(program: Program, { file, name }: Named, call: string, member: string): boolean {
  const fn = program.resolveFunction(file, name);
  return fn !== undefined && resetAfter(fn, call).includes(member);
}

function isAskedBeside(program: Program, { file, fact: { name } }: FunctionEntry, of: ReadonlySet<string>): boolean {
  const functions = program.facts(file)?.functions ?? [];
  return functions.some((fact) => fact.name !== name && askedIn(fact).some((each) => of.has(each)));
}

/**
 * Where a function keeps what calls by a name yield for others: `fn->wq = alloc_workqueue(...)`, `sock_create_kern(..., &fn->sk)`,
 * `tbl = kmemdup(...)` with `fn->tbl = tbl`.
 */
function keptFrom(program: Program, { file, fact }: FunctionEntry, call: string): readonly string[] {
  const locals = localsOf(fact);
  const all = expressionsIn(fact);
  const outside = outsideOf(fact);
  const others = (e: Expr): readonly string[] => {
    const name = outside(e);
    return name === undefined ? [] : [name];
  };
  const putFrom = (local: string): readonly string[] =>
    all.flatMap((e) => [
      ...putIn(e, local).flatMap(others),
      ...(e.k === 'call' && e.fn.k === 'id'
        ? putByHelper(program.resolveFunction(file, e.fn.name), e.args, local)
        : []),
    ]);
  const declared = (fact.blocks ?? []).flatMap(({ steps }) =>
    steps.flatMap((step) => (step.s === 'declare' && step.init && isCallOf(step.init, call) ? putFrom(step.name) : [])),
  );
  const set = all.flatMap((e) => {
    if (e.k === 'assign') {
      if (!isCallOf(e.from, call)) return [];
      return e.to.k === 'id' && locals.has(e.to.name) ? putFrom(e.to.name) : others(e.to);
    }
    if (e.k !== 'call' || !isCallOf(e, call)) return [];
    return e.args.flatMap((arg) => {
      if (arg.k !== 'unary' || arg.op !== '&') return [];
      return arg.of.k === 'id' && locals.has(arg.of.name) ? putFrom(arg.of.name) : (memberIn(arg.of) ?? []);
    });
  });
  return [...declared, ...set];
}

/** Where an expression puts what a variable holds. */
function putIn(e: Expr, local: string): readonly Expr[] {
  if (e.k === 'assign') return variableIn(e.from) === local ? [e.to] : [];
  if (e.k !== 'call' || e.fn.k !== 'id') return [];
  const [to] = e.args;
  if (puts.test(e.fn.name)) return to && variableIn(e.args[1]) === local ? [to] : [];
  const isExchange = exchanges.test(e.fn.name) && variableIn(e.args.at(-1)) === local;
  return isExchange && to?.k === 'unary' && to.op === '&' ? [to.of] : [];
}

/** The same of a helper of the module's that is passed it: `foo_set(fn, tbl)`. */
function putByHelper(helper: FunctionEntry | undefined, args: readonly Expr[], local: string): readonly string[] {
  if (!helper) return [];
  const outside = outsideOf(helper.fact);
  const params = helper.fact.params.filter((_, at) => variableIn(args[at]) === local);
  const all = params.length === 0 ? [] : expressionsIn(helper.fact);
  return params.flatMap((param) => all.flatMap((e) => putIn(e, param)).flatMap((to) => outside(to) ?? []));
}

/** What a function sets to NULL when it has come to a call. */
function resetAfter({ fact }: FunctionEntry, call: string): readonly string[] {
  const all = expressionsIn(fact);
  return all.slice(all.findIndex((e) => isCallOf(e, call)) + 1).flatMap((e) => {
    const set = settingBy(e, memberIn);
    return set && !set.isSet ? set.name : [];
  });
}

/** Calls that wait until nobody looks any more who has found a thing before (include/linux/rcupdate.h, srcu.h). */
const graces = /^synchronize_(?:rcu(?:_expedited|_bh)?|sched|net|srcu(?:_expedited)?)$/;

/**
 * Whether a function sets a member to NULL, and waits until nobody has it from there any more, on each way to a call:
 * `RCU_INIT_POINTER(fn->rules, NULL); synchronize_rcu(); kfree(rules);`.
 */
export function isUnpublished(program: Program, { file, fn, at }: CallSite, member: string): boolean {
  const blocks = program.resolveFunction(file, fn)?.fact.blocks ?? [];
  const all = blocks.flatMap((each, block) =>
    [...expressionsOf([each])].flatMap((whole) => [...walkExpression(whole)]).map((e, order) => ({ e, block, order })),
  );
  const call = all.find(({ e }) => e.k === 'call' && e.at[0] === at[0] && e.at[1] === at[1]);
  const isBefore = (one: (typeof all)[number], other: (typeof all)[number]): boolean =>
    one.block === other.block ? one.order < other.order : !canReach(blocks, other.block, one.block);
  const isReset = ({ e }: (typeof all)[number]): boolean => {
    const set = settingBy(e, memberIn);
    return set?.name === member && !set.isSet;
  };
  const isGrace = ({ e }: (typeof all)[number]): boolean => e.k === 'call' && e.fn.k === 'id' && graces.test(e.fn.name);
  const before = call ? all.filter((each) => (isReset(each) || isGrace(each)) && isBefore(each, call)) : [];
  return before.some((reset) => isReset(reset) && before.some((grace) => isGrace(grace) && isBefore(reset, grace)));
}

/** Calls that wait for somebody: until a thread has said that it is done, or is parked, or nobody looks any more. */
export const waits = /(?:^|_)(?:wait|completion|park|synchronize|flush|sync|barrier)(?:_|$)/;

/** Whether a function waits for somebody before it comes to a call: it may be for who uses what that gives back. */
export function hasWaited(program: Program, { file, name }: Named, call: string): boolean {
  const fact = program.resolveFunction(file, name)?.fact;
  const all = fact ? expressionsIn(fact) : [];
  const last = all.findLastIndex((e) => isCallOf(e, call));
  return all.slice(0, Math.max(last, 0)).some((e) => e.k === 'call' && e.fn.k === 'id' && waits.test(e.fn.name));
}

/** The members and variables that a function goes by, also by way of a local: `all = rcu_dereference(fn->all); if (!all)`. */
function askedIn(fact: FunctionEntry['fact']): readonly string[] {
  const blocks = fact.blocks ?? [];
  const asked = blocks.flatMap(({ end }) =>
    end.e === 'branch' || end.e === 'switch' ? [...walkExpression(end.on)] : [],
  );
  const outside = outsideOf(fact);
  const set = blocks.flatMap(({ steps }) =>
    steps.flatMap((step) => {
      if (step.s === 'declare') return step.init ? [{ to: step.name, from: step.init }] : [];
      const { of } = step;
      return of.k === 'assign' && of.to.k === 'id' ? [{ to: of.to.name, from: of.from }] : [];
    }),
  );
  const behind = set.flatMap(({ to, from }) => {
    const read = from.k === 'call' && from.args.length === 1 ? from.args[0] : from;
    return asked.some((e) => e.k === 'id' && e.name === to) ? (memberIn(read) ?? []) : [];
  });
  return [...asked.flatMap((e) => outside(e) ?? []), ...behind];
}

/** What a function raises to a constant when it has come to a call. */
function setAfter({ fact }: FunctionEntry, call: string): readonly string[] {
  const blocks = fact.blocks ?? [];
  const outside = outsideOf(fact);
  const own = blocks.map((block) => expressionsIn({ blocks: [block] }));
  const from = own.findIndex((all) => all.some((e) => isCallOf(e, call)));
  const reached = from < 0 ? null : blocksFrom(blocks, [from]);
  const after = own.flatMap((all, block) => {
    if (block === from) return all.slice(all.findIndex((e) => isCallOf(e, call)) + 1);
    // A loop before the call may be written down after it.
    return reached?.has(block) === false ? [] : all;
  });
  // What is set in a thing of the function's own making says what that is: `net->ipv4.fib_main->tb_id = RT_TABLE_MAIN`.
  const made = new Set(
    own.flat().flatMap((e) => (e.k === 'assign' && e.from.k === 'call' ? printExpression(e.to) : [])),
  );
  const isInMade = (e: Expr): boolean => {
    if (e.k === 'assign' && isYes(e.from)) return false;
    const owner = ownerOf(e.k === 'assign' ? e.to : e.k === 'call' ? e.args[0] : undefined);
    return owner?.k === 'field' && made.has(printExpression(owner));
  };
  return after.flatMap((e) => {
    const set = settingBy(e, outside);
    return set?.isPlain === true && set.isSet && !isInMade(e) ? set.name : [];
  });
}

/** Whether an expression is what a flag is raised to. */
function isYes(e: Expr): boolean {
  return (e.k === 'id' && e.name === 'true') || (e.k === 'num' && e.value === 1);
}

/** The pointer by which an expression gets at what it is a member of, or of a part of that: `fn->tbl` of `fn->tbl->root.flags`. */
function ownerOf(e: Expr | undefined): Expr | undefined {
  return e?.k !== 'field' ? undefined : e.arrow ? e.of : ownerOf(e.of);
}

function expressionsIn({ blocks }: Pick<FunctionEntry['fact'], 'blocks'>): readonly Expr[] {
  return [...expressionsOf(blocks ?? [])].flatMap((whole) => [...walkExpression(whole)]);
}

function isCallOf(e: Expr, call: string | null): boolean {
  return e.k === 'call' && e.fn.k === 'id' && e.fn.name === call;
}

/** The same of what lies outside a function: a local, as what counts a loop, tells others nothing. */
function outsideOf(fact: FunctionEntry['fact']): (e: Expr | undefined) => string | undefined {
  const locals = localsOf(fact);
  return (e) => {
    const variable = variableIn(e)?.split('.')[0];
    return variable !== undefined && locals.has(variable) ? undefined : nameOf(e);
  };
}

function nameOf(e: Expr | undefined): string | undefined {
  return memberIn(e) ?? variableIn(e);
}

import { expressionsOf, walkExpression, type Expr } from '../../facts/ir.ts';
import { ofWholeFile } from '../../facts/words.ts';
import type { FunctionEntry, OpsEntry, Program } from '../../program/program.ts';
import type { AskedState } from './asked-state.ts';
import { callbackOf } from '../bodies/callbacks-of.ts';
import type { Held } from '../paths/held.ts';
import type { Path } from '../life/history.ts';
import { generalGetters } from '../bodies/known.ts';
import { placeOf } from '../paths/place-of.ts';
import { structBehind } from '../bodies/structs.ts';
import { callsBeforeReading } from '../bodies/read-again.ts';
import { isListedCall, subjectOf } from '../paths/symmetric.ts';

/** What an exit callback may call with the namespace's data without anything of it being freed there. */
const harmless =
  /^(?:net_generic$|net_eq$|dev_net|sock_net|h?list_|INIT_|rcu_|synchronize_|_*rtnl_(?:net_)?(?:un|try)?lock|rtnl_dereference$|mutex_|spin_|(?:read|write)_(?:un|try)?lock|local_bh_|lockdep_|might_sleep|cond_resched|WARN|BUG|ASSERT|pr_|net_\w+_ratelimited|atomic|refcount_read|READ_ONCE|WRITE_ONCE|smp_|memset|likely|unlikely|IS_ERR|ARRAY_SIZE|cancel_(?:delayed_)?work|flush_(?:delayed_)?work|del_timer|timer_(?:delete|shutdown)|hrtimer_cancel)/;

/** A name that says that what it is passed, or lies in that, may be gone afterwards. */
export const soundsLikeRelease =
  /(?:^|_)(?:k|v|kv)?(?:un\w+|de(?:register|init|stroy|tach)|free|release|remove|del|delete|put|exit|fini|cleanup|clean|clear|stop|flush|shutdown|destroy|kill|purge|drop|teardown|close|call|queue|schedule)(?:_|$)/;

/** What is passed something that lies in the data may run with all of it later: an RCU callback, a work item, a timer. */
const later = /(?:^|_)(?:call|queue|schedule|start|mod|add)(?:_|$)/;

/** Who listens to a notifier chain is read or not as any other function is (kernel/notifier.c). */
const toChain = /_notifier_call_chain(?:_|$)/;

/**
 * Whether memory that an ops' init keeps in the namespace's own data can be freed by none but its exit callbacks, and
 * all that these do is known: nobody else has been told of it, and no call that was not read may free it. With `isSeen`,
 * all functions that may by naming the member are seen (`givenByNoOther`): what else is not followed does not free it, nor
 * does what is called by a pointer, of an ops' own data, or where it is about something else (`isOfAnother`).
 */
export function isKeptAlone(
  { program, state }: { readonly program: Program; readonly state: AskedState },
  { fate, of }: Pick<Path, 'fate' | 'of'>,
  held: Held,
  isSeen = false,
): boolean {
  const { pair, escaped, shown } = held;
  const at = placeOf(held);
  if (pair.memory !== true || escaped || shown || fate !== 'net-gone' || !of) return false;
  if (at === null || !/^(?:@net->|generic\([^()]*\)->)[\w.]+$/.test(at)) return false;
  const exits = of.ops.fact.fields.filter(({ name }) => /^(?:pre_)?exit/.test(name));
  const member = at.slice(at.indexOf('->') + 2);
  const words = at.startsWith('@net->') ? wordsOf(member) : [at.slice('generic('.length, at.indexOf(')'))];
  const mayGetAt = ({ file, fact }: FunctionEntry): boolean => state.callsOneOf(file, fact.name, words);
  if (exits.length === 0) return !program.allOps().some((other) => isForOther(program, other, mayGetAt));
  const others = unreadSubjects(program, callbackOf(program, of.ops, 'init'));
  return exits.every(({ name }) => {
    const fn = callbackOf(program, of.ops, name);
    return (
      fn !== undefined && isRead(program, fn, { member, mayGetAt, others, isSeen, isOwn: at.startsWith('generic(') })
    );
  });
}

/**
 * What the steps are about that an init calls and that were not read, with their names: what undoes these, undoes no more.
 * A destructor that init and exit share is no step that exit undoes.
 */
function unreadSubjects(program: Program, init: FunctionEntry | undefined): Subjects {
  const subjects = new Map<string, Set<string>>();
  const seen = new Set<string>();
  const queue = init ? [init] : [];
  for (let fn = queue.pop(); fn; fn = queue.pop()) {
    if (seen.has(fn.id)) continue;
    seen.add(fn.id);
    for (const call of callsIn(fn)) {
      const name = call.fn.k === 'id' ? call.fn.name : '';
      const callee = program.lookUp(fn.file, name);
      const subject = callee ? null : subjectOf(name);
      if (subject !== null) subjects.set(subject, (subjects.get(subject) ?? new Set()).add(name));
      if (callee?.fact.blocks) queue.push(callee);
    }
  }
  return subjects;
}

type Subjects = ReadonlyMap<string, ReadonlySet<string>>;

function isStepOf(subjects: Subjects, name: string): boolean {
  return [...(subjects.get(subjectOf(name) ?? '') ?? [])].some((other) => other !== name);
}

/** Whether an exit callback of an ops may get at something: what has no exit of its own may be someone else's to free. */
function isForOther(program: Program, ops: OpsEntry, mayGetAt: (fn: FunctionEntry) => boolean): boolean {
  return ops.fact.fields.some(({ name }) => {
    if (!/^(?:pre_)?exit/.test(name)) return false;
    const fn = callbackOf(program, ops, name);
    return fn === undefined || mayGetAt(fn);
  });
}

/**
 * Whether no call of a callback, nor of what it calls, may free any of the namespace's own data without being known to:
 * one that was not read gets at that by what it is passed.
 */
function isRead(
  program: Program,
  callback: FunctionEntry,
  {
    member,
    mayGetAt,
    others,
    isSeen,
    isOwn,
  }: {
    readonly member: string;
    readonly mayGetAt: (fn: FunctionEntry) => boolean;
    readonly others: Subjects;
    readonly isSeen: boolean;
    /** Whether no other file knows the structure that has the member. */
    readonly isOwn: boolean;
  },
): boolean {
  const seen = new Set<string>();
  const last = /\w*$/.exec(member)![0];
  const queue = [{ fn: callback, passed: callback.fact.params, isReadAfter: false }];
  for (let each = queue.pop(); each; each = queue.pop()) {
    const { fn, passed } = each;
    const key = `${fn.id}|${passed.join()}|${each.isReadAfter}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const isData = dataIn(fn, passed, member);
    const isOfData = (arg: Expr): boolean => [...walkExpression(arg)].some(isData);
    const beforeReading = callsBeforeReading(fn.fact, last, program.facts(fn.file)?.mentions[ofWholeFile] ?? []);
    for (const call of callsIn(fn)) {
      const name = call.fn.k === 'id' ? call.fn.name : null;
      const callee = name === null ? undefined : program.lookUp(fn.file, name);
      const isReadAfter = each.isReadAfter || beforeReading.has(call);
      if (name !== null && (isListedCall(name) || harmless.test(name))) continue;
      if (callee?.fact.blocks)
        queue.push({
          fn: callee,
          passed: callee.fact.params.filter((_, i) => call.args[i] && isData(call.args[i])),
          isReadAfter,
        });
      else if (
        name === null
          ? !isReadAfter && !(isSeen && (isOwn || isOfAnother(fn, call, isData))) && call.args.some(isPassed)
          : call.args.some(later.test(name) && !(isSeen && toChain.test(name)) ? isOfData : isData) &&
            (fn === callback || soundsLikeRelease.test(name)) &&
            (callee ? !isSeen && mayGetAt(callee) : !isStepOf(others, name))
      )
        return false;
    }
  }
  return true;
}

/** The words by which a function's text speaks of a member of struct net, or of one in which that lies. */
function wordsOf(member: string): string[] {
  const names = member.split('.');
  return names.map((_, index) => `net->${names.slice(0, index + 1).join('.')}`);
}

/**
 * What in a function is a namespace or the data that an ops keeps for it, by the parameters that are, or a part of that
 * in which a member lies: not what is only found by way of it, in some list or tree.
 */
function dataIn({ fact }: FunctionEntry, passed: readonly string[], member: string): (e: Expr) => boolean {
  const data = new Set(passed);
  const isData = (e: Expr): boolean => {
    switch (e.k) {
      case 'id':
        return data.has(e.name);
      case 'field':
        // A pointer in it may lead back to the namespace, and one in that to the data (`net->ipvs`).
        return isNet(e.name) || isAround(e, isData, member) || (e.arrow && isNet(nameOf(e.of)) && isData(e.of));
      case 'unary':
        return e.op === '&' && isAround(e.of, isData, member);
      case 'call':
        return e.args.some(isData) || (e.fn.k === 'id' && generalGetters.has(e.fn.name));
      case 'cond':
        return (e.then !== null && isData(e.then)) || isData(e.else);
      case 'assign':
        return isData(e.from);
      case 'comma':
      case 'other':
        return e.of.some(isData);
      default:
        return false;
    }
  };
  for (let size = -1; size !== data.size;) {
    size = data.size;
    for (const { steps, end } of fact.blocks ?? []) {
      for (const step of steps) {
        if (step.s === 'declare') {
          if (step.init && isData(step.init)) data.add(step.name);
        } else
          for (const e of walkExpression(step.of))
            if (e.k === 'assign' && e.to.k === 'id' && isData(e.from)) data.add(e.to.name);
      }
      const cursor = end.e === 'each' && end.args.slice(1).some(isData) ? end.args[0] : undefined;
      if (cursor?.k === 'id') data.add(cursor.name);
    }
  }
  return isData;
}

function isNet(name: string): boolean {
  return /(?:^|_)net$/.test(name);
}

function nameOf(e: Expr): string {
  return e.k === 'id' || e.k === 'field' ? e.name : '';
}

/** Whether a place in data is one in which a member lies: `net->foo` is where `foo.table` does. */
function isAround(e: Expr, isData: (e: Expr) => boolean, member: string): boolean {
  const names: string[] = [];
  let root = e;
  while (root.k === 'field') {
    names.unshift(root.name);
    const isBehind = root.arrow;
    root = root.of;
    if (isBehind) break;
  }
  return isData(root) && (names.length === 0 || `${member}.`.startsWith(`${names.join('.')}.`));
}

function* callsIn({ fact }: FunctionEntry): Generator<Expr & { readonly k: 'call' }> {
  for (const whole of expressionsOf(fact.blocks ?? []))
    for (const e of walkExpression(whole)) if (e.k === 'call') yield e;
}

/**
 * Whether a call by a pointer is about something else than the namespace that it is passed as well: an object which is not the
 * one that has the pointer, `stub->del_route(net, route)`. The subsystem whose table that is knows of no one else's members.
 */
function isOfAnother(
  { fact }: FunctionEntry,
  { fn, args }: Expr & { k: 'call' },
  isData: (e: Expr) => boolean,
): boolean {
  const owners = new Set([...walkExpression(fn)].map(nameOf));
  return args.some((arg) => {
    const struct = structBehind(fact, arg);
    return struct !== undefined && !/^(?:net|list_head)\*/.test(struct) && !owners.has(nameOf(arg)) && !isData(arg);
  });
}

function isPassed(arg: Expr): boolean {
  return arg.k !== 'num' && arg.k !== 'str';
}

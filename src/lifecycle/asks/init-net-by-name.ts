import { walkExpression, type Expr } from '../../facts/ir.ts';
import type { FunctionEntry, OpsEntry, Program } from '../../program/program.ts';
import { allIn, callsOf, nameOf } from '../bodies/body.ts';
import { callbackOf } from '../bodies/callbacks-of.ts';
import { isBlind } from './first-walked.ts';
import { asksWhich } from '../bodies/first-namespace.ts';
import { idOf, reachedFrom } from '../bodies/known.ts';
import { isAlways, isTaking, isUnwanted, speaksOfIt, takesOff, type NamedInitNet } from './named-init-net.ts';
import type { Call } from '../bodies/may-stop.ts';
import { valuesOfLocals } from '../bodies/namespace-locals.ts';
import { isInitNet, speaksOfFirst } from './of-init-net.ts';
import { isData } from '../bodies/pointer-size.ts';
import { printExpression } from '../bodies/print.ts';
import type { PairsByCall } from '../resources/index.ts';
import { memberIn } from '../bodies/settings.ts';

/** Getters of an ops' data are followed so far, one called by the other. */
const mostDeep = 2;
/** Empties a list into another one. */
const empties = /^h?list_(?:splice\w*_init|move_list|splice)$/;

/**
 * A call by which an exit callback of an ops takes away what lies in init_net's data of that ops, which it has in a local,
 * while it looks at nothing of the namespace that dies: `struct foo_net *fn = net_generic(&init_net, foo_net_id);`. What it takes
 * away is a member that init sets up in each namespace.
 */
export function takenInData(program: Program, ops: OpsEntry, fn: FunctionEntry): NamedInitNet | null {
  const blocks = fn.fact.blocks ?? [];
  const id = idOf(program, ops);
  const init = callbackOf(program, ops, 'init');
  if (id === undefined || !init || speaksOfFirst(fn) !== 1) return null;
  const isOfFirst = (e: Expr): boolean =>
    e.k === 'call' && e.args.some(isInitNet) && isData(program, fn, e, id, mostDeep);
  const held = [...valuesOfLocals(fn)].find(([, values]) => values.length === 1 && values.every(isOfFirst))?.[0];
  // What others of the file have there may be all namespaces'.
  if (functionsOf(program, fn.file).some((each) => each.id !== fn.id && asksWhich(each))) return null;
  if (held === undefined || [...reachedFrom(program, [init.id])].some(speaksOfIt(program))) return null;
  if (!isBlind(fn)) return null;
  const setUp = new Set([...allIn(init)].flatMap((e) => memberIn(e) ?? []));
  for (const [index, { steps }] of blocks.entries())
    for (const step of steps) {
      const call = step.s === 'eval' && step.of.k === 'call' ? step.of : null;
      const [first] = call?.args ?? [];
      const member = memberOf(first, held);
      if (!call || member === null || !setUp.has(member) || !isAlways(blocks, index) || isUnwanted(member)) continue;
      // What was left of it is put back.
      if (callsOf(fn).some((other) => other.args.slice(1).some((arg) => memberOf(arg, held) === member))) continue;
      const name = nameOf(call);
      if (empties.test(name) || takesOff.test(name) || (call.args.length === 1 && isTaking(program, fn, call)))
        return { call: `${name}()`, at: call.at };
    }
  return null;
}

/** The member of what a local points at in which something lies, or is kept: `list` of `&fn->list`. */
function memberOf(e: Expr | undefined, held: string): string | null {
  if (e?.k === 'unary' && e.op === '&') return memberOf(e.of, held);
  if (e?.k !== 'field') return null;
  return e.of.k === 'id' ? (e.of.name === held ? e.name : null) : memberOf(e.of, held);
}

/**
 * A release that an exit callback makes for init_net, `nf_unregister_net_hooks(&init_net, foo_hooks, 2)`, whatever it asks of
 * its own namespace before, where the file acquires the same for the namespaces that functions are passed, and speaks of
 * init_net nowhere else.
 */
export function releasedOfFirst(program: Program, table: PairsByCall, fn: FunctionEntry): NamedInitNet | null {
  if (speaksOfFirst(fn) !== 1) return null;
  const call = callsOf(fn).find(({ args }) => args.some(isInitNet));
  const pairs = call ? (table.releases.get(nameOf(call)) ?? []) : [];
  if (!call || pairs.length === 0) return null;
  const at = call.args.findIndex(isInitNet);
  const others = (args: readonly Expr[]): Expr[] => args.filter((_, index) => index !== at);
  const textOf = (args: readonly Expr[]): string => others(args).map(printExpression).join();
  const own = new Set([...fn.fact.params, ...valuesOfLocals(fn).keys()]);
  const isOfOwn = (e: Expr): boolean => e.k === 'field' || (e.k === 'id' && own.has(e.name));
  if (others(call.args).some((arg) => [...walkExpression(arg)].some(isOfOwn))) return null;
  const functions = functionsOf(program, fn.file);
  if (functions.some((each) => each.id !== fn.id && asksWhich(each))) return null;
  const acquires = new Set(pairs.flatMap(({ acquire }) => acquire));
  const made = functions.flatMap((each) =>
    callsOf(each).flatMap((other) => (acquires.has(nameOf(other)) ? [{ each, args: other.args }] : [])),
  );
  // What is not read here may ask which namespace it is.
  const isRead = (by: FunctionEntry): boolean =>
    callsOf(by).every((other) => program.resolveFunction(by.file, nameOf(other))?.fact.blocks !== null);
  const isForAny = made.every(({ each, args }) => {
    const net = args[at];
    return isRead(each) && net?.k === 'id' && each.fact.params.includes(net.name) && textOf(args) === textOf(call.args);
  });
  const isCounted = made.every(({ each }) => isOfOwnCount(fn, each) && !isForFirst(program, each));
  return made.length > 0 && isForAny && isCounted ? { call: `${nameOf(call)}()`, at: call.at } : null;
}

/**
 * Whether all that two functions ask for are members of the namespace that they are passed, the same ones: how many use it
 * there. Anything else may be which namespace it is, or a count of all of them.
 */
function isOfOwnCount(exit: FunctionEntry, acquiring: FunctionEntry): boolean {
  const [done, undone] = [askedIn(acquiring), askedIn(exit)];
  return done !== null && undone !== null && undone.size > 0 && [...undone].every((member) => done.has(member));
}

/** The members of what it is passed that a function asks for; null where it asks for anything else but its own results. */
function askedIn({ fact }: FunctionEntry): ReadonlySet<string> | null {
  const members = new Set<string>();
  for (const { end } of fact.blocks ?? []) {
    if (end.e === 'switch') return null;
    if (end.e !== 'branch') continue;
    for (const e of walkExpression(end.on)) {
      if (e.k === 'call' || e.k === 'cond' || e.k === 'other' || e.k === 'index') return null;
      const text = e.k === 'field' ? printExpression(e) : '';
      const of = fact.params.find((param) => text.startsWith(`${param}->`));
      if (of !== undefined) members.add(text.slice(of.length));
      else if (e.k === 'id' && !fact.params.includes(e.name) && !isOwnResult(e.name)) return null;
    }
  }
  const asked = [...members];
  return new Set(asked.filter((member) => !asked.some((longer) => longer.startsWith(`${member}.`))));
}

/** Whether a name is that of a result, or of a constant: `UINT_MAX`. */
function isOwnResult(name: string): boolean {
  return /^(?:err|error|ret|rc|res|result|status|[A-Z][A-Z\d_]*)$/.test(name);
}

/** Whether anybody at hand has a function do something for the first namespace: `foo_enable(&init_net)`. */
function isForFirst(program: Program, { fact, id }: FunctionEntry): boolean {
  const isIt = (file: string, call: Call): boolean =>
    nameOf(call) === fact.name && call.args.some(isInitNet) && program.lookUp(file, fact.name)?.id === id;
  return program
    .fileNames()
    .some((file) => functionsOf(program, file).some((each) => callsOf(each).some((call) => isIt(file, call))));
}

function functionsOf(program: Program, file: string): FunctionEntry[] {
  return (program.facts(file)?.functions ?? []).flatMap(({ name, blocks }) =>
    blocks ? (program.functionById(`${file}#${name}`) ?? []) : [],
  );
}

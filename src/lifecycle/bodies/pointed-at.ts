import {
  successorsOf,
  walkExpression,
  type At,
  type Block,
  type Expr,
  type FunctionFact,
  type OpsFact,
} from '../../facts/ir.ts';
import { memberWord } from '../../facts/words.ts';
import { localsOf } from './locals.ts';
import { printExpression } from './print.ts';

/** The members of struct ctl_table by which its handlers get at something (include/linux/sysctl.h). */
const pointers: ReadonlySet<string> = new Set(['data', 'extra1', 'extra2']);

type Assign = Expr & { readonly k: 'assign' };

/**
 * What the elements of a table point into that is passed by the function which fills it in, `net->foo.limits` of
 * `table[0].data = &net->foo.limits->high`: who reads or writes the file of such a sysctl comes to it
 * (kernel/sysctl.c, proc_dointvec()). Not what only init_net's table points into, nor what it did before.
 */
export function pointedAt(fact: FunctionFact, ops: readonly OpsFact[], at: At): string[] {
  const blocks = fact.blocks ?? [];
  const steps = blocks.flatMap((block) => block.steps);
  const calls = steps.flatMap((step) => (step.s === 'declare' ? (step.init ?? []) : step.of));
  const call = calls.flatMap((of) => [...walkExpression(of)]).find((e) => e.k === 'call' && isSame(e.at, at));
  if (call?.k !== 'call') return [];
  const passed = new Set(call.args.filter((arg) => arg.k === 'id' || arg.k === 'field').map(printExpression));
  const locals = localsOf(fact);
  const isFilling = (e: Expr): e is Assign => {
    if (e.k !== 'assign' || e.to.k !== 'field' || !pointers.has(e.to.name)) return false;
    const { of: element } = e.to;
    return element.k === 'index' && passed.has(printExpression(element.of));
  };
  const words: string[] = [];
  for (const [index, block] of blocks.entries()) {
    const filling = block.steps.flatMap((step) => (step.s === 'eval' && isFilling(step.of) ? step.of : []));
    if (filling.length === 0 || isOfInitNet(blocks, index)) continue;
    const isLast = (e: Assign, from: number): boolean =>
      !isConstantElement(e.to, locals) ||
      !filling.slice(from + 1).some((later) => printExpression(later.to) === printExpression(e.to));
    words.push(...filling.filter(isLast).flatMap(({ from }) => pointedInto(from, fact, ops)));
  }
  return words;
}

/** Whether an element is the same wherever it is named so: `table[0].data`, `table[FOO_HIGH].data`. */
function isConstantElement(e: Expr, locals: ReadonlySet<string>): boolean {
  const index = e.k === 'field' && e.of.k === 'index' ? e.of.index : null;
  return index?.k === 'num' || (index?.k === 'id' && !locals.has(index.name));
}

/** What a member, or an element, lies in whose address is taken, if that is somewhere else than the pointer to it. */
function pointedInto(e: Expr, fact: FunctionFact, ops: readonly OpsFact[]): string[] {
  if (e.k !== 'unary' || e.op !== '&') return [];
  let inner = e.of;
  while (inner.k === 'field' && !inner.arrow) inner = inner.of;
  if ((inner.k !== 'field' && inner.k !== 'index') || inner.of.k !== 'field') return [];
  const { of } = inner;
  // The word for what lies behind another pointer than the namespace's tells which member it is.
  if (!of.arrow || of.of.k !== 'id' || of.of.name === 'net') return [printExpression(of)];
  return mayBeData(of.of.name, fact, ops) ? [memberWord(of.of.name, of.name)] : [];
}

/**
 * Whether a pointer may be to the data that an ops has for a namespace: it is the function's own, was not set to a variable
 * or its address, and is not declared to point at another structure than the data of the file's ops.
 */
function mayBeData(name: string, fact: FunctionFact, ops: readonly OpsFact[]): boolean {
  if (!localsOf(fact).has(name)) return false;
  const steps = (fact.blocks ?? []).flatMap((block) => block.steps);
  const declared = steps.flatMap((step) => (step.s === 'declare' && step.name === name ? step : []));
  const given = [
    ...declared.flatMap(({ init }) => init ?? []),
    ...steps.flatMap(({ s, ...step }) =>
      s === 'eval' && 'of' in step && step.of.k === 'assign' && isNamed(step.of.to, name) ? step.of.from : [],
    ),
  ];
  const locals = localsOf(fact);
  const isVariable = (e: Expr): boolean =>
    e.k === 'id' ? !locals.has(e.name) : e.k === 'unary' && e.op === '&' && e.of.k === 'id' && !locals.has(e.of.name);
  if (given.length > 0 && given.every(isVariable)) return false;
  const struct = (declared[0]?.struct ?? fact.structs?.[name])?.replace(/\*$/, '');
  const sizes = ops.flatMap(({ fields }) => fields.find((field) => field.name === 'size')?.text ?? []);
  const structs = sizes.map((text) => /^sizeof\s*\(\s*struct\s+(\w+)\s*\)$/.exec(text)?.[1]);
  return struct === undefined || structs.length === 0 || structs.some((each) => each === undefined || each === struct);
}

function isNamed(e: Expr, name: string): boolean {
  return e.k === 'id' && e.name === name;
}

/** Whether a function comes to a block for init_net alone: `if (net_eq(net, &init_net)) …`. */
function isOfInitNet(blocks: readonly Block[], index: number): boolean {
  return blocks.some(({ end }, at) => {
    const side = end.e === 'branch' ? firstNetIf(end.on) : null;
    if (side === null || end.e !== 'branch') return false;
    const only = side ? end.then : end.else;
    return end.then !== end.else && !isReached(blocks, index, { from: at, to: only });
  });
}

/** Whether what a condition asks is yes, or no, for init_net alone; null where it asks something else. */
function firstNetIf(e: Expr): boolean | null {
  if (e.k === 'unary' && e.op === '!') {
    const inner = firstNetIf(e.of);
    return inner === null ? null : !inner;
  }
  const isFirst = (arg: Expr): boolean => arg.k === 'unary' && arg.op === '&' && isNamed(arg.of, 'init_net');
  if (e.k === 'call') return isNamed(e.fn, 'net_eq') && e.args.some(isFirst) ? true : null;
  if (e.k !== 'binary' || ![e.l, e.r].some(isFirst)) return null;
  return e.op === '==' ? true : e.op === '!=' ? false : null;
}

/** Whether a function comes to a block without going one of its ways. */
function isReached(
  blocks: readonly Block[],
  index: number,
  but: { readonly from: number; readonly to: number },
): boolean {
  const seen = new Set([0]);
  for (const at of seen)
    for (const next of blocks[at] ? successorsOf(blocks[at]) : [])
      if (at !== but.from || next !== but.to) seen.add(next);
  return seen.has(index);
}

function isSame(one: At, other: At): boolean {
  return one.join() === other.join();
}

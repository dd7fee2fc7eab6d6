import {
  expressionsOf,
  successorsOf,
  walkExpression,
  type Block,
  type Expr,
  type FunctionFact,
} from '../../facts/ir.ts';
import type { FunctionEntry, Program } from '../../program/program.ts';
import { allIn } from './body.ts';
import { isOwner, ownersIn } from './frees-itself.ts';
import { readAs } from './reader.ts';
import { plainFrees, type Frees } from './freed-walk.ts';
import { freedBefore, freedBehind, hasFree } from './used-freed.ts';

/** A call that frees is followed into so many others. */
const mostDeep = 2;

/** The kernel's own whose bodies lie in other folders than their callers' (net/sunrpc, kernel/workqueue.c, mm/, lib/bitmap.c). */
const ofKernel: ReadonlyMap<string, number> = new Map([
  ...plainFrees,
  ['bitmap_free', 0],
  ['cache_destroy_net', 0],
  ['destroy_workqueue', 0],
  ['kmem_cache_destroy', 0],
  ['mempool_destroy', 0],
  ['rpc_destroy_pipe_data', 0],
]);

/** The memory that calls free at once which a file makes: those of the kernel's own, and of what does nothing else with it. */
export function freesIn(program: Program, file: string, deep = mostDeep): Frees {
  return (name) => {
    const plain = ofKernel.get(name);
    const callee = deep > 0 && !plainFrees.has(name) ? program.lookUp(file, name) : undefined;
    if (plain !== undefined && callee?.file !== file) return plain;
    const fact = callee && readAs('follows', () => callee.fact);
    return callee && fact ? freedParam(fact, freesIn(program, callee.file, deep - 1)) : plain;
  };
}

/**
 * Which of its parameters a function frees on all its ways, whatever else it does: `kfree(pipe);`. Where the parameter is
 * NULL there is nothing to free.
 */
function freedParam({ blocks, params }: FunctionFact, frees: Frees): number | undefined {
  if (!blocks || params.length === 0 || !blocks.some((block) => hasFree(block, frees))) return undefined;
  // A local of the same name is another thing.
  const inner = blocks.flatMap(({ steps }) => steps.flatMap((step) => (step.s === 'declare' ? step.name : [])));
  const set = new Set([...variablesSet(blocks), ...inner]);
  const at = params.findIndex((param) => {
    if (set.has(param)) return false;
    const locals = new Set([param]);
    const before = freedBefore(blocks, locals, frees, (block) => unlessNull(block, param));
    const ends = blocks.flatMap((block, index) => {
      const start = before.get(index);
      return start && block.end.e === 'return' ? [freedBehind(block, locals, frees, start)] : [];
    });
    return ends.length > 0 && ends.every((freed) => freed.has(param));
  });
  return at < 0 ? undefined : at;
}

/** What is not at hand and, by its name, takes down what it is passed: it looks into that. */
const takesDown = /(?:^|_)(?:unregister|destroy|purge|shutdown|teardown)(?:_|$)/;
/** What only tells others of something, counts it, or looks for what belongs to it. */
const looksFor = /(?:^|_)(?:by|of|for|owner|key|entry|entries|stats?|audit|log|trace|debug|dbg|notify|all|next)(?:_|$)/;

/** Whether a callback of RCU that a file has always frees what a member lies in that it is passed, whatever else it does. */
export function freesOwner(program: Program, file: string, callback: string, member: string): boolean {
  const callee = program.lookUp(file, callback);
  const fact = callee && readAs('follows', () => callee.fact);
  const blocks = fact?.blocks;
  if (!callee || !fact || !blocks || fact.unreadable) return false;
  const frees = freesIn(program, callee.file, 1);
  const isFreed = (e: Expr): boolean =>
    e.k === 'call' &&
    e.fn.k === 'id' &&
    e.args.some((arg, at) => isOwner(arg, member) && plainFrees.get(nameIn(e)) === at);
  if (blocks[0]?.steps.some((step) => step.s === 'eval' && isFreed(step.of))) return true;
  if (!blocks.some((block) => hasFree(block, frees))) return false;
  return [...ownersIn(callee, member)].some((owner) => {
    if (isSetAgain(callee, owner)) return false;
    const locals = new Set([owner]);
    const before = freedBefore(blocks, locals, frees, successorsOf);
    return blocks.every((block, index) => {
      const start = before.get(index);
      return !start || block.end.e !== 'return' || freedBehind(block, locals, frees, start).has(owner);
    });
  });
}

/** Whether a function gives a local of its own more than one value. */
function isSetAgain(fn: FunctionEntry, name: string): boolean {
  const isIt = (e: Expr | undefined): boolean => e?.k === 'id' && e.name === name;
  const writes = [...allIn(fn)].filter((e) => {
    if (e.k === 'assign') return isIt(e.to);
    return e.k === 'call'
      ? nameIn(e) === 'swap' && e.args.some(isIt)
      : (e.k === 'update' || e.k === 'unary') && isIt(e.of) && (e.k === 'update' || e.op === '&');
  });
  const declares = (fn.fact.blocks ?? []).flatMap(({ steps }) =>
    steps.filter((step) => step.s === 'declare' && step.name === name && step.init),
  );
  return writes.length + declares.length > 1;
}

function nameIn(e: Expr & { k: 'call' }): string {
  return e.fn.k === 'id' ? e.fn.name : '';
}

/**
 * Whether what is not at hand takes down, by its name, what a pointer by this text points at, `bar_unregister_pipe(net, fn->pipe)`,
 * and no macro of that name is at hand.
 */
function isTakenDown(program: Program, name: string, text: string): boolean {
  const kind = /[a-z]\w+$/.exec(text)?.[0];
  return (
    takesDown.test(name) &&
    !looksFor.test(name) &&
    kind !== undefined &&
    name.split('_').includes(kind) &&
    !program.fileNames().some((file) => Object.hasOwn(program.facts(file)?.mentions ?? {}, name))
  );
}

/** Whether a function that a file calls is known to look into what it is passed there; what is not at hand only by its name. */
export function looksInto(
  program: Program,
  file: string,
  { name, at, text }: { readonly name: string; readonly at: number; readonly text?: string },
  deep = mostDeep,
): boolean {
  const callee = program.lookUp(file, name);
  if (!callee) return text !== undefined && isTakenDown(program, name, text);
  const fact = readAs('follows', () => callee.fact);
  const param = fact.params[at];
  if (param === undefined) return false;
  const isIt = (e: Expr): boolean => e.k === 'id' && e.name === param;
  return [...expressionsOf(fact.blocks ?? [])]
    .flatMap((whole) => [...walkExpression(whole)])
    .some(
      (e) =>
        (e.k === 'field' && e.arrow && isIt(e.of)) ||
        (e.k === 'index' && isIt(e.of)) ||
        (e.k === 'unary' && e.op === '*' && isIt(e.of)) ||
        (e.k === 'call' &&
          e.fn.k === 'id' &&
          deep > 0 &&
          e.args.some(
            (arg, to) => isIt(arg) && looksInto(program, callee.file, { name: nameIn(e), at: to }, deep - 1),
          )),
    );
}

/** Where a block goes on to if a pointer is not NULL. */
function unlessNull(block: Block, pointer: string): readonly number[] {
  const { end } = block;
  const isIt = (e: Expr): boolean => e.k === 'id' && e.name === pointer;
  if (end.e !== 'branch') return successorsOf(block);
  if (isIt(end.on)) return [end.then];
  return end.on.k === 'unary' && end.on.op === '!' && isIt(end.on.of) ? [end.else] : successorsOf(block);
}

/** The variables that a function sets, or lets others set. */
function variablesSet(blocks: readonly Block[]): string[] {
  const all = [...expressionsOf(blocks)].flatMap((whole) => [...walkExpression(whole)]);
  return all.flatMap((e) => {
    const to = e.k === 'assign' ? e.to : e.k === 'update' || (e.k === 'unary' && e.op === '&') ? e.of : null;
    return to?.k === 'id' ? [to.name] : [];
  });
}

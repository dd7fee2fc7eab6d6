import { expressionsOf, successorsOf, walkExpression, type Expr } from '../../facts/ir.ts';
import { ofWholeFile, setByUsers } from '../../facts/words.ts';
import type { FunctionEntry, Program } from '../../program/program.ts';
import { argumentsAt, callsIn, type Call, type CallAt } from '../bodies/calls-at.ts';
import { isUnasked } from '../bodies/always-done.ts';
import { blocksFrom } from '../bodies/loops.ts';
import { valuesOfLocals } from '../bodies/namespace-locals.ts';
import { printExpression } from '../bodies/print.ts';

/** Calls that take memory of vmalloc() where there is no other (mm/util.c), and which of their arguments say how much that is. */
const sizes: ReadonlyMap<string, readonly number[]> = new Map<string, readonly number[]>([
  ...['kvmalloc', 'kvzalloc', 'kvmalloc_node', 'kvzalloc_node'].map((name) => [name, [0]] as const),
  ...['kvcalloc', 'kvmalloc_array', 'kvcalloc_node', 'kvmalloc_array_node'].map((name) => [name, [0, 1]] as const),
  ...['kvmalloc_objs', 'kvzalloc_objs', 'kvmemdup'].map((name) => [name, [1]] as const),
  ...['kvmalloc_flex', 'kvzalloc_flex'].map((name) => [name, [2]] as const),
]);

/** Calls that only free what kmalloc() has given (mm/slub.c). */
const linear: ReadonlySet<string> = new Set(['kfree', 'kfree_sensitive', 'kzfree']);

/** Whether a release may be one of the kind that is looked at here: the rest is asked of the program. */
export function isLinearFree(call: string): boolean {
  return linear.has(call);
}

/** What is known of values is followed so far: a local that is given a member, which is given a parameter of the module. */
const mostDeep = 3;

/** A size that is compared with a number not above this one is bounded. */
const small = 4096;

/**
 * Whether memory that kvmalloc() and its kin have given is freed by a call that only takes what kmalloc() gives. Memory of
 * a constant size is taken to be small, and so is what is asked for to be; who frees that memory in another way as well, or
 * on some ways only, has chosen which.
 */
export function isMixed(program: Program, acquire: CallAt, release: CallAt): boolean {
  const at = sizes.get(acquire.call);
  const given = at && argumentsAt(program, acquire);
  const freed = isLinearFree(release.call) ? argumentsAt(program, release)?.[0] : undefined;
  const [maker, freer] = [acquire, release].map(({ place }) => program.functionById(`${place.file}#${place.fn}`));
  if (!given || !freed || !maker || !freer || !mayFallBack(acquire.call, given)) return false;
  const size = at.flatMap((index) => given[index] ?? []);
  if (!size.some((each) => isVariable(program, maker, each, mostDeep)) || isBounded(maker, size)) return false;
  const isOther = ({ fn }: Call): boolean => fn.k === 'id' && /^(?:kv|v)free|vmalloc/.test(fn.name);
  if (callsIn(program, release.place).some(isOther)) return false;
  if (maker.id === freer.id) return true;
  const callers = (program.facts(freer.file)?.functions ?? []).flatMap(({ name }) => {
    const caller = program.functionById(`${freer.file}#${name}`);
    return !caller || [maker.id, freer.id].includes(caller.id) ? [] : caller;
  });
  return (
    isUnasked(freer, release.place.at, printExpression(freed)) &&
    callers.every((caller) =>
      callsIn(program, { file: caller.file, fn: caller.fact.name }).every(
        (call) => call.fn.k !== 'id' || call.fn.name !== freer.fact.name || isUnasked(caller, call.at, null),
      ),
    )
  );
}

/** Without GFP_KERNEL kvmalloc() does not fall back to vmalloc() in all versions; some take it where nothing is said. */
function mayFallBack(call: string, given: readonly Expr[]): boolean {
  return (
    given.some((each) => each.k === 'id' && /^GFP_KERNEL(?:_ACCOUNT)?$/.test(each.name)) || /_(?:objs|flex)$/.test(call)
  );
}

/** Of calls that reckon a size, the arguments that it depends on. What other calls come to is not known. */
const reckoning: ReadonlyMap<string, readonly number[]> = new Map<string, readonly number[]>([
  ...['array_size', 'size_mul', 'size_add'].map((name) => [name, [0, 1]] as const),
  ['array3_size', [0, 1, 2]],
  ...['struct_size', 'flex_array_size'].map((name) => [name, [2]] as const),
]);

/**
 * Whether a value is known to be told only when it runs: a parameter of the function or of the module, or a local or member
 * that the file gives such a value.
 */
function isVariable(program: Program, fn: FunctionEntry, e: Expr, deep: number): boolean {
  const isOne = (each: Expr | undefined): boolean => each !== undefined && isVariable(program, fn, each, deep);
  if (e.k === 'binary') return (e.op === '*' || e.op === '+') && (isOne(e.l) || isOne(e.r));
  if (e.k === 'cond') return isOne(e.then ?? e.test) || isOne(e.else);
  if (e.k === 'call') return e.fn.k === 'id' && reckoning.get(e.fn.name)?.some((at) => isOne(e.args[at])) === true;
  if (deep === 0) return false;
  if (e.k === 'id') {
    const values = valuesOfLocals(fn).get(e.name);
    if (values) return !values.some(isLimited) && values.some((value) => isVariable(program, fn, value, deep - 1));
    if (fn.fact.params.includes(e.name)) return isPassedVariable(program, fn, e.name, deep - 1);
    const words = program.facts(fn.file)?.mentions[ofWholeFile] ?? [];
    return words.includes(setByUsers(e.name)) && !isSeenTo(program, fn.file, e.name);
  }
  if (e.k !== 'field') return false;
  const given = (program.facts(fn.file)?.functions ?? []).flatMap(({ name, blocks }) => {
    const by = program.functionById(`${fn.file}#${name}`);
    return [...expressionsOf(blocks ?? [])].flatMap((whole) =>
      [...walkExpression(whole)].flatMap((each) =>
        by && each.k === 'assign' && each.to.k === 'field' && each.to.name === e.name ? { by, value: each.from } : [],
      ),
    );
  });
  return (
    !given.some(({ value }) => isLimited(value)) &&
    given.some(({ by, value }) => isVariable(program, by, value, deep - 1))
  );
}

/** Whether a parameter may be told only when it runs: no call of the file is seen, or one passes such a value. */
function isPassedVariable(program: Program, fn: FunctionEntry, param: string, deep: number): boolean {
  const at = fn.fact.params.indexOf(param);
  const passed = functionsOf(program, fn.file).flatMap((by) =>
    callsIn(program, { file: by.file, fn: by.fact.name }).flatMap(({ fn: called, args }) =>
      called.k === 'id' && called.name === fn.fact.name && args[at] ? { by, value: args[at] } : [],
    ),
  );
  return passed.length === 0 || passed.some(({ by, value }) => isVariable(program, by, value, deep));
}

/** Whether a function of a file limits a variable of the module, or asks whether it is too large. */
function isSeenTo(program: Program, file: string, name: string): boolean {
  const isName = (e: Expr): boolean => e.k === 'id' && e.name === name;
  return functionsOf(program, file).some(({ fact }) =>
    [...expressionsOf(fact.blocks ?? [])].some((whole) =>
      [...walkExpression(whole)].some(
        (e) =>
          (e.k === 'assign' && isName(e.to)) || (e.k === 'binary' && /^[<>]=?$/.test(e.op) && [e.l, e.r].some(isName)),
      ),
    ),
  );
}

function functionsOf(program: Program, file: string): FunctionEntry[] {
  return (program.facts(file)?.functions ?? []).flatMap(({ name }) => program.functionById(`${file}#${name}`) ?? []);
}

function isLimited(e: Expr): boolean {
  return e.k === 'call' && e.fn.k === 'id' && /^(?:min|clamp)/.test(e.fn.name);
}

/** Whether a function that makes memory of some size asks first whether that is too much, and leaves, or with what is small. */
function isBounded({ fact }: FunctionEntry, size: readonly Expr[]): boolean {
  const blocks = fact.blocks ?? [];
  const names = new Set(
    size.flatMap((whole) =>
      [...walkExpression(whole)].flatMap((e) => (e.k === 'field' || e.k === 'id' ? printExpression(e) : [])),
    ),
  );
  return blocks.some((block) => {
    const { end } = block;
    if (end.e !== 'branch' || end.loop) return false;
    const asks = [...walkExpression(end.on)].some(
      (e) => (e.k === 'id' || e.k === 'field') && names.has(printExpression(e)),
    );
    const compares = [...walkExpression(end.on)].filter((e) => e.k === 'binary' && /^[<>]=?$/.test(e.op));
    if (!asks || compares.length === 0) return false;
    const isSmall = compares.some((e) =>
      [...walkExpression(e)].some(
        (each) =>
          (each.k === 'num' && each.value !== null && each.value > 1 && each.value <= small) ||
          (each.k === 'id' && /PAGE_SIZE|KMALLOC/.test(each.name)),
      ),
    );
    const leaves = successorsOf(block).some((to) => {
      const seen = blocksFrom(blocks, [to]);
      return ![...seen].some((at) =>
        [...expressionsOf([blocks[at]!])].some((whole) =>
          [...walkExpression(whole)].some((e) => e.k === 'call' && e.fn.k === 'id' && sizes.has(e.fn.name)),
        ),
      );
    });
    return isSmall || leaves;
  });
}

import { expressionsOf, walkExpression, type Expr, type FunctionFact } from '../../facts/index.ts';
import { digestOf, kernelTable, printExpression } from '../../lifecycle/index.ts';
import type { Program } from '../../program/index.ts';

/** Whether a name is a function's of the program that returns 0 whatever happens. */
export function cannotFail(program: Program, file: string, name: string, depth = 0): boolean {
  const entry = program.resolveFunction(file, name);
  if (!entry || depth > 4) return false;
  const returns = entry.fact.returnsVoid ? [] : digestOf(entry.fact).returns;
  return (
    returns.length > 0 &&
    returns.every((each) =>
      typeof each === 'number'
        ? each === zero
        : 'call' in each && cannotFail(program, entry.file, each.call, depth + 1),
    )
  );
}

/** `Digest.returns` of `return 0`. */
const zero = 2;

/**
 * Whether a function that gives something back empties the place where it was, and gives back by calls that do nothing
 * for NULL: called again, it does nothing (`proc_remove(fn->dir); fn->dir = NULL;`).
 */
export function copesWithTwice({ blocks }: FunctionFact): boolean {
  const all = [...expressionsOf(blocks ?? [])].flatMap((each) => [...walkExpression(each)]);
  const emptied = new Set(
    all.flatMap((e) => (e.k === 'assign' && e.op === '=' && isNull(e.from) ? printExpression(e.to) : [])),
  );
  const sources = new Map<string, string[]>();
  const note = (name: string, from: Expr): void => {
    sources.set(name, [...(sources.get(name) ?? []), printExpression(from)]);
  };
  for (const { steps } of blocks ?? [])
    for (const step of steps) if (step.s === 'declare' && step.init) note(step.name, step.init);
  for (const e of all) if (e.k === 'assign' && e.op === '=' && e.to.k === 'id') note(e.to.name, e.from);
  const isEmptied = (e: Expr | undefined): boolean => {
    if (!e) return false;
    const root = e.k === 'field' ? e.of : e;
    return [e, root].some((each) => {
      const text = printExpression(each);
      const from = sources.get(text) ?? [];
      return emptied.has(text) || (from.length > 0 && from.every((other) => emptied.has(other)));
    });
  };
  const released = all.flatMap((e) => {
    const pairs = e.k === 'call' && e.fn.k === 'id' ? kernelTable.releases.get(e.fn.name) : undefined;
    return e.k === 'call' && pairs ? [{ pairs, thing: e.args[pairs[0]!.releaseOf[0] ?? 0] }] : [];
  });
  const asked = blocks?.[0]?.end;
  // `if (fn->dir) { …; fn->dir = NULL; }`: the second time it asks in vain.
  if (asked?.e === 'branch' && isEmptied(asked.on.k === 'unary' ? asked.on.of : asked.on)) return true;
  return released.length > 0 && released.every(({ thing }) => isEmptied(thing));
}

/** Whether a call releases all things of some description: of those there are none left when it is called again. */
export function isOfAll(name: string): boolean {
  return kernelTable.releases.get(name)?.some((pair) => pair.allReleasedBy?.some(({ call }) => call === name)) === true;
}

function isNull(e: Expr): boolean {
  return e.k === 'num' && e.value === 0;
}

/** Whether all that a function does is look, and say what it sees: `WARN(foo_table, "still in use")`. */
export function onlyWarns(fact: FunctionFact): boolean {
  if (!fact.blocks) return false;
  const locals = new Set(
    fact.blocks.flatMap(({ steps }) => steps.flatMap((each) => (each.s === 'declare' ? each.name : []))),
  );
  return [...expressionsOf(fact.blocks)].every((whole) =>
    [...walkExpression(whole)].every((e) => {
      if (e.k === 'call') return e.fn.k === 'id' && warning.test(e.fn.name);
      const to = e.k === 'assign' ? e.to : e.k === 'update' ? e.of : null;
      return to === null || (to.k === 'id' && locals.has(to.name));
    }),
  );
}

const warning = /^(?:WARN|BUG_ON|pr_|printk|lockdep_|might_sleep|ASSERT_)/;

/** The names that a function itself calls. */
export function callsOf({ blocks }: FunctionFact): string[] {
  return [...expressionsOf(blocks ?? [])].flatMap((whole) =>
    [...walkExpression(whole)].flatMap((e) => (e.k === 'call' && e.fn.k === 'id' ? [e.fn.name] : [])),
  );
}

/** Whether a function makes a call by these words. */
export function makesCall({ blocks }: FunctionFact, text: string): boolean {
  return [...expressionsOf(blocks ?? [])].some((whole) =>
    [...walkExpression(whole)].some((e) => e.k === 'call' && printExpression(e) === text),
  );
}

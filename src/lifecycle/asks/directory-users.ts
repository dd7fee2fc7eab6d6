import { expressionsOf, successorsOf, walkExpression, type Expr } from '../../facts/ir.ts';
import type { FunctionEntry, OpsEntry, Program } from '../../program/program.ts';
import { callbackOf } from '../bodies/callbacks-of.ts';
import type { Call } from '../bodies/calls-at.ts';
import { asksWhich } from '../bodies/first-namespace.ts';
import { blocksFrom } from '../bodies/loops.ts';
import { printExpression } from '../bodies/print.ts';

/** Calls that make something in a directory which they are passed (include/linux/debugfs.h, proc_fs.h). */
const makes = /^(?:debugfs_create_\w+|proc_create\w*|proc_mkdir\w*|proc_symlink)$/;
const removes = /^(?:debugfs_remove\w*|debugfs_lookup_and_remove|proc_remove|remove_proc_(?:entry|subtree))$/;

interface Directory {
  readonly name: string;
  /** Where that is done. */
  readonly file: string;
  /** The call by which the directory is made: no other value is ever written to the variable. */
  readonly made: string;
}

/**
 * The init callback of an ops that makes something in a directory in each namespace, where the exit callback removes that
 * again, whatever may have become of the directory; null where one of them goes by anything but its own locals, which may
 * be who tells it that the directory is gone, or for which namespace there is something in it.
 */
export function makerIn(program: Program, ops: OpsEntry, { name, file, made }: Directory): FunctionEntry | null {
  const [init, exit] = [callbackOf(program, ops, 'init'), callbackOf(program, ops, 'exit')];
  if (!init || !exit || asksWhich(init) || asksWhich(exit)) return null;
  // Files may have static variables of one name.
  const files = [...new Set([file, init.file])];
  if (files.length > 1 && files.some((each) => program.facts(each)?.statics.includes(name) === true)) return null;
  if (localsOf(init).has(name) || files.some((each) => isWrittenElsewhere(program, each, { name, made }))) return null;
  const isIn = ({ args }: Call): boolean => args.some((arg) => arg.k === 'id' && arg.name === name);
  const isMade = alwaysCalled(init, makes).some(isIn);
  return isMade && alwaysCalled(exit, removes).length > 0 ? init : null;
}

function localsOf({ fact }: FunctionEntry): ReadonlySet<string> {
  const declared = (fact.blocks ?? []).flatMap(({ steps }) =>
    steps.flatMap((step) => (step.s === 'declare' && !step.isStatic ? step.name : [])),
  );
  return new Set([...fact.params, ...declared]);
}

function isWrittenElsewhere(program: Program, file: string, { name, made }: Pick<Directory, 'name' | 'made'>): boolean {
  const isName = (e: Expr): boolean => e.k === 'id' && e.name === name;
  return (program.facts(file)?.functions ?? []).some(({ blocks }) =>
    [...expressionsOf(blocks ?? [])].some((whole) =>
      [...walkExpression(whole)].some((e) => {
        if (e.k === 'unary') return e.op === '&' && isName(e.of);
        if (e.k === 'call') return e.fn.k === 'id' && /xchg|WRITE_ONCE|assign/.test(e.fn.name) && e.args.some(isName);
        if (e.k !== 'assign' || !isName(e.to)) return false;
        return e.from.k !== 'call' || e.from.fn.k !== 'id' || e.from.fn.name !== made;
      }),
    ),
  );
}

/** The calls of a kind in a function that it only leaves out where a step of its own has failed, or has nothing to remove. */
function alwaysCalled(fn: FunctionEntry, kind: RegExp): readonly Call[] {
  const blocks = fn.fact.blocks ?? [];
  const own = localsOf(fn);
  return blocks.flatMap((block, index) => {
    const calls = [...expressionsOf([block])].flatMap((whole) =>
      isChoice(whole)
        ? []
        : [...walkExpression(whole)].filter(
            (e): e is Call => e.k === 'call' && e.fn.k === 'id' && kind.test(e.fn.name),
          ),
    );
    if (calls.length === 0) return [];
    const isPlain = blocks.every((other, at) => {
      const { end } = other;
      if (at === index || end.e === 'each' || (end.e !== 'switch' && end.e !== 'branch')) return true;
      const skips = successorsOf(other).filter((to) => to !== index && !blocksFrom(blocks, [to]).has(index));
      const isPassed = skips.length === successorsOf(other).length || skips.length === 0;
      return isPassed || (end.e === 'branch' && isOfOwn(end.on, own) && skips.every((to) => fails(to)));
    });
    return isPlain ? calls : [];
  });

  function fails(from: number): boolean {
    return [...blocksFrom(blocks, [from])].every((at) => {
      const { end } = blocks[at]!;
      return end.e !== 'return' || (end.value !== null && printExpression(end.value) !== '0');
    });
  }
}

/** Whether a part of an expression is come to on some ways only. */
function isChoice(whole: Expr): boolean {
  const inside = [...walkExpression(whole)];
  return inside.some(
    (e) =>
      (e.k === 'binary' && /^(?:&&|\|\|)$/.test(e.op)) ||
      (e.k === 'cond' &&
        [e.then, e.else].some((arm) => arm && [...walkExpression(arm)].some((each) => each.k === 'call'))),
  );
}

/** Whether a condition is one of locals alone: no variable of the file has a say. */
function isOfOwn(on: Expr, own: ReadonlySet<string>): boolean {
  return [...walkExpression(on)].every(
    (e) => (e.k !== 'call' && (e.k !== 'id' || own.has(e.name) || e.name === 'NULL')) || isErrorTest(e),
  );
}

function isErrorTest(e: Expr): boolean {
  const name = e.k === 'call' && e.fn.k === 'id' ? e.fn.name : e.k === 'id' ? e.name : '';
  return /^IS_ERR(?:_OR_NULL)?$/.test(name);
}

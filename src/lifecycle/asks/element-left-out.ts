import { folderOf } from '../../facts/folder.ts';
import { expressionsOf, walkExpression, type Expr } from '../../facts/ir.ts';
import { macroNames, namesElement, ofWholeFile, roundIn, type Round } from '../../facts/words.ts';
import type { FunctionEntry, OpsEntry, Program } from '../../program/program.ts';
import type { Reach } from '../../program/reach.ts';
import { exitsOf } from '../bodies/callbacks-of.ts';

/** An element at an end of an array that a loop of an ops' exits does not come to. */
export interface ElementLeftOut {
  readonly fn: FunctionEntry;
  /** The member, or what yields an element (`foo_slot()`). */
  readonly array: string;
  readonly which: 'first' | 'last';
  /** Where the array ends. */
  readonly to: string;
  /** A function of the file that goes through all of the array. */
  readonly other: string;
}

/**
 * A loop that an ops' exits come to, that takes down what lies in an array from its second element on, or up to the one
 * before the last, while another loop of the same file goes through all of it to the same bound as it is written. No other
 * loop of the file leaves an element out, and nothing that is read of it names one by a number or a constant: an element
 * that is something else is treated apart somewhere.
 */
export function elementLeftOut(program: Program, reach: Reach, ops: OpsEntry): ElementLeftOut | null {
  for (const exit of exitsOf(program, ops))
    for (const { file, name, words } of reach.through(exit.file, exit.fact.name, 'calls'))
      for (const word of folderOf(file) === folderOf(ops.file) ? words : []) {
        const round = roundIn(word);
        const fn = round?.releases ? program.resolveFunction(file, name) : undefined;
        if (!round || fn?.file !== file || (round.from !== '0' && round.from !== '1')) continue;
        const left = leftOutOf(program, fn, round);
        if (left) return left;
      }
  return null;
}

function leftOutOf(program: Program, fn: FunctionEntry, { array, from, to }: Round): ElementLeftOut | null {
  const all = roundsOf(program, fn.file, array);
  const end = from === '1' ? to : /^(.+)-1$/.exec(to)?.[1];
  if (end === undefined) return null;
  const other = all.find((each) => each.from === '0' && each.to === end);
  if (!other) return null;
  const others = all.filter((each) => !(each.from === '0' && each.to === end));
  // Where another loop begins is not known by its text: a dump goes on where it has ended before.
  const isSkipping = others.some((each) => each.name !== fn.fact.name && (/^\d+$/.test(each.from) || each.to !== end));
  const isOne = others.filter((each) => each.name === fn.fact.name).length === 1;
  if (isSkipping || !isOne || namesOne(program, fn.file, array)) return null;
  return { fn, array, which: from === '1' ? 'first' : 'last', to: end, other: other.name };
}

function roundsOf(program: Program, file: string, array: string): (Round & { readonly name: string })[] {
  return Object.entries(program.facts(file)?.mentions ?? {}).flatMap(([name, words]) =>
    name === ofWholeFile
      ? []
      : words.flatMap((word) => {
          const round = roundIn(word);
          return round?.array === array ? [{ ...round, name }] : [];
        }),
  );
}

/**
 * Whether something of a file names an element of an array by a number or a constant, or the first by the array itself; of what
 * a call yields functions say that which were read.
 */
function namesOne(program: Program, file: string, array: string): boolean {
  const isFixed = (e: Expr | undefined): boolean =>
    e !== undefined &&
    (e.k === 'num' ||
      (e.k === 'id' && /^[A-Z][A-Z0-9_]*$/.test(e.name)) ||
      (e.k === 'binary' && isFixed(e.l) && isFixed(e.r)));
  const { mentions = {}, functions = [] } = program.facts(file) ?? {};
  // What a macro yields lies in a member that it names.
  const named = array.endsWith('()') ? macroNames(array.slice(0, -'()'.length), '') : null;
  const arrays = (mentions[ofWholeFile] ?? []).flatMap((word) =>
    named !== null && word.startsWith(named) ? [word.slice(named.length)] : [],
  );
  arrays.push(array);
  const isArray = (e: Expr): boolean => e.k === 'field' && arrays.includes(e.name);
  const isOne = (e: Expr): boolean => {
    if (e.k === 'index') return isArray(e.of) && isFixed(e.index);
    if ((e.k === 'unary' && e.op === '*') || (e.k === 'field' && e.arrow)) return isArray(e.of);
    return e.k === 'call' && e.fn.k === 'id' && `${e.fn.name}()` === array && isFixed(e.args[1]);
  };
  if (Object.values(mentions).some((words) => arrays.some((each) => words.includes(namesElement(each))))) return true;
  return functions.some(({ blocks }) =>
    [...expressionsOf(blocks ?? [])].some((whole) => [...walkExpression(whole)].some(isOne)),
  );
}

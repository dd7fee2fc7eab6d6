import { walkExpression, type Expr } from '../../facts/ir.ts';
import type { Frame } from './frame.ts';
import { pernetCalls } from '../bodies/known.ts';
import { isPairWord } from './symmetric.ts';
import { NEG } from './values.ts';

/** Words by which a function that was not read says that it asks for what there is, not for what has happened so far. */
const asks =
  /(?:^|_)(?:has|use[sd]?|want(?:s|ed)?|needs?|needed|supports?|supported|enabled|disabled|available|capable|allowed|permitted|configured)(?:_|$)/;

/**
 * Whether a call asks what stays as it is while a module lives: nothing that it is passed can change, it does nothing, and
 * it says yes or no. What `foo_supported()` has said when init asked it, it says again when init unwinds, and to exit.
 */
export function isSteady(frame: Frame, { args }: Expr & { k: 'call' }, name: string): boolean {
  if (!args.every(isConstant) || pernetCalls.has(name)) return false;
  const { overview } = frame.summaries;
  if (overview.pairs.isKnown(name)) return false;
  const callee = frame.program.lookUp(frame.file, name);
  if (!callee?.fact.blocks) return asks.test(name) && !isPairWord(name);
  if (callee.fact.returnsVoid || overview.registers(callee.id)) return false;
  // A comparison of what is not known is not told from another one by who reads on in the function.
  if (overview.matters(callee.id) && !isComparison(callee.fact.blocks[0]?.end)) return false;
  return (overview.returnMask(callee.id) & NEG) === 0 && overview.globalsWritten(callee.id).size === 0;
}

/** Numbers, and macros by their names. */
function isConstant(e: Expr): boolean {
  return e.k === 'num' || e.k === 'str' || (e.k === 'id' && /^[A-Z][A-Z\d_]+$/.test(e.name));
}

/** `return foo_mode > 1;`, with no call in it. */
function isComparison(end: { readonly e: string; readonly value?: Expr | null } | undefined): boolean {
  const inner = end?.e === 'return' && end.value ? [...walkExpression(end.value)] : [];
  return inner.some((e) => e.k === 'binary' && /^[<>=!]=?$/.test(e.op)) && inner.every((e) => e.k !== 'call');
}

import type { Block, Expr } from '../../facts/ir.ts';
import { errorIfNot, throughZero } from './answers.ts';
import { constantOf } from '../bodies/chosen-steps.ts';
import type { Result } from './frame.ts';
import type { State } from './state.ts';
import { isErrno, NEG, negate, POS, signOf, ZERO } from './values.ts';

type Switch = Block['end'] & { readonly e: 'switch' };

/** The case that a number chooses (undefined: none of them); null where the value or a case is not known. */
export function caseChosen({ cases }: Switch, { state, value }: Result): number | undefined | null {
  const name = constantOf(state, value);
  const named = name === null ? undefined : cases.find((each) => each.value.k === 'id' && each.value.name === name);
  if (named) return named.to;
  if (value.v !== 'num' || value.text !== undefined) return null;
  if (!cases.every((each) => each.value.k === 'num' && each.value.value !== null)) return null;
  return cases.find((each) => each.value.k === 'num' && each.value.value === value.num)?.to;
}

/**
 * The cases of a value of which no more than its sign is known: `switch (err) { case 0: … default: … }` asks as
 * `if (err)` does, and `case -EEXIST` is one of a failure's.
 */
export function casesBySign(
  { cases, otherwise }: Switch,
  { state, value }: Result,
): { readonly to: number; readonly state: State }[] {
  const taken: { to: number; state: State }[] = [];
  let rest: State | null = state;
  const signs = cases.map((each) => signOfConstant(each.value));
  if (signs.includes(ZERO) && !signs.includes(POS)) errorIfNot({ state, value }, throughZero);
  for (const [index, each] of cases.entries()) {
    const sign = signs[index] ?? null;
    // Of a mode that a positive number stands for nothing is learnt that another question would ask.
    const isOpen = sign === null || (sign === POS && (rest.maskOf(value) & POS) !== 0);
    const chosen: State | null = isOpen ? rest : rest.refine(value, sign, throughZero);
    if (chosen) taken.push({ to: each.to, state: chosen === rest ? rest.copy() : chosen });
    if (sign === ZERO) rest = rest.refine(value, NEG | POS, throughZero);
    if (!rest) return taken;
  }
  return [...taken, { to: otherwise, state: rest }];
}

function signOfConstant(e: Expr): number | null {
  if (e.k === 'unary' && e.op === '-') {
    const sign = e.of.k === 'id' && isErrno(e.of.name) ? POS : signOfConstant(e.of);
    return sign === null ? null : negate(sign);
  }
  return e.k === 'num' && e.value !== null ? signOf(e.value) : null;
}

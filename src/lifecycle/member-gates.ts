import { expressionsOf, walkExpression, type Expr } from '../facts/ir.ts';
import type { FunctionEntry, Program } from '../program/program.ts';
import { memberIn, settingBy, variableIn } from './settings.ts';

/** A function by its file and its name. */
export interface Named {
  readonly file: string;
  readonly name: string;
}

/**
 * Whether a function notes by a flag, after a call by its name, how far it has come, and another one of its file asks for that:
 * `fn->ready = true;` where all went well, and `if (!fn->ready) return;`.
 */
export function isNotedAfter(program: Program, { file, name }: Named, call: string): boolean {
  const fn = program.resolveFunction(file, name);
  if (!fn) return false;
  const noted = new Set(setAfter(fn, call));
  return (
    noted.size > 0 &&
    (program.facts(fn.file)?.functions ?? []).some(
      (fact) => fact.name !== name && askedIn({ fact }).some((each) => noted.has(each)),
    )
  );
}

/** The members and variables that a function goes by. */
function askedIn({ fact }: Pick<FunctionEntry, 'fact'>): readonly string[] {
  return (fact.blocks ?? []).flatMap(({ end }) =>
    end.e === 'branch' || end.e === 'switch' ? [...walkExpression(end.on)].flatMap((e) => nameOf(e) ?? []) : [],
  );
}

/** What a function raises to a constant when it has come to a call. */
function setAfter({ fact }: FunctionEntry, call: string): readonly string[] {
  const all = expressionsIn(fact);
  return all.slice(all.findIndex((e) => isCallOf(e, call)) + 1).flatMap((e) => {
    const set = settingBy(e, nameOf);
    return set?.isPlain === true && set.isSet ? set.name : [];
  });
}

function expressionsIn({ blocks }: FunctionEntry['fact']): readonly Expr[] {
  return [...expressionsOf(blocks ?? [])].flatMap((whole) => [...walkExpression(whole)]);
}

function isCallOf(e: Expr, call: string | null): boolean {
  return e.k === 'call' && e.fn.k === 'id' && e.fn.name === call;
}

function nameOf(e: Expr | undefined): string | undefined {
  return memberIn(e) ?? variableIn(e);
}

import { childrenOf, expressionsOf, type Expr } from '../../facts/ir.ts';
import type { Program } from '../../program/program.ts';
import { isListAdd, isListMove } from './known.ts';

/**
 * Whether something does more with a variable of a file than to put something there: `foo_spare = p`,
 * `list_add(&p->list, &foo_dead)`. Of what is no static variable of the file that is not known.
 */
export function isEverRead(program: Program, file: string, name: string): boolean {
  const { statics = [], mentions = {}, functions = [] } = program.facts(file) ?? {};
  if (!statics.includes(name)) return true;
  const bodies = new Map(functions.map(({ name: fn, blocks, unreadable }) => [fn, unreadable ? null : blocks]));
  return Object.entries(mentions).some(([by, words]) => {
    if (by === name || !words.includes(name)) return false;
    const blocks = bodies.get(by);
    return !blocks || [...expressionsOf(blocks)].some((e) => isReadIn(e, name));
  });
}

/** Whether an expression is a variable or a member of one. */
function isOfVariable(e: Expr): boolean {
  return e.k === 'id' || (e.k === 'field' && !e.arrow && isOfVariable(e.of));
}

function isReadIn(e: Expr, name: string): boolean {
  if (e.k === 'id') return e.name === name;
  if (e.k === 'other') return new RegExp(`\\b${name}\\b`).test(e.text);
  if (e.k === 'assign' && e.op === '=' && isOfVariable(e.to)) return isReadIn(e.from, name);
  if (e.k === 'call' && e.fn.k === 'id' && (isListAdd(e.fn.name) || isListMove(e.fn.name)))
    return e.args.some((arg, index) => index !== 1 && isReadIn(arg, name));
  return childrenOf(e).some((each) => isReadIn(each, name));
}

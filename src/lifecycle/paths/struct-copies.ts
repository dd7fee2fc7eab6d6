import { expressionsOf, walkExpression, type Expr, type FunctionFact } from '../../facts/ir.ts';
import { noteStored } from './effects.ts';
import { place, type Frame } from './frame.ts';
import { lvalue } from './paths.ts';
import { copyMark, isLocal } from './place-names.ts';
import { factOf } from './releasing.ts';
import type { State } from './state.ts';

/** A structure that is copied as a whole: `fn->parts = parts;`, `struct foo_parts old = fn->parts;`. */
interface Copy {
  readonly to: string;
  readonly from: Expr;
  readonly at: Expr['at'];
}

/** What is copied as a whole takes along what its members hold. */
export function copyMembers(frame: Frame, { to, from: source, at }: Copy, state: State): void {
  const from = source.k === 'id' || source.k === 'field' ? lvalue(frame, source, state) : null;
  if (from === null || from === to) return;
  // What `*p` has as a member is that of what p points at.
  const whole = to.replace(/->\*$/, '->');
  // What lies in a member after the member itself.
  const members = [...state.env].filter(([key]) => key.startsWith(`${from}.`)).sort(([a], [b]) => a.length - b.length);
  for (const [key, value] of members) {
    if (key.endsWith(copyMark)) continue;
    const rest = key.slice(from.length);
    const member = whole === to ? `${to}${rest}` : `${whole}${rest.slice(1)}`;
    state.write(member, value);
    noteStored(state, member, value, place(frame, at));
  }
  // What is not known of a member yet is what it was when it was copied.
  if (!isLocal(to) || !wholes(frame).has(to.slice(1))) return;
  const origin = isLocal(from) ? state.copiedFrom(from) : from;
  if (origin !== null) state.env.set(`${to}${copyMark}`, { v: 'addr', path: origin });
}

const known = new WeakMap<FunctionFact, ReadonlySet<string>>();

/** The names of what a function looks into, `old.table`, or hands on by its address: perhaps structures of its own. */
function wholes(frame: Frame): ReadonlySet<string> {
  const fact = factOf(frame);
  let names = fact && known.get(fact);
  if (fact && !names) {
    names = new Set(
      [...expressionsOf(fact.blocks ?? [])].flatMap((whole) =>
        [...walkExpression(whole)].flatMap((e) =>
          ((e.k === 'field' && !e.arrow) || (e.k === 'unary' && e.op === '&')) && e.of.k === 'id' ? [e.of.name] : [],
        ),
      ),
    );
    known.set(fact, names);
  }
  return names ?? new Set();
}

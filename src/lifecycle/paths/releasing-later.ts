/** What others give back, or may: a callback of RCU, who drops a reference, who memory is left to. */
import type { Expr } from '../../facts/ir.ts';
import type { Called } from './calls.ts';
import { componentOf } from './components.ts';
import { freesItself, sparesWhole } from '../bodies/frees-itself.ts';
import { place, type Frame, type Result } from './frame.ts';
import { anyMemory } from './freed-either-way.ts';
import type { Target } from './held.ts';
import { isLocal } from './place-names.ts';
import { factOf, releaseStep } from './releasing.ts';
import type { State } from './state.ts';
import { structBehind } from '../bodies/structs.ts';
import type { Place } from './trace.ts';

/** `call_rcu(&p->rcu, fn)`: by the time that fn has run, p is given back. */
export function releaseByRcu(frame: Frame, e: Expr & { k: 'call' }, { name, state, values }: Called): Result[] {
  const next = state.copy();
  const head = values[0] ? componentOf(next, values[0]).replace(/^&/, '') : '';
  // The head may lie in a part of p: `&p->base.rcu`.
  const owners = [/^(.*)(?:->|\.)[^>.]*$/, /^(.*)->[^>]*\.[^>.]*$/].flatMap((one) => one.exec(head)?.[1] ?? []);
  const pairs = anyMemory(frame);
  if (owners.length > 0) {
    const struct = structBehind(factOf(frame), ownerOf(e.args[0]));
    const targets = owners.flatMap((owner, index) =>
      pairs.map((pair): Target => ({
        pair,
        of: [owner],
        ...(struct === undefined || index > 0 ? {} : { struct }),
      })),
    );
    const match = freesAnother(frame, e.args, owners[0]!) ? 'exact' : undefined;
    releaseStep(next, { call: name, targets, sure: false, match, place: place(frame, e.at) });
  }
  return [{ state: next, value: next.fresh() }];
}

/** Whether what RCU is asked to call is read, and does not free the namespace's data that its head lies in, but what that names. */
function freesAnother({ program, file }: Frame, [head, callback]: readonly Expr[], owner: string): boolean {
  const member = head?.k === 'unary' && head.of.k === 'field' ? head.of.name : undefined;
  const fn = callback?.k === 'id' ? program.lookUp(file, callback.name) : undefined;
  if (member === undefined || !fn?.fact.blocks || !/^generic\([^)]*\)$/.test(owner)) return false;
  return !freesItself(program, fn, member) && sparesWhole(program, fn, 0);
}

/** `foo_destroy(p)`, `put_device(&p->dev)`: p, or that in which what is passed lies, may be given back. */
export function releaseByPut(frame: Frame, e: Expr & { k: 'call' }, { name, state, values }: Called): void {
  const [first] = values;
  const passed = first ? componentOf(state, first) : '';
  const owner = passed.startsWith('&') ? /^&(.*)->[\w.]+$/.exec(passed)?.[1] : passed;
  if (owner === undefined || owner === '' || owner.startsWith('=') || isLocal(owner)) return;
  mayBeReleased(frame, state, { call: name, of: owner, place: place(frame, e.at) });
}

/** Memory that a call leaves to someone else, who may free it. */
export function mayBeReleased(
  frame: Frame,
  state: State,
  { call, of, place: at }: { readonly call: string; readonly of: string; readonly place: Place },
): void {
  const pairs = anyMemory(frame);
  const targets = pairs.map((pair): Target => ({ pair, of: [of] }));
  releaseStep(state, { call, targets, sure: false, match: 'exact', place: at });
}

/** What `&p->rcu` lies in. */
function ownerOf(e: Expr | undefined): Expr | undefined {
  return e?.k === 'unary' && e.op === '&' && e.of.k === 'field' ? e.of.of : undefined;
}

import { expressionsOf, walkExpression, type Expr } from '../../facts/ir.ts';
import type { Program } from '../../program/program.ts';
import { memberIn, settingBy, variableIn } from './settings.ts';
import type { Place } from '../paths/trace.ts';

/** Where a function comes to a call. */
export type CallSite = Place;

/** Calls by their names that begin and end a section which one thread is in at a time; readers of RCU exclude nobody. */
const locking = /(?:^|_)lock(?:_|$)|^down(?:_|$)|^(?:scoped_)?guard$/;
const unlocking = /(?:^|_)unlock(?:_|$)|^up(?:_(?:read|write))?$|^release_sock$/;
const others = /rcu|init|assert|lockdep|held|destroy/;

/** Whether a call by this name takes a lock. */
export function isLock(call: string): boolean {
  return locking.test(call) && !others.test(call);
}

/** Whether a call by this name drops one. */
export function isUnlock(call: string): boolean {
  return unlocking.test(call) && !others.test(call);
}

/** What a teardown does that is looked at: it takes a lock, drops it, sets the thing to NULL, releases it. */
type Act = 'locks' | 'unlocks' | 'resets' | 'releases';

/**
 * Whether a teardown sets to NULL what it releases, so that nobody who asks for that in a section which the same lock guards
 * comes by what is gone: in such a section before the release, or after it in the one in which that is. `ways` are the calls
 * that lead to the release, the outermost first.
 */
export function isResetLocked(program: Program, ways: readonly CallSite[], name: string): boolean {
  const acts = actsOf(program, ways, name);
  const release = acts.indexOf('releases');
  if (release < 0) return false;
  let depth = 0;
  const depths = acts.map((act) => {
    if (act === 'locks') depth++;
    if (act === 'unlocks') depth = Math.max(0, depth - 1);
    return depth;
  });
  if (acts.some((act, index) => act === 'resets' && index < release && depths[index]! > 0)) return true;
  const reset = acts.indexOf('resets', release);
  return reset > release && depths.slice(release, reset + 1).every((each) => each > 0);
}

function actsOf(program: Program, [site, ...inner]: readonly CallSite[], name: string): Act[] {
  if (!site) return ['releases'];
  const fact = program.resolveFunction(site.file, site.fn)?.fact;
  const all = [...expressionsOf(fact?.blocks ?? [])].flatMap((whole) => [...walkExpression(whole)]);
  const call = all.findIndex((e) => e.k === 'call' && e.at.join() === site.at.join());
  // The first function of a phase is called by nobody that is at hand.
  if (call < 0) return inner.length > 0 ? actsOf(program, inner, name) : [];
  const acts = (some: readonly Expr[]): Act[] => some.flatMap((e) => actOf(e, name) ?? []);
  return [...acts(all.slice(0, call)), ...actsOf(program, inner, name), ...acts(all.slice(call + 1))];
}

function actOf(e: Expr, name: string): Act | null {
  const set = settingBy(e, (to) => memberIn(to) ?? variableIn(to));
  if (set?.name === name && !set.isSet) return 'resets';
  if (e.k !== 'call' || e.fn.k !== 'id') return null;
  return isLock(e.fn.name) ? 'locks' : isUnlock(e.fn.name) ? 'unlocks' : null;
}

import { expressionsOf, walkExpression } from '../facts/ir.ts';
import type { FunctionEntry, Program } from '../program/program.ts';
import { memberIn, settingBy, variableIn } from './settings.ts';

/** A function by its file and its name. */
export interface Named {
  readonly file: string;
  readonly name: string;
}

/** Where a teardown stops a work item or a timer: the function that does it, the call by which, and those that come before. */
export interface StopSite extends Named {
  readonly call: string;
  readonly through: readonly Named[];
}

/**
 * Whether a function that would queue something again asks first for a member, or a variable, that the teardown has set to
 * a constant by the time it stops that: `fn->live = false; cancel_work_sync(&fn->work);`, and `if (fn->live)` in the timer.
 */
export function isKeptOut(program: Program, runner: Named, stop: StopSite): boolean {
  const fn = program.resolveFunction(runner.file, runner.name);
  if (!fn) return false;
  const asked = new Set([fn, ...program.callees(fn.id)].flatMap(askedIn));
  if (asked.size === 0) return false;
  const setters = [stop, ...stop.through.filter(({ name }) => name !== stop.name)];
  return setters.some(({ file, name }) => {
    const setter = program.resolveFunction(file, name);
    return setter !== undefined && setBefore(setter, name === stop.name ? stop.call : null).some((at) => asked.has(at));
  });
}

/** The members and variables that a function goes by. */
function askedIn({ fact }: FunctionEntry): readonly string[] {
  return (fact.blocks ?? []).flatMap(({ end }) =>
    end.e === 'branch' || end.e === 'switch' ? [...walkExpression(end.on)].flatMap((e) => nameOf(e) ?? []) : [],
  );
}

/** What a function sets to a constant, until it comes to a call for the last time where one is given. */
function setBefore({ fact }: FunctionEntry, call: string | null): readonly string[] {
  const all = [...expressionsOf(fact.blocks ?? [])].flatMap((whole) => [...walkExpression(whole)]);
  const end = all.findLastIndex((e) => e.k === 'call' && e.fn.k === 'id' && e.fn.name === call);
  return (end < 0 ? all : all.slice(0, end)).flatMap((e) => {
    const set = settingBy(e, nameOf);
    return set && (set.isPlain || !set.isSet) ? set.name : [];
  });
}

function nameOf(e: Parameters<typeof memberIn>[0]): string | undefined {
  return memberIn(e) ?? variableIn(e);
}

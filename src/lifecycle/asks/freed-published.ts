import type { At } from '../../facts/ir.ts';
import { published } from '../../facts/words.ts';
import type { FunctionEntry, Program } from '../../program/program.ts';
import type { Reach } from '../../program/reach.ts';
import { freesIn } from '../bodies/freed-param.ts';
import { isHook } from './left-set.ts';
import { localsOf } from '../bodies/locals.ts';
import { waitsForReaders } from '../bodies/may-end-before.ts';
import { callsIn, type Call } from '../bodies/may-stop.ts';
import { printExpression } from '../bodies/print.ts';
import { comesUnwaited } from './unwaited.ts';
import { callsOf, nameOf, within } from '../bodies/body.ts';

/** Memory that a module's exit frees at once after it has taken back a pointer by which others still use it. */
export interface FreedPublished {
  /** The pointer, what it was set to, and the variable whose memory is freed. */
  readonly pointer: string;
  readonly value: string;
  readonly freed: string;
  readonly frees: string;
  readonly at: At;
}

/** What others call by a pointer gets at a variable of the file by few calls. */
const mostSteps = 4;

/**
 * What a module's exit frees after it has set a pointer of someone else's to NULL, whose functions use just that, with
 * nothing in between that may wait for readers: `RCU_INIT_POINTER(nf_nat_hook, NULL); kvfree(nf_nat_bysource);`
 * (net/netfilter/nf_nat_core.c). Who has found the pointer set before goes on.
 */
export function freedPublished(program: Program, reach: Reach, fn: FunctionEntry): FreedPublished | null {
  const calls = (fn.fact.blocks ?? []).flatMap(callsIn);
  const resets = calls.flatMap((call) => pointerReset(fn, call) ?? []);
  // Who calls by the pointer may hold the lock under which it is reset.
  const words = program.facts(fn.file)?.mentions[fn.fact.name] ?? [];
  if (words.some((word) => /(?:lock|guard)\w*\(\)$|^up_(?:read|write)/i.test(word))) return null;
  if (calls.some((call) => call.fn.k !== 'id' || locks.test(call.fn.name))) return null;
  const first = resets[0] ? calls.indexOf(resets[0].reset) : 0;
  if (calls.slice(0, first).some((call) => mayHaveEnded(program, fn, call))) return null;
  const statics = new Set(program.facts(fn.file)?.statics);
  for (const call of resets.length > 0 ? calls : []) {
    const at = call.fn.k === 'id' ? freesIn(program, fn.file)(call.fn.name) : undefined;
    const of = at === undefined ? undefined : call.args[at];
    if (of?.k !== 'id' || !statics.has(of.name) || localsOf(fn.fact).has(of.name)) continue;
    for (const { reset, pointer } of resets) {
      const value = valuesOf(program, fn.file, pointer).find((each) => {
        const way = reach.from(fn.file, each).get(of.name);
        return way?.within === true && way.steps <= mostSteps && isHook(program, { pointer, value: each }, fn.file);
      });
      if (value !== undefined && comesUnwaited(program, fn, [reset, call]))
        return { pointer, value, freed: of.name, frees: printExpression(call.fn), at: call.at };
    }
  }
  return null;
}

const locks = /lock|guard|^up_(?:read|write)/i;

/** Whether a call may have seen to it that nobody comes by the pointer any more: one of other files' that is told of nothing, or a wait. */
function mayHaveEnded(program: Program, { file }: FunctionEntry, { fn, args }: Call): boolean {
  if (fn.k !== 'id' || waitsForReaders.test(fn.name)) return true;
  const callee = program.lookUp(file, fn.name);
  if (callee?.file !== file) return args.length === 0;
  return within(program, callee, 2).some((each) =>
    callsOf(each).some((call) => locks.test(nameOf(call)) || waitsForReaders.test(nameOf(call))),
  );
}

/** The global pointer that a call sets to NULL. */
function pointerReset({ fact }: FunctionEntry, call: Call): { readonly reset: Call; readonly pointer: string } | null {
  const [to, value] = call.args;
  if (call.fn.k !== 'id' || !/^(?:RCU_INIT_POINTER|rcu_assign_pointer)$/.test(call.fn.name)) return null;
  if (to?.k !== 'id' || value?.k !== 'num' || value.value !== 0 || localsOf(fact).has(to.name)) return null;
  return { reset: call, pointer: to.name };
}

/** The objects of a file that it sets a pointer to. */
function valuesOf(program: Program, file: string, pointer: string): string[] {
  const set = published.sets(pointer, '&');
  return Object.values(program.facts(file)?.mentions ?? {}).flatMap((words) =>
    words.flatMap((word) => (word.startsWith(set) ? word.slice(set.length) : [])),
  );
}

import type { FunctionEntry, Program } from '../../program/program.ts';
import { certainBlocks, certainIn } from './certain.ts';
import type { CallSite } from './reset-locked.ts';

/** Whether a file that one of some calls is in defines a static variable: one that is not at hand may be anything. */
export function isStaticThere(program: Program, ways: readonly CallSite[], name: string): boolean {
  return ways.some(({ file }) => program.facts(file)?.statics.includes(name) === true);
}

/**
 * Whether each run of the first function that does not fail comes to a call: it lies in all that lead to it on each way that
 * is no failure, not in a branch of a search, a count (`if (!users++)`) or a question which namespace this is.
 */
export function isDoneEachTime(program: Program, ways: readonly CallSite[]): boolean {
  return ways.every((way) => {
    const fn = program.functionById(`${way.file}#${way.fn}`);
    // That a callback itself is called stands at its name.
    return fn !== undefined && (fn.fact.at.join() === way.at.join() || isCertain(fn, way));
  });
}

function isCertain({ fact }: FunctionEntry, { at }: CallSite): boolean {
  return certainBlocks(fact.blocks ?? [], { loops: false, failures: false }).some((block) =>
    [...certainIn(block)].some((all) => [...all].some((e) => e.k === 'call' && e.at.join() === at.join())),
  );
}

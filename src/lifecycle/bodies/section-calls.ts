import type { FunctionEntry, Program } from '../../program/program.ts';
import type { Reach } from '../../program/reach.ts';

/** Sections of functions that are gone at some time: after init, or in built-in code always. */
export type GoneSection = '__init' | '__exit';

/** What lies farther away may well be called for init_net alone. */
const mostSteps = 3;

/** A function of a section that a function calls, or what it calls does: its text may be gone when it is called. */
export function sectionCalled(
  program: Program,
  reach: Reach,
  from: { readonly file: string; readonly name: string },
  section: GoneSection,
): FunctionEntry | null {
  for (const [word, way] of reach.from(from.file, from.name, 'calls')) {
    if (way.steps > mostSteps) continue;
    const callee = program.lookUp(way.file, word);
    if (callee?.fact.attributes.includes(section) === true) return callee;
  }
  return null;
}

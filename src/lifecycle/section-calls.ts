import type { FunctionEntry, Program } from '../program/program.ts';
import type { Reach } from '../program/reach.ts';

/** What lies farther away may well be called for init_net alone. */
const mostSteps = 3;

/** A function marked `__init` that a function calls, or what it calls does: its text is gone after boot. */
export function initSectionCalled(program: Program, reach: Reach, file: string, name: string): FunctionEntry | null {
  for (const [word, way] of reach.from(file, name, 'calls')) {
    if (way.steps > mostSteps) continue;
    const callee = program.lookUp(way.file, word);
    if (callee?.fact.attributes.includes('__init') === true) return callee;
  }
  return null;
}

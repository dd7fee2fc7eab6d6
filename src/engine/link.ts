import type { FileFacts } from '../facts/index.ts';
import { Lifecycles } from '../lifecycle/index.ts';
import { Program } from '../program/index.ts';
import type { AnalysisInput } from './analysis.ts';

/** Files as one program, with its lifecycles. */
export function linked(
  facts: readonly FileFacts[],
  { moduleInfo, dialect, option, table, checkpoint }: AnalysisInput,
): { readonly program: Program; readonly lifecycles: Lifecycles } {
  const program = new Program(facts, moduleInfo);
  return {
    program,
    lifecycles: new Lifecycles(program, { dialect, option, table, ...(checkpoint ? { checkpoint } : {}) }),
  };
}

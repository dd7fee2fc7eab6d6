import type { Lifecycles } from '../lifecycle/index.ts';
import type { Module, Program } from '../program/index.ts';
import type { AnalysisInput } from './analysis.ts';
import type { SharedPart } from './helping.ts';
import { filesOf } from './life-files.ts';
import { keptPart, Part, partOf, type MadePart, type PartResult } from './part.ts';

/** A part of an analysis that is to be made, or taken over from an earlier run. */
export interface PlannedPart {
  readonly key: string | null | undefined;
  /** What another thread is told that makes it; null where this one has to. */
  readonly shared: SharedPart | null;
  /** By how many files it runs through: what takes longest is best begun first. */
  readonly weight: number;
  readonly make: (part: Part) => void;
}

/** Fewer parts than these are made before another thread has linked the program. */
const fewParts = 24;

/** How a shared part is made, in whatever thread. */
export function sharedMaker(
  shared: SharedPart,
  {
    program,
    lifecycles,
    lives,
  }: { readonly program: Program; readonly lifecycles: Lifecycles; readonly lives: readonly Module[] },
): PlannedPart['make'] {
  return (part) => {
    if (shared.kind === 'callbacks') {
      const ops = program.opsEntry(shared.ops)!;
      part.runCallbacks({ lifecycles, ops, module: { ...shared.module, init: null, exits: [] } });
      return;
    }
    const module = lives[shared.index]!;
    const files = filesOf(module, lifecycles.reach(module), lifecycles);
    part.runModule({ program, lifecycles, module, files });
  };
}

/** What parts come to, in their order. It does not depend on who makes them. */
export function* madeParts(input: AnalysisInput, planned: readonly PlannedPart[], isDry: boolean): Generator<MadePart> {
  const together = isDry ? null : madeTogether(input, planned);
  for (const [at, { key, make }] of planned.entries()) {
    input.checkpoint?.();
    const result = together?.[at];
    yield result ? { result, part: null } : partOf(input, key, make, isDry);
  }
}

/** What parts come to that are made by several threads; null where that is not worth the while. */
function madeTogether(input: AnalysisInput, planned: readonly PlannedPart[]): readonly (PartResult | null)[] | null {
  const { helping, stock } = input;
  if (!helping || input.focus) return null;
  const results = planned.map(({ key }) => keptPart(input, key));
  const left = planned.flatMap(({ shared, ...part }, at) => (results[at] || !shared ? [] : [{ ...part, shared, at }]));
  if (left.length < fewParts) return null;
  left.sort((a, b) => b.weight - a.weight);
  const sharing = helping.share(
    left.map(({ shared }) => shared),
    input,
  );
  const makeHere = ({ at, key, make }: (typeof left)[number]): void => {
    input.checkpoint?.();
    results[at] = partOf(input, key, make).result;
  };
  for (const [index, part] of left.entries()) if (sharing.claim(index)) makeHere(part);
  for (const [index, part] of left.entries()) {
    if (results[part.at]) continue;
    const result = sharing.resultOf(index);
    if (!result) makeHere(part);
    else {
      results[part.at] = result;
      if (part.key) stock?.parts.put(part.key, result);
    }
  }
  return results;
}

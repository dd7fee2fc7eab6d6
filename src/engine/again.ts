import type { Besides, Reworded } from '../lifecycle/index.ts';
import type { Analysed, AnalysisInput, Recorded } from './analysis.ts';
import { Gaps } from './gaps.ts';
import type { RawResult } from './settle.ts';
import { Walk } from './walk.ts';

type Move = <T>(value: T) => T | null;

/**
 * What an earlier analysis would come to with these facts, if they give the same answers to all that it asked; null if they
 * may not. The functions that it followed are the same but for places, which `move` takes along.
 */
export function analysedAgain(
  { raw, record }: Analysed,
  input: AnalysisInput,
  { besides, move }: { readonly besides: Besides; readonly move: Move },
): RawResult | null {
  if (!record) return null;
  const walk = new Walk(input, true);
  const { lifecycles } = walk.go();
  const others = [lifecycles, ...walk.others];
  const seen = new Set<unknown>();
  if (
    walk.told.join('\n') !== record.told.join('\n') ||
    !record.asked.every((each, index) => each.hasSameAnswers(others[index]!, { ...besides, seen }))
  )
    return null;
  const moved = movedBy(move, raw, record);
  return moved && resultOf(raw, moved, { gaps: walk.gaps, unreached: walk.gaps.unreached(lifecycles) });
}

/** The same where functions that were not followed say something else, and nothing besides. */
export function rewordedAgain(
  { raw, record, reached }: Analysed,
  input: AnalysisInput,
  { reworded, move }: { readonly reworded: Reworded; readonly move: Move },
): RawResult | null {
  const reaches: Parameters<Recorded['asked'][number]['holdsFor']>[1] = new Map();
  if (!record?.asked.every((each) => each.holdsFor(reworded, reaches))) return null;
  const moved = movedBy(move, raw, record);
  if (!moved) return null;
  const gaps = new Gaps(input);
  const now = reworded.calling.size > 0 ? record.asked[0]?.reachedFrom(record.roots, reworded) : undefined;
  for (const id of now ?? reached) gaps.reached.add(id);
  return resultOf(raw, moved, { gaps, unreached: moved.unreached });
}

/** What was found, and what its parts could not follow, where it stands now. */
type Moved = Pick<RawResult, 'findings' | 'ops' | 'readings'> & Pick<Recorded, 'gaps' | 'gapsWithout' | 'unreached'>;

function movedBy(
  move: Move,
  { findings, ops, readings }: RawResult,
  { gaps, gapsWithout, unreached }: Recorded,
): Moved | null {
  return move({ findings, ops, readings, gaps, gapsWithout, unreached });
}

function resultOf(
  { stats }: RawResult,
  moved: Moved,
  { gaps, unreached }: { readonly gaps: Gaps; readonly unreached: Recorded['unreached'] },
): RawResult {
  const { findings, ops, readings } = moved;
  gaps.take(moved);
  return {
    findings,
    ops,
    readings,
    stats: { ...stats, functions: gaps.reached.size },
    notAnalysed: gaps.all(unreached),
  };
}

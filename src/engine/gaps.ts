import type { Lifecycles } from '../lifecycle/index.ts';
import { compare, notAnalysedRule, type NotAnalysed } from '../rules/index.ts';
import type { AnalysisInput } from './analysis.ts';
import { isIn } from './focus.ts';

/** What the parts of an analysis could not follow. */
export interface PartGaps {
  readonly gaps: readonly NotAnalysed[];
  /** What could not be followed with an option off. */
  readonly gapsWithout: readonly { readonly gap: NotAnalysed; readonly option: string }[];
}

/** What an analysis could not look at, and what it reached. */
export class Gaps {
  private readonly parts = { gaps: [] as NotAnalysed[], gapsWithout: [] as PartGaps['gapsWithout'][number][] };
  /** The functions that the lifecycles reach. */
  readonly reached = new Set<string>();
  /** Functions that some configuration's lifecycles reach: for saying of the others that none does. */
  readonly reachedElsewhere = new Set<string>();

  constructor(private readonly input: Pick<AnalysisInput, 'read' | 'focus' | 'severityOf'>) {}

  take({ gaps, gapsWithout }: PartGaps): void {
    this.parts.gaps.push(...gaps);
    this.parts.gapsWithout.push(...gapsWithout);
  }

  /** What has been taken so far. */
  ofParts(): PartGaps {
    return { gaps: [...this.parts.gaps], gapsWithout: [...this.parts.gapsWithout] };
  }

  /** What registers and was not found to be reached. */
  unreached(lifecycles: Lifecycles): NotAnalysed[] {
    const all = new Set([...this.reached, ...this.reachedElsewhere]);
    return lifecycles.unreached(all).map((fn) => ({
      file: fn.file,
      line: fn.fact.at[0],
      function: fn.fact.name,
      reason: 'it registers or unregisters a pernet_operations, but no initcall or module exit that calls it was found',
    }));
  }

  /** All that could not be looked at: what the parts could not follow, what could not be read, and what was not reached. */
  all(unreached: readonly NotAnalysed[]): NotAnalysed[] {
    const { focus, read, severityOf } = this.input;
    if (severityOf(notAnalysedRule) === null) return [];
    const all = [...this.parts.gaps, ...read.unread, ...this.varied(), ...this.unreadable(), ...unreached];
    return sorted(all.filter(({ file }) => isIn(focus, file)));
  }

  /** What could not be followed with an option off, and could be with all on: the option is named. */
  private varied(): NotAnalysed[] {
    const known = new Set(this.parts.gaps.map((gap) => `${gap.file}|${gap.line}|${gap.reason}`));
    return this.parts.gapsWithout
      .filter(({ gap }) => !known.has(`${gap.file}|${gap.line}|${gap.reason}`))
      .map(({ gap, option }) => ({ ...gap, reason: `${gap.reason} (with ${option}=n)` }));
  }

  private unreadable(): NotAnalysed[] {
    return this.input.read.facts.flatMap(({ file, unreadable }) =>
      unreadable.flatMap((gap) =>
        gap.function === undefined || this.reached.has(`${file}#${gap.function}`) ? [{ file, ...gap }] : [],
      ),
    );
  }
}

function sorted(gaps: readonly NotAnalysed[]): NotAnalysed[] {
  const unique = new Map(gaps.map((gap) => [`${gap.file}|${gap.line}|${gap.function ?? ''}|${gap.reason}`, gap]));
  return [...unique.values()].sort((a, b) => compare(a.file, b.file) || a.line - b.line || compare(a.reason, b.reason));
}

import { render, type RenderOptions, type Report } from '../report/index.ts';
import type { Finding } from '../rules/index.ts';
import { reply } from './reply.ts';
import type { Review } from './review.ts';

export const reviewFormats = ['text', 'json', 'sarif', 'github'] as const;
export type ReviewFormat = (typeof reviewFormats)[number];

/** A review in one of the formats of the command line; empty text where there is nothing to say. */
export function renderReview(
  format: ReviewFormat,
  review: Review,
  { ms, ...options }: RenderOptions & { readonly ms: number },
): string {
  switch (format) {
    case 'text':
      return reply(review);
    case 'json':
      return `${JSON.stringify(jsonOf(review, ms), null, 1)}\n`;
    case 'sarif':
    case 'github':
      return render(format, reportOf(review), options);
  }
}

function jsonOf({ introduced, mended, notAnalysed, steps, stats }: Review, ms: number): unknown {
  return {
    version: 1,
    introduced,
    mended,
    notAnalysed,
    // Where one fingerprint is introduced by a step and mended by a later one, it is not in the lists above.
    steps: steps.map((step) => ({
      ...step.head,
      introduced: step.introduced.map(namesOf),
      mended: step.mended.map(namesOf),
    })),
    stats: { ...stats, ms },
  };
}

function namesOf({ rule, file, line, message, fingerprint }: Finding): unknown {
  return { rule, file, line, message, fingerprint };
}

/** What is new, as any report of findings. */
function reportOf({ introduced, notAnalysed, stats }: Review): Report {
  return {
    findings: introduced,
    suppressed: [],
    notAnalysed,
    ops: [],
    errors: [],
    stats: { files: stats.files, parsed: stats.looked, ops: 0, modules: 0, functions: 0, ms: 0 },
  };
}

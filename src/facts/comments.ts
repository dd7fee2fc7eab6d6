import type { Context } from './context.ts';
import type { SuppressionFact } from './ir.ts';

const pattern = /\/[*/]\s*pernet-lint:\s*(ignore-file|ignore)\b([^\n*]*(?:\*(?!\/)[^\n*]*)*)/g;

/**
 * Suppression comments: `pernet-lint: ignore RULE -- reason`. A reason that is missing is an empty text; whether one is
 * used is for the reports to say.
 */
export function readSuppressions(context: Context): SuppressionFact[] {
  if (!context.original.includes('pernet-lint:')) return [];
  return [...context.original.matchAll(pattern)].map((match) => {
    const [names = '', ...reason] = (match[2] ?? '').split(/--|—/);
    return {
      rules: names.split(/[\s,]+/).filter((name) => name !== ''),
      reason: reason.join('--').trim(),
      wholeFile: match[1] === 'ignore-file',
      at: context.at(match.index, match.index + match[0].length),
    };
  });
}

import type { Context } from './context.ts';
import type { SuppressionFact } from './ir.ts';

const pattern =
  /\/(?:\*\s*pernet-lint:\s*(ignore-file|ignore)\b([^]*?)(?:\*\/|$)|\/[ \t]*pernet-lint:[ \t]*(ignore-file|ignore)\b([^\n]*))/g;

/**
 * Suppression comments: `pernet-lint: ignore RULE -- reason`. A reason that is missing is an empty text; whether one is
 * used is for the reports to say.
 */
export function readSuppressions(context: Context): SuppressionFact[] {
  if (!context.original.includes('pernet-lint:')) return [];
  return [...context.original.matchAll(pattern)].map((match) => {
    // A comment over several lines starts each with a star of its own.
    const text = (match[2] ?? match[4] ?? '').replace(/\s*\n[ \t]*\*?[ \t]*/g, ' ');
    const [names = '', ...reason] = text.split(/--|—/);
    return {
      rules: names.split(/[\s,]+/).filter((name) => name !== ''),
      reason: reason.join('--').trim(),
      wholeFile: (match[1] ?? match[3]) === 'ignore-file',
      at: context.at(match.index, match.index + match[0].length),
    };
  });
}

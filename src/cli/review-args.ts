import { parseArgs } from 'node:util';
import { reviewFormats, type ReviewFormat } from '../review/render.ts';
import { parseLintArgs, type LintArgs } from './lint-args.ts';
import { wrongUsage } from './wrong-usage.ts';

/** What is to be reviewed. */
export type Subject =
  | { readonly kind: 'range'; readonly range: string }
  | { readonly kind: 'staged' }
  | { readonly kind: 'uncommitted' }
  /** Patch files in the order in which they apply; `-` is the standard input. */
  | { readonly kind: 'patches'; readonly files: readonly string[]; readonly base: string | null };

export interface ReviewArgs {
  readonly subject: Subject;
  readonly format: ReviewFormat;
  readonly root: string | null;
  /** The options that mean the same as for `lint`. */
  readonly common: LintArgs;
  readonly help: boolean;
}

export const reviewUsage = `usage: pernet-lint review [OPTION…] [REV..REV | REV]
       pernet-lint review [OPTION…] --staged
       pernet-lint review [OPTION…] --patch FILE…

Says what a change introduces and what it mends. REV..REV is what the second has since it left the first, REV is that
one commit; without either, what is not committed yet. Nothing is written, and nothing of the tree is run.

  --staged                what the index holds (for a pre-commit hook)
  --patch FILE…           patches, mails or a mailbox, applied in memory; - reads the standard input
  --base REV              the tree on which --patch is applied (default: the files as they are on the disk)
  --root DIR              the kernel tree (default: found upwards from the current folder, else the repository)
  --format FORMAT         ${reviewFormats.join(', ')} (default text: a reply by mail)
  --kernel-config FILE, --config-file FILE, --pairs FILE, --dialect NAME, --only RULE,…, --disable RULE,…,
  --min-severity S, --fail-on S, --no-cache
                          as for lint

Exit status: 0 nothing new at or above --fail-on (default warning), 1 something new, 2 an error.
`;

const commonOptions = [
  'kernel-config',
  'config-file',
  'pairs',
  'dialect',
  'only',
  'disable',
  'min-severity',
  'fail-on',
] as const;

/** The arguments of `review`, or one line that says what is wrong with them. */
export function parseReviewArgs(argv: readonly string[]): { readonly args: ReviewArgs } | { readonly error: string } {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = {
    staged: flag,
    patch: { type: 'string', multiple: true },
    base: text,
    root: text,
    format: text,
    help: { ...flag, short: 'h' },
    'no-cache': flag,
    'kernel-config': text,
    'config-file': text,
    pairs: text,
    dialect: text,
    only: text,
    disable: text,
    'min-severity': text,
    'fail-on': text,
  } as const;
  let parsed;
  try {
    parsed = parseArgs({ args: [...argv], allowPositionals: true, options });
  } catch (error) {
    return { error: wrongUsage(error) };
  }
  const { values, positionals } = parsed;
  const set = commonOptions.flatMap((name) => (values[name] === undefined ? [] : [`--${name}=${values[name]}`]));
  const common = parseLintArgs(values['no-cache'] === true ? [...set, '--no-cache'] : set);
  if ('error' in common) return common;
  const format = reviewFormats.find((each) => each === (values.format ?? 'text'));
  if (format === undefined) return { error: `--format ${values.format!}: it is one of ${reviewFormats.join(', ')}` };
  const subject = subjectOf(values, positionals);
  if ('error' in subject) return subject;
  return { args: { subject, format, root: values.root ?? null, common: common.args, help: values.help === true } };
}

function subjectOf(
  values: { readonly staged?: boolean; readonly patch?: string[]; readonly base?: string },
  positionals: readonly string[],
): Subject | { readonly error: string } {
  const { staged = false, patch, base } = values;
  if (staged && patch) return { error: '--staged and --patch: only one of them' };
  if (base !== undefined && !patch) return { error: '--base goes with --patch' };
  // A shell makes several words of `--patch 000*.patch`.
  if (patch) return { kind: 'patches', files: [...patch, ...positionals], base: base ?? null };
  if (staged && positionals.length > 0) return { error: `--staged takes no revision: ${positionals[0]!}` };
  if (positionals.length > 1)
    return { error: `one revision or range at a time, and patches after --patch: ${positionals.join(' ')}` };
  if (staged) return { kind: 'staged' };
  const [range] = positionals;
  return range === undefined ? { kind: 'uncommitted' } : { kind: 'range', range };
}

import os from 'node:os';
import { parseArgs } from 'node:util';
import { ownRules, ruleById, severities, type Severity } from '../rules/index.ts';
import { formats, type Format } from '../report/index.ts';
import { misplaced, wrongUsage } from './wrong-usage.ts';

/** So many threads read at most where nobody asks for another number. */
const mostJobs = 8;

export interface LintArgs {
  readonly paths: readonly string[];
  readonly format: Format;
  readonly root: string | null;
  readonly kernelConfig: string | null;
  readonly dialect: string | null;
  /** The project file; null: the one that is found from the root upwards. */
  readonly configFile: string | null;
  /** A file with pairs of calls, besides those of the project file. */
  readonly pairs: string | null;
  readonly only: readonly string[] | null;
  readonly disable: readonly string[];
  readonly minSeverity: Severity;
  readonly failOn: Severity;
  readonly baseline: string | null;
  readonly writeBaseline: string | null;
  /** Whether entries of the baseline that no longer occur are taken out of it. */
  readonly pruneBaseline: boolean;
  /** Worker threads for reading files. */
  readonly jobs: number;
  /** Whether earlier results may be used, and this one kept, in the user's cache folder. */
  readonly cache: boolean;
  /** How what was looked at is printed on stderr, if it is. */
  readonly stats: 'text' | 'json' | null;
  readonly help: boolean;
}

export const lintUsage = `usage: pernet-lint [lint] [OPTION…] PATH…

Lints C files, folders or a whole kernel tree (default: the current folder).

  --format FORMAT         ${formats.join(', ')} (default text)
  --root DIR              the kernel tree that gives the context (default: found upwards from each PATH)
  --kernel-config FILE    a .config (default: every option may be on or off)
  --dialect NAME          the kernel whose net_namespace.c is modelled (default: told from the tree)
  --config-file FILE      the tree's own pairs and severities (default: .pernet-lint.json in the root or above it)
  --pairs FILE            further pairs of calls that acquire and release
  --only RULE,…           these rules only (not-analysed: what could not be analysed, as findings)
  --disable RULE,…        without these rules
  --min-severity S        leave out what is quieter than error, warning, information or hint (default hint)
  --fail-on S             exit status 1 from this severity on (default warning)
  --baseline FILE         leave out the findings that the file lists
  --write-baseline FILE   write the findings to the file, to be left out from now on
  --prune-baseline        take out of the baseline what this run could have found and did not
  --jobs N                worker threads (default: one a core)
  --no-cache              do the work anew, and keep no result in the user's cache folder
  --stats[=json]          print what was looked at, and how long it took, on stderr
`;

/** The arguments of `lint`, or one line that says what is wrong with them; `isBare` where the command was not named. */
export function parseLintArgs(
  argv: readonly string[],
  isBare = false,
): { readonly args: LintArgs } | { readonly error: string } {
  let values: Record<string, string | boolean | undefined>;
  let positionals: string[];
  try {
    const text = { type: 'string' } as const;
    const flag = { type: 'boolean' } as const;
    const parsed = parseArgs({
      args: argv.map((arg) => (statsOption.test(arg) ? '--stats' : arg)),
      allowPositionals: true,
      options: {
        format: text,
        root: text,
        'kernel-config': text,
        dialect: text,
        'config-file': text,
        pairs: text,
        only: text,
        disable: text,
        'min-severity': text,
        'fail-on': text,
        baseline: text,
        'write-baseline': text,
        'prune-baseline': flag,
        jobs: text,
        'no-cache': flag,
        stats: flag,
        help: { ...flag, short: 'h' },
      },
    });
    values = parsed.values;
    positionals = parsed.positionals;
  } catch (error) {
    const command = (isBare ? argv : []).map(misplaced).find((said) => said !== null);
    return { error: command ?? wrongUsage(error) };
  }
  const text = (name: string): string | null => (typeof values[name] === 'string' ? values[name] : null);
  const format = text('format') ?? 'text';
  if (!isOneOf(formats, format)) return { error: `--format ${format}: it is one of ${formats.join(', ')}` };
  const minSeverity = text('min-severity') ?? 'hint';
  const failOn = text('fail-on') ?? 'warning';
  for (const [name, value] of [
    ['min-severity', minSeverity],
    ['fail-on', failOn],
  ] as const) {
    if (!isOneOf(severities, value)) return { error: `--${name} ${value}: it is one of ${severities.join(', ')}` };
  }
  const stats = statsOf(argv);
  if (typeof stats === 'object' && stats !== null) return stats;
  if (values['prune-baseline'] === true && text('baseline') === null) {
    return { error: '--prune-baseline: it needs --baseline FILE' };
  }
  const jobs = text('jobs');
  if (jobs !== null && !/^[1-9]\d{0,2}$/.test(jobs)) return { error: `--jobs ${jobs}: it is a number from 1 to 999` };
  const only = text('only')?.split(',').map(ruleName) ?? null;
  const disable = text('disable')?.split(',').map(ruleName) ?? [];
  const unknown = [...(only ?? []), ...disable].find(
    (name) => !ruleById(name) && !ownRules.some(({ id }) => id === name),
  );
  if (unknown !== undefined) return { error: `there is no rule ${unknown}` };
  return {
    args: {
      paths: positionals.length > 0 ? positionals : ['.'],
      format,
      root: text('root'),
      kernelConfig: text('kernel-config'),
      dialect: text('dialect'),
      configFile: text('config-file'),
      pairs: text('pairs'),
      only,
      disable,
      minSeverity: minSeverity as Severity,
      failOn: failOn as Severity,
      baseline: text('baseline'),
      writeBaseline: text('write-baseline'),
      pruneBaseline: values['prune-baseline'] === true,
      jobs: jobs === null ? Math.min(mostJobs, os.availableParallelism()) : Number(jobs),
      cache: values['no-cache'] !== true,
      stats: values['stats'] === true ? (stats ?? 'text') : null,
      help: values['help'] === true,
    },
  };
}

/** parseArgs() knows no option whose value may be left out. */
const statsOption = /^--stats=/;

function statsOf(argv: readonly string[]): 'text' | 'json' | null | { readonly error: string } {
  const value = argv.findLast((arg) => statsOption.test(arg))?.slice('--stats='.length);
  if (value === undefined) return null;
  return value === 'text' || value === 'json' ? value : { error: `--stats=${value}: it is one of text, json` };
}

function ruleName(name: string): string {
  const trimmed = name.trim();
  return trimmed.startsWith('pernet/') ? trimmed : `pernet/${trimmed}`;
}

function isOneOf<T extends string>(all: readonly T[], value: string): value is T {
  return (all as readonly string[]).includes(value);
}

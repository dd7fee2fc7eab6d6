import { renderFindingReport } from './finding-report/text.ts';
import { reportOf } from './finding-report/report.ts';
import { parseLintArgs } from './lint-args.ts';
import { lint, type LintIo } from './lint.ts';
import { prepareOptions } from './options.ts';
import { targetsOf } from './paths.ts';

export const explainFindingUsage =
  'usage: pernet-lint explain --finding FINGERPRINT [--format text|json] [--root DIR] [--kernel-config FILE] [--dialect NAME] [--no-cache] [PATH…]\n';

declare const PERNET_VERSION: string;

/**
 * `pernet-lint explain --finding FINGERPRINT`: what the kernel's guidelines ask of a report that a tool has found, as
 * text for a mail. Resolves to 0, or 2 where there is no such finding or the usage is wrong.
 */
export async function runExplainFinding(argv: readonly string[], io: LintIo): Promise<number> {
  const fail = (message: string): number => {
    io.stderr.write(`pernet-lint explain: ${message}\n`);
    return 2;
  };
  const { value: fingerprint, rest } = takeOption(argv, '--finding');
  const { value: format = 'text', rest: others } = takeOption(rest, '--format');
  if (fingerprint === undefined) return fail('--finding: a fingerprint is wanted');
  if (!/^[0-9a-f]{16}$/.test(fingerprint))
    return fail(
      `--finding ${fingerprint}: a fingerprint is 16 hexadecimal digits, as \`lint --format json\` prints them`,
    );
  if (format !== 'text' && format !== 'json') return fail(`--format ${format}: it is text or json`);
  const parsed = parseLintArgs(others);
  if ('error' in parsed) return fail(parsed.error);
  const targets = targetsOf(parsed.args.paths, parsed.args.root);
  const prepared = prepareOptions(parsed.args, targets);
  if ('error' in prepared) return fail(prepared.error);
  const { findings, errors } = await lint(parsed.args, targets, prepared, io);
  for (const error of [...targets.errors, ...errors]) io.stderr.write(`pernet-lint explain: ${error}\n`);
  const finding = findings.find((each) => each.fingerprint === fingerprint);
  if (!finding) {
    const count = `${findings.length} finding${findings.length === 1 ? '' : 's'}`;
    return fail(
      `no finding with the fingerprint ${fingerprint} in ${parsed.args.paths.join(' ')} (${count} there; \`lint --format json\` prints the fingerprint of each)`,
    );
  }
  const { kernelConfig, dialect, configFile, pairs } = parsed.args;
  const report = reportOf({
    finding,
    root: targets.root,
    version: PERNET_VERSION,
    paths: targets.asked.map(({ path }) => (path === '' ? '.' : path)),
    options: [
      ...(kernelConfig === null ? [] : ['--kernel-config', kernelConfig]),
      ...(dialect === null ? [] : ['--dialect', dialect]),
      ...(configFile === null ? [] : ['--config-file', configFile]),
      ...(pairs === null ? [] : ['--pairs', pairs]),
    ],
  });
  const text = renderFindingReport(report);
  io.stdout.write(format === 'json' ? `${JSON.stringify({ version: 1, finding, report, text }, null, 1)}\n` : text);
  return 0;
}

/** Takes an option with its value (`--name VALUE`, `--name=VALUE`) out of the arguments. */
function takeOption(
  argv: readonly string[],
  name: string,
): { readonly value: string | undefined; readonly rest: readonly string[] } {
  const index = argv.findIndex((each) => each === name || each.startsWith(`${name}=`));
  if (index < 0) return { value: undefined, rest: argv };
  const given = argv[index]!;
  if (given !== name) return { value: given.slice(name.length + 1), rest: argv.toSpliced(index, 1) };
  return { value: argv[index + 1], rest: argv.toSpliced(index, 2) };
}

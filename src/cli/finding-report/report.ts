import { ruleById, type Finding } from '../../rules/index.ts';
import { adviceFor } from './advice.ts';
import { diffOf } from './diff.ts';
import { commitsBehind, fixesTag, type Commit } from './fixes.ts';
import { testingFor, type Testing } from './testing.ts';
import { textOnDisk, versionOfTree, type TreeVersion } from './tree-version.ts';
import { wayOf, type Way } from './way.ts';

/** What Documentation/process/researcher-guidelines.rst asks of a report that a tool has found, for one finding. */
export interface FindingReport {
  readonly subject: string;
  readonly problem: string;
  readonly reached: Way;
  readonly effect: string;
  readonly found: {
    readonly tool: string;
    readonly version: string;
    readonly rule: string;
    readonly fingerprint: string;
    readonly command: string;
  };
  readonly on: TreeVersion;
  readonly fix: { readonly words: string; readonly diff: string | null };
  readonly testing: Testing;
  /** The `Fixes:` line that the history suggests, and the commits behind it; null where there is no history. */
  readonly fixes: { readonly tag: string; readonly commits: readonly Commit[] } | null;
}

export interface ReportOf {
  readonly finding: Finding;
  /** The tree's root, absolute. */
  readonly root: string;
  /** The tool's own version. */
  readonly version: string;
  /** The paths that were looked at, relative to the root. */
  readonly paths: readonly string[];
  /** Further options of the run that found it. */
  readonly options: readonly string[];
}

export function reportOf({ finding, root, version, paths, options }: ReportOf): FindingReport {
  const way = wayOf(finding);
  const commits = commitsBehind(root, finding);
  const config = finding.config === undefined ? '' : ` (with ${finding.config})`;
  const files = [...new Set([finding.file, ...finding.related.map(({ file }) => file)])].sort();
  const diff = finding.fix ? diffOf(finding.fix, (file) => textOnDisk(root, file)) : null;
  return {
    subject: subjectOf(finding),
    problem: `${sentence(finding.message)}${config}`,
    reached: way,
    effect: effectOf(finding),
    found: {
      tool: 'pernet-lint',
      version,
      rule: finding.rule,
      fingerprint: finding.fingerprint,
      command: ['pernet-lint', 'lint', ...options, '--only', finding.rule, ...paths].join(' '),
    },
    on: versionOfTree(root, files),
    fix: {
      words: finding.fix ? `${finding.fix.title}.` : (adviceFor(finding) ?? ruleById(finding.rule)?.invariant ?? ''),
      diff,
    },
    testing: testingFor(finding, way),
    fixes: commits?.[0] ? { tag: fixesTag(commits[0]), commits } : null,
  };
}

function subjectOf({ file, function: name, ops, rule }: Finding): string {
  const what = rule.replace(/^pernet\//, '').replaceAll('-', ' ');
  return [file, ...(name === undefined ? [] : [`${name}()`]), `${ops === undefined ? '' : `${ops} `}${what}`].join(
    ': ',
  );
}

/** With a capital, unless it begins with a name of the code. */
function sentence(text: string): string {
  if (!/^[a-z]+[ ,']/.test(text)) return text;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** How a paragraph of a page begins that is not about ops but about what else a module sets up. */
const ofOtherThings = 'Of other things: ';

/** What the message says of the effect, and what the rule's page says of its kind. */
function effectOf({ message, rule, ops }: Finding): string {
  const own = /^[^:]*: (.*)$/s.exec(message)?.[1];
  const page = ruleById(rule)?.page ?? '';
  const section = /^## Why is this bad\n+([\s\S]*?)(?=\n## |$(?![\s\S]))/m.exec(page)?.[1] ?? '';
  const paragraphs = section.split(/\n{2,}/).map((each) => each.trim().replace(/\s*\n\s*/g, ' '));
  const other = paragraphs.find((each) => each.startsWith(ofOtherThings))?.slice(ofOtherThings.length);
  const why = ops === undefined && other !== undefined ? sentence(other) : paragraphs[0] || undefined;
  return [...(own === undefined ? [] : [`${sentence(own)}.`]), ...(why === undefined ? [] : [why])].join(' ');
}

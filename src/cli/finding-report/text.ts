import type { FindingReport } from './report.ts';

/** The width that kernel mails keep to. */
const width = 72;

/** A report as text for a mail: prose is wrapped, commands, places, diffs and tags stay on their lines. */
export function renderFindingReport(report: FindingReport): string {
  const { reached, found, on, fix, testing, fixes } = report;
  const parts = [
    `Subject: ${report.subject}`,
    ...section('Problem', [wrap(sentenceEnd(report.problem))]),
    ...section('How a running system reaches it', [wrap(leadOf(report)), numbered(reached.steps)]),
    ...section('Effect', [wrap(report.effect)]),
    ...section('How it was found', [
      wrap(
        `By static analysis: ${found.tool} ${found.version}, rule ${found.rule}, which runs the paths of init, exit and callbacks on a model of net/core/net_namespace.c. Nothing was run on a machine for it. In the tree's root:`,
      ),
      `  ${found.command}`,
    ]),
    ...section('Version', [versionOf(on)]),
    ...section('Proposed fix', [wrap(fix.words), ...(fix.diff === null ? [] : [fix.diff.trimEnd()])]),
    ...section('Testing', [wrap(testing.text), testing.commands.map((command) => `  # ${command}`).join('\n')]),
    ...(fixes
      ? [
          wrap(
            `The commits that the lines of this path come from, the youngest first; with that one the path was complete. Check that it is the one to blame:`,
          ),
          fixes.commits.map(commitLine).join('\n'),
          fixes.tag,
        ]
      : [wrap('No git history of these files was found, so no commit can be named for the "Fixes:" tag.')]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function section(title: string, paragraphs: readonly string[]): string[] {
  const [first = '', ...rest] = paragraphs;
  return [`${title}:\n\n${first}`, ...rest.filter((each) => each !== '')];
}

function leadOf({ reached: { trigger, root, failing }, found }: FindingReport): string {
  const calls = root === null ? '' : `, which calls ${root}()`;
  const fails = failing === null ? '' : ` It takes ${failing}() to fail.`;
  switch (trigger) {
    case 'load':
      return `The module is loaded${calls}.${fails}`;
    case 'unload':
      return `The module is loaded and, later, unloaded${calls}.${fails}`;
    case 'namespace-made':
      return `A network namespace is made (unshare -n, a container)${calls}.${fails}`;
    case 'namespace-dies':
      return found.rule.endsWith('-in-exit')
        ? `A network namespace dies${calls}.`
        : `A network namespace is made and dies (a container ends)${calls}.${fails}`;
  }
}

function numbered(steps: FindingReport['reached']['steps']): string {
  const place = ({ file, line }: (typeof steps)[number]): string =>
    file === undefined ? '' : `${file}:${line ?? 0}: `;
  return steps.map((step, index) => `${String(index + 1).padStart(3)}. ${place(step)}${step.text}`).join('\n');
}

function versionOf({ release, described, changed }: FindingReport['on']): string {
  const linux = release === null ? 'a tree without a version in its Makefile' : `Linux ${release}`;
  const git = described === null ? '' : ` (git describe: ${described})`;
  const own = changed.length === 0 ? '' : `, with changes that are not committed in ${changed.join(', ')}`;
  return wrap(`${linux}${git}${own}.`);
}

function commitLine({ hash, subject, lines, isFirst }: NonNullable<FindingReport['fixes']>['commits'][number]): string {
  return `  ${hash.slice(0, 12)} ("${subject}"): ${lines.join(', ')}${isFirst ? ' (where the history begins: it may be older)' : ''}`;
}

function sentenceEnd(text: string): string {
  return /[.!?)]$/.test(text) ? text : `${text}.`;
}

function wrap(text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter(Boolean)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}

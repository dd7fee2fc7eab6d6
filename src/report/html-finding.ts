import { severities, type Finding, type Severity, type Suppressed } from '../rules/index.ts';
import { markup, type Html } from './html-template.ts';
import { runOf } from './html-run.ts';

/** How loud a finding is, said by a sign and a word, not by colour alone. */
const signs: Readonly<Record<Severity, string>> = { error: '✖', warning: '▲', information: 'ℹ', hint: '◇' };

export function badgeOf(severity: Severity, count = 1): Html {
  const word = count === 1 || severity === 'information' ? severity : `${severity}s`;
  return markup`<span class="badge ${severity}"><span aria-hidden="true">${signs[severity]}</span> ${word}</span>`;
}

/** Findings by module, a section each, the module with the loudest first; `runs` says whose run is drawn. */
export function modulesOf(findings: readonly Finding[], runs: ReadonlySet<Finding>): Html {
  const modules = new Map<string, Finding[]>();
  for (const finding of findings) {
    const name = finding.module ?? '';
    modules.set(name, [...(modules.get(name) ?? []), finding]);
  }
  const loudness = (found: readonly Finding[]): number =>
    Math.min(...found.map(({ severity }) => severities.indexOf(severity)));
  const ordered = [...modules].sort(([, a], [, b]) => loudness(a) - loudness(b));
  return markup`${ordered.map(
    ([name, found]) => markup`<section class="module">
<h3>${name === '' ? 'no module' : name} <span class="dim">${foldersOf(found).join(', ')}</span></h3>
${found.map((finding) => findingOf(finding, runs.has(finding)))}</section>
`,
  )}`;
}

function foldersOf(findings: readonly Finding[]): string[] {
  return [...new Set(findings.map(({ file }) => file.slice(0, file.lastIndexOf('/') + 1)))].filter(
    (path) => path !== '',
  );
}

function findingOf(finding: Finding, run: boolean): Html {
  const { severity, rule, file, line, column, message, fingerprint } = finding;
  const facts = [
    finding.function === undefined ? null : markup`in <code>${finding.function}()</code>`,
    finding.ops === undefined ? null : markup`ops <code>${finding.ops}</code>`,
    finding.config === undefined ? null : markup`with <code>${finding.config}</code>`,
  ].filter((fact) => fact !== null);
  return markup`<article class="finding" id="f-${fingerprint}" data-severity="${severity}" data-rule="${rule}">
<h4>${badgeOf(severity)} <code class="where">${file}:${line}:${column}</code> <a class="rule" href="#${anchorOf(rule)}">${rule}</a></h4>
<p class="message">${message}</p>
<p class="facts dim">${facts.map((fact, index) => markup`${index === 0 ? null : ' · '}${fact}`)}${facts.length > 0 ? ' · ' : null}<a class="self" href="#f-${fingerprint}">${fingerprint}</a></p>
${wayOf(finding)}${run ? runOf(finding) : markup`<p class="dim">The run is left out here: <code>pernet-lint timeline ${file}</code> shows the file's runs.</p>`}</article>
`;
}

/** The places that a reader should look at, in the order of the run. */
function wayOf({ related }: Finding): Html {
  if (related.length === 0) return markup``;
  return markup`<ol class="way">
${related.map(
  ({ file, line, column, message }) => markup`<li>${message} <code class="place">${file}:${line}:${column}</code></li>
`,
)}</ol>
`;
}

/** The id of a rule's row. */
export function anchorOf(rule: string): string {
  return `rule-${rule.replace(/[^a-z0-9]+/g, '-')}`;
}

export function suppressedOf(suppressed: readonly Suppressed[]): Html {
  return markup`<ul class="plain">
${suppressed.map(
  ({
    finding,
    reason,
    comment,
  }) => markup`<li><code>${finding.file}:${finding.line}</code> <code>${finding.rule}</code>: ${finding.message}
<br><span class="dim">“${reason}” (comment at line ${comment.line})</span></li>
`,
)}</ul>
`;
}

import { createHash } from 'node:crypto';
import { ownRules, severities, type Finding, type Severity } from '../rules/index.ts';
import { badgeOf, modulesOf, suppressedOf } from './html-finding.ts';
import { script, style } from './html-page.ts';
import { markOf } from './html-run.ts';
import { gapsOf, opsOf, rulesOf, statsOf } from './html-tables.ts';
import { Html, markup } from './html-template.ts';
import type { RenderOptions, Report } from './report.ts';
import { loudest } from './sarif-limits.ts';
import { markSays } from './shapes.ts';

/** Steps of all runs together that a page holds; a browser opens a hundred thousand elements without complaint. */
const mostSteps = 30_000;

/**
 * A report as one HTML page that needs nothing else: no request, no font, no picture. It reads whole without JavaScript;
 * its policy lets nothing run or show but what is written here.
 */
export function renderHtml(report: Report, options: RenderOptions): string {
  const { findings, suppressed, notAnalysed, ops, errors, stats } = report;
  const title = `pernet-lint: ${options.tree ?? 'report'}`;
  const rules = [...options.rules, ...ownRules];
  const runs = drawnRuns(findings);
  if (runs.size < findings.length) {
    options.note?.(
      `html: the runs of ${findings.length - runs.size} findings are left out: the page would be too large`,
    );
  }
  const policy =
    `default-src 'none'; style-src '${hashOf(style)}'; script-src '${hashOf(script)}'; ` +
    `base-uri 'none'; form-action 'none'`;
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="pernet-lint ${options.version}">
<title>${title}</title>
<style>${new Html(style)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p class="lead dim">Ordering and leak bugs around <code>struct pernet_operations</code>, each with the run that proves it.</p>
${tallyOf(report)}</header>
<main>
${
  errors.length === 0
    ? null
    : markup`<section><h2>Not read</h2><ul class="plain">${errors.map((line) => markup`<li>${line}</li>`)}</ul></section>
`
}<section aria-labelledby="findings"><h2 id="findings">Findings</h2>
${findings.length === 0 ? markup`<p>No problem found.</p>` : markup`${filterOf(findings)}${modulesOf(findings, runs)}${legend()}`}</section>
${partOf('Not analysed', notAnalysed.length, true, gapsOf(notAnalysed))}${partOf('Suppressed by a comment', suppressed.length, true, suppressedOf(suppressed))}${partOf('Ops', ops.length, false, opsOf(ops))}${partOf('Rules', rules.length, false, rulesOf(rules, findings))}<section><h2>What was looked at</h2>
${statsOf(stats)}</section>
</main>
<footer class="dim">Made by pernet-lint ${options.version}.</footer>
<script>${new Html(script)}</script>
</body>
</html>
`;
  return page.text;
}

/** The findings whose runs are drawn: the loudest, until there are too many steps. */
function drawnRuns(findings: readonly Finding[]): ReadonlySet<Finding> {
  const entries = findings.map((finding) => ({ finding }));
  let most = findings.length;
  for (;;) {
    const chosen = loudest(entries, most).map(({ finding }) => finding);
    if (chosen.reduce((sum, { witness }) => sum + witness.events.length, 0) <= mostSteps) return new Set(chosen);
    most = Math.floor(most / 2);
  }
}

function countsOf(findings: readonly Finding[]): (readonly [Severity, number])[] {
  return severities
    .map((severity) => [severity, findings.filter((finding) => finding.severity === severity).length] as const)
    .filter(([, count]) => count > 0);
}

function tallyOf({ findings, notAnalysed, suppressed, ops }: Report): Html {
  const rest = [
    [notAnalysed.length, 'not analysed'],
    [suppressed.length, 'suppressed'],
    [ops.length, 'ops'],
  ] as const;
  return markup`<ul class="tally">
${countsOf(findings).map(
  ([severity, count]) => markup`<li><b>${count}</b> ${badgeOf(severity, count)}</li>
`,
)}${rest
    .filter(([count]) => count > 0)
    .map(
      ([count, words]) => markup`<li><b>${count}</b> ${words}</li>
`,
    )}</ul>
`;
}

function filterOf(findings: readonly Finding[]): Html {
  const rules = [...new Set(findings.map(({ rule }) => rule))].sort();
  return markup`<form class="filter" role="search" aria-label="Filter findings" hidden autocomplete="off">
<input type="search" name="text" aria-label="Text" placeholder="file, function, ops, words of the message">
<select name="rule" aria-label="Rule"><option value="">every rule</option>${rules.map((rule) => markup`<option>${rule}</option>`)}</select>
<fieldset><legend hidden>Severity</legend>${countsOf(findings).map(([severity, count]) => markup`<label><input type="checkbox" name="severity" value="${severity}" checked> ${badgeOf(severity)} ${count}</label>`)}</fieldset>
<output name="count" aria-live="polite"></output>
</form>
`;
}

function legend(): Html {
  return markup`<details><summary class="dim">What the marks of a run stand for</summary>
<ul class="legend">${markSays.map(([shape, words]) => markup`<li>${markOf(shape)}${words}</li>`)}</ul></details>
`;
}

function partOf(title: string, count: number, open: boolean, body: Html): Html {
  if (count === 0) return markup``;
  return markup`<details class="part"${open ? markup` open` : null}><summary><h2>${title}</h2> <span class="dim">${count}</span></summary>
${body}</details>
`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

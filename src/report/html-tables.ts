import type { Finding, NotAnalysed, Rule } from '../rules/index.ts';
import { anchorOf, badgeOf } from './html-finding.ts';
import { markup, type Html } from './html-template.ts';
import { gapText, type ReportedOps, type Stats } from './report.ts';

/** Fields that hold a callback, in the order in which the core calls them. */
const callbacks = ['init', 'pre_exit', 'exit', 'exit_rtnl', 'exit_batch', 'exit_batch_rtnl'];

/**
 * The ops in the order in which pernet_list can hold them: subsystems stand before `first_device`, devices from it on
 * (register_pernet_subsys() and register_pernet_device() of net/core/net_namespace.c); by file within each part.
 */
export function opsOf(ops: readonly ReportedOps[]): Html {
  const parts = [
    { title: 'subsystems, before first_device', of: ops.filter(({ kind }) => kind === 'subsys') },
    { title: 'devices, from first_device on', of: ops.filter(({ kind }) => kind === 'device') },
    { title: 'registered by both calls', of: ops.filter(({ kind }) => kind === 'both') },
    { title: 'no registration found', of: ops.filter(({ kind }) => kind === undefined) },
  ].filter((part) => part.of.length > 0);
  return markup`<div class="wide" tabindex="0" role="region" aria-label="Table of ops"><table>
<thead><tr><th scope="col">ops</th><th scope="col">findings</th><th scope="col">module</th><th scope="col">registered in</th><th scope="col">callbacks</th><th scope="col">id</th><th scope="col">defined at</th></tr></thead>
${parts.map(
  ({ title, of }) => markup`<tbody><tr><th scope="rowgroup" colspan="7">${of.length} ${title}</th></tr>
${of.map(opsRow)}</tbody>
`,
)}</table></div>
`;
}

function opsRow({ name, module, registeredIn, fields, file, range, problems }: ReportedOps): Html {
  const id = fields['id']?.replace(/^&\s*/, '');
  return markup`<tr><td><code>${name}</code></td><td>${problems === 0 ? null : problems}</td><td>${module}</td><td>${list(registeredIn.map((fn) => `${fn}()`))}</td><td>${callbacks.filter((field) => fields[field] !== undefined).join(' ')}</td><td>${list(id === undefined ? [] : [id])}</td><td><code>${file}:${range.line}</code></td></tr>
`;
}

function list(names: readonly string[]): Html {
  return markup`${names.map((name, index) => markup`${index === 0 ? null : ', '}<code>${name}</code>`)}`;
}

export function gapsOf(gaps: readonly NotAnalysed[]): Html {
  return markup`<ul class="plain">
${gaps.map(
  (gap) => markup`<li><code>${gap.file}:${gap.line}</code> ${gapText(gap)}</li>
`,
)}</ul>
`;
}

export function rulesOf(
  rules: readonly Pick<Rule, 'id' | 'severity' | 'invariant'>[],
  findings: readonly Finding[],
): Html {
  const count = (id: string): number => findings.filter(({ rule }) => rule === id).length;
  return markup`<div class="wide" tabindex="0" role="region" aria-label="Table of rules"><table>
<thead><tr><th scope="col">rule</th><th scope="col">severity</th><th scope="col">the invariant that is broken</th><th scope="col" class="number">findings</th></tr></thead>
<tbody>
${rules.map(
  ({
    id,
    severity,
    invariant,
  }) => markup`<tr id="${anchorOf(id)}"><td><code>${id}</code></td><td>${badgeOf(severity)}</td><td>${invariant}</td><td class="number">${count(id) === 0 ? null : count(id)}</td></tr>
`,
)}</tbody></table></div>
<p class="dim"><code>pernet-lint explain RULE</code> prints a rule's page, with examples and references.</p>
`;
}

const statsSay: readonly (readonly [keyof Stats, string])[] = [
  ['files', 'files looked at'],
  ['parsed', 'read'],
  ['ops', 'ops'],
  ['modules', 'modules'],
  ['functions', 'functions reached'],
];

export function statsOf(stats: Stats): Html {
  return markup`<dl class="stats">${statsSay.map(([name, words]) => markup`<div><dt>${words}</dt><dd>${stats[name]}</dd></div>`)}</dl>
`;
}

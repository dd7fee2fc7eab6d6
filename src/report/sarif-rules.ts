import { notAnalysedRule, unusedSuppressionRule, type Rule, type Severity } from '../rules/index.ts';
import type { RenderOptions } from './report.ts';
import { shortened, type SarifLimits } from './sarif-limits.ts';

/** SARIF has no hint: what is quieter than a warning is a note. */
export const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  error: 'error',
  warning: 'warning',
  information: 'note',
  hint: 'note',
};

type Described = Pick<Rule, 'id' | 'severity' | 'invariant' | 'page'>;

/** What the tool reports of itself, with what takes a page's place. */
const own: readonly Described[] = [
  {
    ...notAnalysedRule,
    page: 'What is not analysed is named, so that silence about it is not taken for a clean bill.\n',
  },
  {
    ...unusedSuppressionRule,
    page: 'A comment `/* pernet-lint: ignore RULE -- reason */` stays only while it has something to suppress.\n',
  },
];

/** What a notification is about, where it is about something that could not be analysed. */
export const notAnalysedDescriptor = {
  id: notAnalysedRule.id,
  name: nameOf(notAnalysedRule.id),
  shortDescription: { text: 'A lifecycle reaches something that could not be analysed.' },
  defaultConfiguration: { level: levels[notAnalysedRule.severity] },
};

/** The rules as SARIF's reporting descriptors, with their places in the list. */
export function descriptorsOf(
  { rules, rulePageLink }: RenderOptions,
  limits: SarifLimits,
): { readonly descriptors: readonly object[]; readonly indexOf: (rule: string) => number } {
  const all = [...rules, ...own];
  const places = new Map(all.map(({ id }, index) => [id, index]));
  return {
    descriptors: all.map((rule) => descriptorOf(rule, rulePageLink, limits)),
    indexOf: (rule) => places.get(rule) ?? -1,
  };
}

function descriptorOf(
  { id, severity, invariant, page }: Described,
  link: string | undefined,
  limits: SarifLimits,
): object {
  return {
    id,
    name: nameOf(id),
    shortDescription: { text: shortened(invariant, limits.description) },
    fullDescription: { text: shortened(summaryOf(page) ?? invariant, limits.description) },
    help: { text: page, markdown: page },
    ...(link === undefined ? {} : { helpUri: link.replace('{rule}', stemOf(id)) }),
    defaultConfiguration: { level: levels[severity] },
    properties: {
      tags: ['correctness', 'linux-kernel', 'network-namespaces'],
      // A finding carries the run that breaks the invariant. A hint is about cost: its run is right, its weight is not known.
      precision: severity === 'hint' ? 'high' : 'very-high',
      'problem.severity': severity === 'error' || severity === 'warning' ? severity : 'recommendation',
    },
  };
}

/** The first paragraph under "Why is this bad", on one line and without Markdown's marks. */
function summaryOf(page: string): string | undefined {
  const [, section] = page.split(/^## Why is this bad\s*$/m);
  const [paragraph] = (section ?? '').trim().split(/\n\s*\n/);
  return paragraph ? paragraph.replace(/\s+/g, ' ').replaceAll('`', '') : undefined;
}

/** A rule's id as a name of the kind that SARIF shows to people: `LeftRegisteredOnError`. */
function nameOf(id: string): string {
  return stemOf(id).replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function stemOf(id: string): string {
  return id.slice(id.indexOf('/') + 1);
}

import fs from 'node:fs';
import { isDotConfig, parseDotConfig } from '../engine/config.ts';
import type { Severities } from '../engine/project/check.ts';
import { reasonOf } from '../engine/tree.ts';
import { dialectNamed, dialects } from '../netns/index.ts';
import { notAnalysedRule, ownRules, rules, severities, type Severity } from '../rules/index.ts';
import { readBaseline, type Entry } from './baseline.ts';
import type { LintArgs } from './lint-args.ts';
import type { Targets } from './paths.ts';
import { projectSettings, type ProjectSettings } from './project.ts';

/** What the options that name files come to. */
export interface Prepared extends ProjectSettings {
  readonly config: Record<string, boolean> | null;
  /** What was judged before; nothing without a baseline. */
  readonly baseline: readonly Entry[];
}

/** What the options that name files and dialects come to, or one line that says what is wrong. */
export function prepareOptions(args: LintArgs, { root }: Pick<Targets, 'root'>): Prepared | { error: string } {
  if (args.dialect !== null && !dialectNamed(args.dialect)) {
    return { error: `--dialect ${args.dialect}: it is one of ${dialects.map((dialect) => dialect.name).join(', ')}` };
  }
  const project = projectSettings(root, args);
  if ('error' in project) return project;
  let config: Record<string, boolean> | null = null;
  if (args.kernelConfig !== null) {
    try {
      const text = fs.readFileSync(args.kernelConfig, 'utf8');
      if (!isDotConfig(text)) return { error: `--kernel-config ${args.kernelConfig}: no option of a .config is in it` };
      config = parseDotConfig(text);
    } catch (error) {
      return { error: `--kernel-config ${args.kernelConfig}: ${reasonOf(error)}` };
    }
  }
  if (args.baseline === null) return { ...project, config, baseline: [] };
  const baseline = readBaseline(args.baseline);
  return 'error' in baseline ? baseline : { ...project, config, baseline: baseline.entries };
}

/** What the tree's own file says, and over it the command line: a rule that --only names is on. */
export function severitiesOf(args: LintArgs, own: Severities): Record<string, Severity | 'off'> {
  const off = (id: string): boolean => args.disable.includes(id) || (args.only !== null && !args.only.includes(id));
  const isOff = (id: string): boolean =>
    // What the rules that are left could not look at is listed all the same.
    id === notAnalysedRule.id ? args.disable.includes(id) : off(id);
  const set = Object.entries(own).filter(([id, level]) => level !== 'off' || args.only?.includes(id) !== true);
  const ids = [...rules, ...ownRules].map(({ id }) => id).filter(isOff);
  return { ...Object.fromEntries(set), ...Object.fromEntries(ids.map((id) => [id, 'off' as const])) };
}

export function rank(severity: Severity): number {
  return severities.indexOf(severity);
}

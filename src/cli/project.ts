import path from 'node:path';
import type { Pair } from '../lifecycle/index.ts';
import type { Severities } from '../engine/project/check.ts';
import { findProject, readProject, type FoundProject } from '../engine/project/find.ts';

/** What a tree and the command line say besides the kernel's own pairs and the rules' own severities. */
export interface ProjectSettings {
  readonly pairs: readonly Pair[];
  readonly rules: Severities;
}

/**
 * The settings of the file that is named, or found from the root upwards, with the pairs of another; or one line that
 * says what is wrong with a file.
 */
export function projectSettings(
  root: string,
  { configFile, pairs }: { readonly configFile: string | null; readonly pairs: string | null },
): ProjectSettings | { readonly error: string } {
  const project = configFile === null ? findProject(root) : readProject(path.resolve(configFile));
  const more = pairs === null ? null : readProject(path.resolve(pairs));
  for (const each of [project, more]) {
    const error = each && problemLine(each);
    if (error) return { error };
  }
  // Of two rows for one call the command line's counts.
  const own = more?.pairs ?? [];
  const named = new Set(own.flatMap(({ acquire }) => acquire));
  const others = project.pairs.filter(({ acquire }) => !acquire.some((name) => named.has(name)));
  return { pairs: [...own, ...others], rules: { ...project.rules, ...more?.rules } };
}

function problemLine({ file, problems }: FoundProject): string | null {
  const [first, ...rest] = problems;
  if (!first) return null;
  const name = path.relative('.', file ?? '');
  const more = rest.length === 0 ? '' : ` (and ${rest.length} more)`;
  return `${name}:${first.line}:${first.column}: ${first.message}${more}`;
}

import type { Found } from '../collect.ts';
import { Code, type FixSource } from './code.ts';
import { dropStatement, retarget, swapSection } from './drop.ts';
import { addExit, addId, addSize } from './fields.ts';
import { moveAfter, moveBefore } from './move.ts';
import { leaveHeld, leaveRegistered, keepHeld, keepRegistered, releaseInExit } from './leave.ts';
import { askResult, changeKind, insertBarrier, returnError } from './small.ts';
import type { Candidate } from './unwind.ts';

export type { Edit, FixSource } from './code.ts';
export type { Candidate } from './unwind.ts';

/** What could mend a finding, the best first; whether it does is for the analysis of the mended files to say. */
type Builder = (found: Found, code: Code, source: FixSource) => Candidate[];

const builders: Readonly<Record<string, readonly Builder[]>> = {
  'pernet/left-registered-on-error': [leaveRegistered],
  'pernet/left-registered-on-exit': [keepRegistered],
  'pernet/left-behind-on-error': [leaveHeld],
  'pernet/left-behind-on-exit': [keepHeld],
  'pernet/init-error-leak': [leaveHeld],
  'pernet/exit-leak': [releaseInExit],
  'pernet/exit-missing': [addExit],
  'pernet/id-without-size': [addSize],
  'pernet/size-without-id': [addId],
  'pernet/register-twice': [dropSecond],
  'pernet/unregister-not-registered': [retarget, dropStatement],
  'pernet/double-release': [dropStatement],
  'pernet/register-unchecked': [askResult],
  'pernet/error-lost': [returnError],
  'pernet/init-section': [swapSection],
  'pernet/wrong-kind': [changeKind],
  'pernet/cache-destroyed-before-barrier': [insertBarrier],
  'pernet/registered-too-late': [moveBefore],
  'pernet/registered-before-resource': [moveAfter],
  'pernet/unregistered-too-early': [moveAfter],
  'pernet/resource-gone-before-unregister': [moveBefore],
};

/** Of two registrations the second can go; of one in each namespace none is too many. */
function dropSecond(found: Found, code: Code): Candidate[] {
  return found.finding.related.length > 0 ? dropStatement(found, code) : [];
}

/** The rules for which a fix can be built. */
export const fixableRules: readonly string[] = Object.keys(builders);

/** The candidates for a finding's fix: the rule's own, and those that are built from the text. */
export function candidatesFor(found: Found, source: FixSource): Candidate[] {
  const { fix } = found.finding;
  const own: Candidate[] = fix
    ? [
        {
          title: fix.title,
          edits: fix.edits.map(({ file, line, column, endLine, endColumn, text }) => ({
            file,
            at: [line, column, endLine, endColumn] as const,
            text,
          })),
        },
      ]
    : [];
  const code = Code.of(source, found.finding.file);
  if (!code) return own;
  return [...own, ...(builders[found.finding.rule] ?? []).flatMap((build) => build(found, code, source))];
}

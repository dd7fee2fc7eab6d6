import type { Host } from '../engine/index.ts';
import type { Change, Step } from './change.ts';
import type { PatchMail } from './mail.ts';
import { applyDiff } from './patch.ts';

/**
 * A series of patches on a tree, applied in memory one after the other.
 * @throws ChangeError that names the patch, the file and the hunk which does not apply.
 */
export function patchChange(before: Host, patches: readonly PatchMail[]): Change {
  const steps: Step[] = [];
  let host = before;
  for (const { head, text } of patches) {
    const { files, after } = applyDiff(host, text, head.title);
    steps.push({ head, files, after });
    host = after;
  }
  return { before, steps };
}

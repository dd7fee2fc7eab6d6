import type { Timeline } from '../engine/types.ts';

/** Tells one run from another, also when both prove a finding: a chosen step belongs to one of them. */
export function runKey({ file, ops, run, finding, other }: Timeline): string {
  return JSON.stringify([file, ops, run, finding?.fingerprint, other && 'label' in other ? other.label : undefined]);
}

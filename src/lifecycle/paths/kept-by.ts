import type { Id, Program } from '../../program/program.ts';
import { digestOf } from './digest.ts';
import { mostArrows } from '../bodies/keeping.ts';

/** More than this is not gone through for one argument: it may be kept then. */
const mostPassed = 300;

/**
 * What of an argument (`Kept`: '' the thing itself, members of it, `=` that it is changed) a function of a program, or what
 * it calls there, keeps or hands on to something that is not known; null where one of them was not read. `looked` gets all
 * that were asked.
 */
export function keptBy(
  { program, looked }: { readonly program: Program; readonly looked: Set<Id> },
  root: Id,
  argument: number,
): readonly string[] | null {
  const found = new Set<string>();
  const passed = new Map([[`${root}|${argument}|`, { id: root, argument, outer: '' }]]);
  for (const { id, argument: at, outer } of passed.values()) {
    const entry = program.functionById(id);
    looked.add(id);
    const all = entry ? digestOf(entry.fact).kept : null;
    if (!entry || all === null || passed.size > mostPassed) return null;
    for (const [param, inner, call, index = 0] of all) {
      if (param !== at) continue;
      const member = inner === '=' ? inner : within(outer, inner);
      const callee = call === undefined ? undefined : program.resolveFunction(entry.file, call);
      const key = `${callee?.id ?? ''}|${index}|${member}`;
      if (!callee) found.add(call === undefined ? member : asPart(member));
      else if (!passed.has(key)) passed.set(key, { id: callee.id, argument: index, outer: member });
    }
  }
  return [...found].sort();
}

/** A member of what lies at a member, or of what that points at. */
function within(of: string, inner: string): string {
  if (of === '' || inner === '') return of === '' ? inner : of;
  const [outer, member] = [of.replace(/^&/, ''), inner.replace(/^&/, '')];
  if (outer.split('->').length > mostArrows) return of;
  return `${inner === member ? '' : '&'}${outer}${outer === of ? '->' : '.'}${member}`;
}

/** What is passed to something that is not known may be an array, and then it is a part of what it lies in. */
function asPart(member: string): string {
  return member === '' || member.startsWith('&') ? member : `&${member}`;
}

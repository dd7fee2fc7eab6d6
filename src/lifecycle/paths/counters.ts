import type { FunctionEntry, Id, Program } from '../../program/program.ts';
import { choosersOf, type Given } from '../bodies/chosen-steps.ts';
import type { Overview } from './overview.ts';
import type { State } from './state.ts';

/** The numbers that a file's functions count (`FileFacts.counters`), as paths name them. */
function countersOf(program: Program, file: string): readonly string[] {
  return (program.facts(file)?.counters ?? []).map((name) => program.statics.nameIn(file, name));
}

/** Whether a variable is one of a file's counters. */
export function isCounter(program: Program, file: string, name: string): boolean {
  return program.facts(file)?.counters.includes(name) === true;
}

/** The counters of its own file that a function counts, itself or by what it calls. */
function countedBy(of: { readonly program: Program; readonly overview: Overview }, fn: FunctionEntry): string[] {
  const counters = countersOf(of.program, fn.file);
  if (counters.length === 0) return [];
  const written = of.overview.globalsWritten(fn.id);
  return counters.filter((name) => written.has(name));
}

/** What is known of these where the function is called: whoever counts has it followed for that number. */
export function countsGiven(
  of: { readonly program: Program; readonly overview: Overview },
  fn: FunctionEntry,
  state: State,
): Given {
  const given = new Map<string, number>();
  for (const name of countedBy(of, fn)) {
    const value = state.env.get(name);
    if (value?.v === 'num' && value.text === undefined) given.set(name, value.num);
  }
  return given;
}

/** When a module is loaded, what its files count begins at zero. */
export function beginCounting(program: Program, files: Iterable<string>, state: State): void {
  for (const file of files) for (const name of countersOf(program, file)) state.env.set(name, { v: 'num', num: 0 });
}

/** Whether what a function comes to may depend on what its callers tell it, or have counted. */
export function mayBeTold(of: { readonly program: Program; readonly overview: Overview }, id: Id): boolean {
  const fn = of.program.functionById(id);
  return fn !== undefined && (choosersOf(fn).length > 0 || countedBy(of, fn).length > 0);
}

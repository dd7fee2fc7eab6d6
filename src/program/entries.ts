import type { FileFacts, FunctionFact, OpsFact } from '../facts/ir.ts';

/** A function or an ops of the program, told apart by file and name: `net/foo/main.c#foo_init`. */
export type Id = string;

export interface FunctionEntry {
  readonly id: Id;
  readonly file: string;
  readonly fact: FunctionFact;
}

export interface OpsEntry {
  readonly id: Id;
  readonly file: string;
  readonly fact: OpsFact;
}

/** The functions and ops of one file as all programs have them that it is part of. */
interface FileEntries {
  readonly functions: readonly FunctionEntry[];
  readonly ops: readonly OpsEntry[];
}

const entriesMemo = new WeakMap<FileFacts, FileEntries>();

/** The functions and ops of a file: one set of them, whatever program asks. */
export function entriesOf(facts: FileFacts): FileEntries {
  let entries = entriesMemo.get(facts);
  if (!entries) {
    const { file } = facts;
    const idOf = ({ name }: { readonly name: string }): Id => `${file}#${name}`;
    entries = {
      functions: facts.functions.map((fact) => ({ id: idOf(fact), file, fact })),
      ops: facts.ops.map((fact) => ({ id: idOf(fact), file, fact })),
    };
    entriesMemo.set(facts, entries);
  }
  return entries;
}

/** The one among `entries` whose path shares most with `file`; undefined when there is none, or no single nearest one. */
export function nearest<T extends { file: string }>(file: string, entries: readonly T[] | undefined): T | undefined {
  if (!entries) return undefined;
  const scored = entries.map((entry) => ({ entry, shared: sharedFolders(file, entry.file) }));
  const best = Math.max(...scored.map(({ shared }) => shared));
  const winners = scored.filter(({ shared }) => shared === best);
  return winners.length === 1 ? winners[0]!.entry : undefined;
}

function sharedFolders(a: string, b: string): number {
  const [left, right] = [a.split('/').slice(0, -1), b.split('/').slice(0, -1)];
  let shared = 0;
  while (shared < left.length && left[shared] === right[shared]) shared++;
  return shared;
}

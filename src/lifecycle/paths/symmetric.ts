import type { FileFacts } from '../../facts/ir.ts';
import { counterparts, opposites, phases, setsUp } from '../../facts/opposites.ts';
import { isStep } from '../../facts/words.ts';
import type { FunctionEntry, Id, Program } from '../../program/program.ts';
import { isHarmless } from '../bodies/known.ts';
import { isSetUp, ownBodies } from './own-bodies.ts';
import { Questions } from './questions.ts';
import { kernelTable, type Pair, type PairsByCall } from '../resources/index.ts';
import { undoOfPart } from '../resources/parts.ts';

/** Whether a table of pairs knows a call. */
export function isListedCall(name: string, table: PairsByCall = kernelTable): boolean {
  return table.acquires.has(name) || table.releases.has(name);
}

/** Whether a table of pairs knows a call as a set-up, or what undoes one, in one of a folder's files. */
export function isSetUpIn(folder: string, name: string, table: PairsByCall = kernelTable): boolean {
  const pairs = [table.acquires.get(name) ?? [], table.releases.get(name) ?? []].flat();
  return pairs.some((pair) => isSetUp(pair) && pair.source.slice(0, pair.source.lastIndexOf('/')) === folder);
}

const pairWords = new Set(Object.entries(opposites).flatMap(([word, others]) => [word, ...others]));

/**
 * What a name is about, beside what is done with that and when: `foo_ct_init` and `foo_ct_exit_finish` are about one
 * thing. Null where that is no more than whose name it is: `foo_exit` may be about all that there is.
 */
export function subjectOf(name: string): string | null {
  const words = name.split('_').filter((word) => word !== '' && !isStep(word) && !phases.has(word));
  return words.length > 1 ? words.join('_') : null;
}

/** What may undo all that there is, by its name. */
const general = /(?:^|_)(?:exit|fini|cleanup|uninit|deinit|shutdown|teardown)(?:_|$)/;

/** Whether a name is one of those that set something up or undo it, by its words. */
export function isPairWord(name: string): boolean {
  return name.split('_').some((word) => pairWords.has(word));
}

/**
 * The pairs of calls that acquire and release, as seen from one program: the kernel's own (`resources/`), and for calls
 * that are not followed those whose counterpart, by its name, the program calls as well (`foo_proc_init`,
 * `foo_proc_exit`). Of the latter nothing is known but that the one undoes the other.
 */
export class ModulePairs {
  /** What was asked of the program's own naming. */
  readonly asked = new Questions<ModulePairs>(this);
  private readonly mentioned = new Set<string>();
  /** The files that mention a name which means no variable of theirs. */
  private readonly mentioning = new Map<string, Set<string>>();
  private readonly defined: ReadonlySet<string>;
  private readonly own = new Map<string, Pair | null>();
  private readonly ownReleases = new Map<string, Pair[]>();
  private readonly followed: ReadonlySet<Id>;

  constructor(
    program: Program,
    private readonly table: PairsByCall = kernelTable,
  ) {
    this.defined = new Set(program.allFunctions().map(({ fact }) => fact.name));
    for (const { id, file } of program.allFunctions()) for (const name of program.calls(id)) this.note(name, file);
    for (const name of program.fileNames()) this.forgetVariables(program.facts(name));
    for (const name of this.mentioned) if (setsUp.test(name)) this.pairOf(name);
    this.followed = ownBodies(program, table);
  }

  /** Whether the table knows a call. */
  isListed(name: string): boolean {
    return isListedCall(name, this.table);
  }

  /** Whether a function is followed although the table knows it (`ownBodies`). */
  isFollowed({ id, fact }: FunctionEntry): boolean {
    return this.isListed(fact.name) && this.asked.ask(`follows|${id}`, (of) => of.followed.has(id));
  }

  /** What the program's own naming makes of a call, as a text that changes when that does; empty where it is nothing. */
  ownText(name: string): string {
    const releases = this.ownReleases.get(name) ?? [];
    const pair = this.own.get(name);
    if (!pair && releases.length === 0) return '';
    return `${name}>${pair?.isEmpty ? '=' : ''}${pair?.release.join() ?? ''}<${releases.map(({ kind }) => kind).join()};`;
  }

  /** Whether a call acquires or releases, by the table or by the program's own naming. */
  isKnown(name: string): boolean {
    return this.isListed(name) || this.ownReleases.has(name) || (this.own.get(name) ?? null) !== null;
  }

  /** Whether a name stands in any body. */
  isMentioned(name: string): boolean {
    return this.mentioned.has(name);
  }

  /** Whether it makes no difference to any pair if a name is mentioned or not: nothing that goes with it is. */
  isIndifferentTo(name: string): boolean {
    if (general.test(name) || this.isListed(name)) return false;
    const words = name.split('_');
    const relatives = words.flatMap((word, index) =>
      pairWords.has(word) ? [...pairWords].map((other) => words.with(index, other).join('_')) : [],
    );
    const singular = name.replace(/_(?:list|batch|all)$/, '');
    return [...relatives, singular].every((each) => each === name || !this.mentioned.has(each));
  }

  acquires(name: string, callee: FunctionEntry | null | undefined): Pair | undefined {
    const listed = this.table.acquires.get(name);
    if (listed || callee === undefined) return listed;
    const file = homeOf(callee);
    const known = this.asked.ask(`acquires|${name}|${file ?? ''}`, (of) => {
      const pair = of.pairOf(name);
      return pair && (file === null || pair.release.some((each) => of.isSpokenOf(each, file))) ? pair : null;
    });
    return known ?? undefined;
  }

  releases(name: string, callee: FunctionEntry | null | undefined): readonly Pair[] | undefined {
    const listed = this.table.releases.get(name);
    if (listed || callee === undefined) return listed;
    // A name that is met first with an option off may add to what is known of another.
    const known = this.ownReleases.get(name)?.length ?? 0;
    const file = homeOf(callee);
    return this.asked.ask(`releases|${name}|${known}|${file ?? ''}`, (of) => {
      const pairs = of.ownReleases.get(name);
      if (file === null || pairs === undefined) return pairs;
      const own = pairs.filter(({ acquire }) => acquire.some((each) => of.isSpokenOf(each, file)));
      return own.length === 0 ? undefined : own;
    });
  }

  private note(name: string, file: string): void {
    if (this.mentioned.has(name)) this.mentioning.get(name)?.add(file);
    else {
      this.mentioned.add(name);
      // No more than those which are asked for: a kernel has a hundred thousand names.
      if (isPairWord(name)) this.mentioning.set(name, new Set([file]));
    }
  }

  private forgetVariables(facts: FileFacts | undefined): void {
    for (const name of facts?.statics ?? []) this.mentioning.get(name)?.delete(facts!.file);
  }

  /** Whether a name of a set-up, or of what undoes one, stands in a body of a file, or of any. */
  private isSpokenOf(name: string, file?: string): boolean {
    const files = this.mentioning.get(name);
    return files !== undefined && (file === undefined ? files.size > 0 : files.has(file));
  }

  /** What undoes a call that is not known is not known either: a function that is at hand undoes what it says. */
  private isCounterpart(release: string, acquire: string): boolean {
    return this.isSpokenOf(release) && (this.defined.has(acquire) || !this.defined.has(release));
  }

  /**
   * What undoes a set-up that is known to be one of the module's other parts and that is not at hand, where nothing speaks
   * of it: not where anything else that is not at hand may undo all that there is (`foo_cleanup`).
   */
  private undoOfPart(name: string): string | null {
    const word = undoOfPart(name);
    if (word === undefined || this.defined.has(name) || this.isListed(name)) return null;
    const undo = counterparts(name).find((each) => each.split('_').includes(word)) ?? null;
    const mayUndoAll = (each: string): boolean =>
      general.test(each) &&
      !this.defined.has(each) &&
      !this.isListed(each) &&
      !isHarmless(each) &&
      each.split('_')[0] === name.split('_')[0] &&
      !setUpsOf(each).some((other) => this.mentioned.has(other));
    return undo === null || this.defined.has(undo) || [...this.mentioned].some(mayUndoAll) ? null : undo;
  }

  private pairOf(name: string): Pair | null {
    let pair = this.own.get(name);
    if (pair !== undefined) return pair;
    pair = null;
    const release =
      this.isListed(name) || isHarmless(name)
        ? []
        : counterparts(name).filter((each) => this.isCounterpart(each, name));
    const part = release.length === 0 ? this.undoOfPart(name) : null;
    const all = part === null ? release : [part];
    // Where several are undone at once by a call of another name, it is not known which.
    const isPlural = all.some((each) => ['_list', '_batch', '_all'].some((end) => this.mentioned.has(each + end)));
    if (all.length > 0 && !isPlural) {
      pair = {
        kind: `${name}()`,
        acquire: [name],
        release: all,
        of: [0],
        releaseOf: [0],
        fails: 'negative',
        // What is created may be returned as a pointer or counted as an error: that shows in no name.
        ...(name.split('_').includes('create') && { unasked: true }),
        lasting: part !== null,
        byName: true,
        ...(this.defined.has(name) && { isEmpty: true }),
        source: 'the names in the program itself',
      };
      for (const each of all) this.ownReleases.set(each, [...(this.ownReleases.get(each) ?? []), pair]);
    }
    this.own.set(name, pair);
    return pair;
  }
}

/** The one file whose code can call a function that is at hand; null where that is not known. */
function homeOf(callee: FunctionEntry | null): string | null {
  return callee?.fact.isStatic === true && !callee.file.endsWith('.h') ? callee.file : null;
}

/** The names that set up what a name undoes, by its words. */
function setUpsOf(name: string): string[] {
  const words = name.split('_');
  return words.flatMap((word, index) =>
    Object.entries(opposites).flatMap(([other, undoing]) =>
      undoing.includes(word) ? words.with(index, other).join('_') : [],
    ),
  );
}

import type { At } from '../../facts/ir.ts';
import { isAlwaysDone, isWrittenDown } from '../bodies/always-done.ts';
import { isHandedOn } from './leaves-to-others.ts';
import { anothersMember, type AnothersMember } from './anothers-member.ts';
import type { FunctionEntry, OpsEntry } from '../../program/program.ts';
import { keyOfCalls, ofWholeFile, type Acquire } from './asked-keys.ts';
import type { ElementLeftOut } from './element-left-out.ts';
import { freedFound, type FreedFound } from './freed-found.ts';
import { freedPublished, type FreedPublished } from './freed-published.ts';
import { freedHooks, type FreedHooks } from './freed-hooks.ts';
import { mistakenTest, type MistakenTest } from './mistaken-tests.ts';
import { halfUsedLists, type HalfUsed } from './local-lists.ts';
import { takesOnlyOne } from './only-first.ts';
import { plainDevices } from './plain-devices.ts';
import type { LockNeverSetUp } from './ops-facts.ts';
import type { CallAt } from '../bodies/calls-at.ts';
import { miscount, type Miscount } from './miscounts.ts';
import { isMixed } from './mixed-memory.ts';
import { namedInitNet, type NamedInitNet } from './named-init-net.ts';
import { emptiedOfFirst, takenByGetter } from './first-instead.ts';
import { walkedInFirst } from './first-walked.ts';
import { releasedOfFirst, takenInData } from './init-net-by-name.ts';
import { isOfInitNet } from './of-init-net.ts';
import { notYetSet, type NotYetSet } from './not-yet-set.ts';
import type { OwnReference } from './own-reference.ts';
import type { Ask } from './asked-runs.ts';
import { hasWaited, isForeseenWithout, isNotedAfter, isResetAfter, type Named } from '../bodies/member-gates.ts';
import { isNeeded, type NeededMember, type Through } from '../bodies/needed-member.ts';
import { readAs } from '../bodies/reader.ts';
import { keyOfPlace, type Place } from '../paths/trace.ts';
import { isPlainInExit, isSpokenOf } from './spoken-of.ts';
import { strayId, type StrayId } from './stray-id.ts';
import { usedByRcu, type UsedByRcu } from './used-by-rcu.ts';
import type { SetUpOfFirst } from './set-up-of-first.ts';
import type { LeftOut } from './two-stages.ts';

/** The questions (`AskedState`) that the bodies of a few functions answer by themselves, whatever paths lead through them. */
export class AskedBodies {
  constructor(private readonly ask: Ask) {}

  /** How many elements of an array a call acquires and another one gives back, where that is not the same (`miscount`). */
  miscount(acquire: Acquire, release: CallAt): Miscount | null {
    const key = `${ofWholeFile}count|${keyOfCalls([acquire.place, release.place])}|${acquire.call}|${release.call}`;
    return this.ask(key, ({ program }) => miscount(program, { kind: acquire.pair.kind, acquire, release }));
  }

  /** Whether a release only takes memory of another kind than the acquisition may have given (`isMixed`). */
  isMixed(acquire: Acquire, release: CallAt): boolean {
    const key = `${ofWholeFile}mixed|${keyOfCalls([acquire.place, release.place])}|${acquire.call}|${release.call}`;
    return this.ask(key, ({ program }) => isMixed(program, acquire, release));
  }

  /** A call by which an exit callback takes away what it names as init_net's (`namedInitNet`). */
  namedInitNet(ops: OpsEntry, { id }: FunctionEntry): NamedInitNet | null {
    return this.ask(`${ofWholeFile}named init_net|${ops.id}|${id}`, ({ program, table }) => {
      const fn = program.functionById(id);
      if (!fn) return null;
      return (
        namedInitNet(program, ops, fn) ??
        takenInData(program, ops, fn) ??
        releasedOfFirst(program, table, fn) ??
        takenByGetter(program, ops, fn) ??
        emptiedOfFirst(program, ops, fn) ??
        walkedInFirst(program, ops, fn)
      );
    });
  }

  /** The members that an init gives back where it has not set them (`notYetSet()`). */
  notYetSet({ id }: FunctionEntry): readonly NotYetSet[] {
    return this.ask(`${ofWholeFile}not yet|${id}`, ({ program, table }) => {
      const fn = program.functionById(id);
      return fn ? notYetSet(program, fn, table) : [];
    });
  }

  /** What an exit callback gives back and another ops keeps in struct net (`anothersMember()`). */
  anothersMember(ops: OpsEntry, { id }: FunctionEntry): AnothersMember | null {
    return this.ask(`${ofWholeFile}another's|${ops.id}|${id}`, ({ program, table }) => {
      const fn = program.functionById(id);
      return fn ? anothersMember(program, table, { ops, fn }) : null;
    });
  }

  /**
   * Whether what a function calls speaks of a member (`isSpokenOf()`), or who releases what it holds may ask for it
   * (`isPlainInExit()`); yes where they are not at hand.
   */
  isSpokenOf({ file, fn: name }: Pick<Place, 'file' | 'fn'>, member: string, release: Place): boolean {
    const key = `${ofWholeFile}spoken of|${file}|${name}|${member}|${keyOfPlace(release)}`;
    return this.ask(key, ({ program, table }) => {
      const fn = program.functionById(`${file}#${name}`);
      if (!fn || !isPlainInExit(program, { file: release.file, name: release.fn, at: release.at })) return true;
      return isSpokenOf(program, table, fn, member);
    });
  }

  /** An id that no ops has, for which a callback of an ops asks (`strayId()`). */
  strayId(ops: OpsEntry, { id }: FunctionEntry): StrayId | null {
    return this.ask(`${ofWholeFile}stray id|${ops.id}|${id}`, ({ program }) => {
      const fn = program.functionById(id);
      return fn ? strayId(program, ops, fn) : null;
    });
  }

  /** A call by which an ops' init sets up what init_net has, whichever namespace it is called for (`setUpOfFirst`). */
  setUpOfFirst(ops: OpsEntry): SetUpOfFirst | null {
    return this.ask(`${ofWholeFile}sets up init_net|${ops.id}`, (state) => state.ofOps.setUpOfFirst(ops));
  }

  /** Whether an exit callback of an ops gives back what is init_net's, whichever namespace dies (`isOfInitNet`). */
  isOfInitNet(ops: OpsEntry, acquire: Acquire, release: CallAt): boolean {
    const key = `${ofWholeFile}of init_net|${ops.id}|${keyOfCalls([acquire.place, release.place])}|${release.call}`;
    return this.ask(key, ({ program }) => isOfInitNet(program, ops, { acquire, release }));
  }

  /** What a teardown frees after it has unregistered the hooks in it (`freedHooks()`). */
  freedHooks({ id }: FunctionEntry, earlier?: FunctionEntry): FreedHooks | null {
    return this.ask(`${ofWholeFile}hooks|${id}|${earlier?.id ?? ''}`, ({ program }) => {
      const fn = program.functionById(id);
      return fn ? freedHooks(program, fn, earlier && program.functionById(earlier.id)) : null;
    });
  }

  /** The test that does not see a call of a function's own fail (`mistakenTest()`). */
  mistakenTest({ file, name }: Named, at: At): MistakenTest | null {
    return this.ask(`${ofWholeFile}mistaken|${file}|${name}|${at.join(':')}`, ({ program, table }) => {
      const fn = program.resolveFunction(file, name);
      return fn ? mistakenTest({ program, table }, fn, at) : null;
    });
  }

  /** Whether each of some calls, one within the other, is made on all ways through its function. */
  areAlwaysDone(calls: readonly Place[]): boolean {
    return this.ask(`${ofWholeFile}always|${keyOfCalls(calls)}`, ({ program }) =>
      calls.every(({ file, fn, at }) => {
        const entry = program.resolveFunction(file, fn);
        return entry !== undefined && isAlwaysDone(entry, at);
      }),
    );
  }

  /** Whether a name is that of a file's own variable, and no pointer (`isWrittenDown()`). */
  isWrittenDown(file: string, name: string): boolean {
    return this.ask(`${ofWholeFile}written|${file}|${name}`, ({ program }) => isWrittenDown(program, file, name));
  }

  /** Whether what a call makes is handed on to what is not at hand (`isHandedOn()`). */
  isHandedOn(made: Place): boolean {
    return this.ask(`${ofWholeFile}handed|${keyOfCalls([made])}`, ({ program, table }) => {
      const fn = program.resolveFunction(made.file, made.fn);
      return !fn || isHandedOn({ program, table }, fn, made.at);
    });
  }

  /** Whether devices that a file makes are freed by who makes them (`plainDevices()`). */
  plainDevices(file: string, setup: Named | null): ReturnType<typeof plainDevices> {
    const key = `${ofWholeFile}devices|${file}|${setup ? `${setup.file}#${setup.name}` : ''}`;
    return this.ask(key, ({ program }) => plainDevices(program, file, setup));
  }

  /** What a teardown frees after it has unregistered the hooks that find it (`freedFound()`). */
  freedFound({ id }: FunctionEntry, earlier?: FunctionEntry): FreedFound | null {
    return this.ask(`${ofWholeFile}found|${id}|${earlier?.id ?? ''}`, ({ program, reach }) => {
      const fn = program.functionById(id);
      return fn ? freedFound({ program, reach }, fn, earlier && program.functionById(earlier.id)) : null;
    });
  }

  /** A callback of RCU that exits queue and that uses the data of an ops, which is gone by then (`usedByRcu()`). */
  usedByRcu(exits: readonly FunctionEntry[], ops: OpsEntry): UsedByRcu | null {
    const key = `${ofWholeFile}by rcu|${ops.id}|${exits.map(({ id }) => id).join()}`;
    return this.ask(key, (state) => {
      const id = state.idOf(ops);
      const fns = exits.flatMap((exit) => state.program.functionById(exit.id) ?? []);
      // Without a size the memory is the module's own.
      const isGiven = ops.fact.fields.some(({ name }) => name === 'size');
      return id === undefined || !isGiven ? null : usedByRcu(state.program, fns, id);
    });
  }

  /** What a module's exit frees after it has taken back a pointer by which others use it (`freedPublished()`). */
  freedPublished({ id }: FunctionEntry): FreedPublished | null {
    return this.ask(`${ofWholeFile}taken back|${id}`, ({ program, reach }) => {
      const exit = program.functionById(id);
      return exit ? freedPublished(program, reach, exit) : null;
    });
  }

  /** The lists of its own that a function fills or takes down alone. */
  halfUsedLists({ id }: FunctionEntry): readonly HalfUsed[] {
    return this.ask(`${ofWholeFile}half used|${id}`, ({ program }) => {
      const fn = program.functionById(id);
      return fn ? halfUsedLists(program, fn) : [];
    });
  }

  /** A lock in an ops' data that its file takes and never sets up. */
  lockNeverSetUp(ops: OpsEntry): LockNeverSetUp | null {
    return this.ask(`${ofWholeFile}lock|${ops.id}`, (state) => state.ofOps.lockNeverSetUp(ops));
  }

  /** The element that a loop of an ops' exits leaves out of those that it takes down. */
  elementLeftOut(ops: OpsEntry): ElementLeftOut | null {
    return this.ask(`${ofWholeFile}element|${ops.id}`, (state) => state.ofOps.elementLeftOut(ops));
  }

  /** For which namespace alone a batch callback does its work. Said by its own body as well. */
  takesOnlyOne(fn: FunctionEntry): 'first' | 'last' | null {
    return readAs('asks', () => takesOnlyOne(fn));
  }

  /** A reference of its own namespace that an ops' init keeps until its exit. */
  ownReference(ops: OpsEntry): OwnReference | null {
    return this.ask(`${ofWholeFile}own|${ops.id}`, (state) => state.ofOps.ownReference(ops));
  }

  /** The structure that an ops' data is used as where its size is that of a pointer. */
  usedBeyondPointer(ops: OpsEntry): string | null {
    return this.ask(`${ofWholeFile}size|${ops.id}`, (state) => state.ofOps.usedBeyondPointer(ops));
  }

  /** The first of two stages of a teardown, of which an ops' exits only take the second. */
  firstStageLeftOut(ops: OpsEntry): LeftOut | null {
    return this.ask(`${ofWholeFile}stage|${ops.id}`, (state) => state.ofOps.firstStageLeftOut(ops));
  }

  /** Whether a function sets a member to NULL after a call. */
  isResetAfter(fn: Named, call: string, member: string): boolean {
    return this.ask(`${ofWholeFile}reset|${fn.file}#${fn.name}|${call}|${member}`, ({ program }) =>
      isResetAfter(program, fn, call, member),
    );
  }

  /** Whether others ask for what a call by a function yields: it may be missing. */
  isForeseenWithout(fn: Named, call: string): boolean {
    return this.ask(`${ofWholeFile}foreseen|${fn.file}#${fn.name}|${call}`, ({ program }) =>
      isForeseenWithout(program, fn, call),
    );
  }

  /** Whether a function notes by a flag that it has come past a call, and others ask for that. */
  isNotedAfter(fn: Named, call: string): boolean {
    return this.ask(`${ofWholeFile}noted|${fn.file}#${fn.name}|${call}`, ({ program }) =>
      isNotedAfter(program, fn, call),
    );
  }

  /** Whether what an init keeps at a member for a namespace has to be there for those that use it (`isNeeded()`). */
  isNeeded(kept: NeededMember, through: Through): boolean {
    const { file, path, ops, call } = kept;
    const key = `${ofWholeFile}needed|${file}|${ops?.id}|${path}|${call}|${through.makers.join()}|${through.others.join()}`;
    return this.ask(key, ({ program }) => isNeeded(program, kept, through));
  }

  /** Whether a function has waited for somebody by the time that it comes to a call. */
  hasWaited(fn: Named, call: string): boolean {
    return this.ask(`${ofWholeFile}waited|${fn.file}#${fn.name}|${call}`, ({ program }) =>
      hasWaited(program, fn, call),
    );
  }
}

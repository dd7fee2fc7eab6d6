import type { At } from '../../facts/ir.ts';
import { given } from '../../facts/words.ts';
import type { FunctionEntry, OpsEntry, Program } from '../../program/program.ts';
import type { Reach } from '../../program/reach.ts';
import { keyOf, keyOfCalls, ofWholeFile, spotOf, type Acquire, type Spot } from './asked-keys.ts';
import { AskedRuns } from './asked-runs.ts';
import type { Certainty } from '../bodies/certain.ts';
import type { DataUse, When } from './data-uses.ts';
import { closedBefore, openedBy, type Ends } from '../bodies/flags.ts';
import { opensSockets, usedBySockets } from './early-sockets.ts';
import { isEverRead } from '../bodies/ever-read.ts';
import { waitsForOthers } from './freed-found.ts';
import { isHook, isLeftSetOnFailure, leftSetByModule, type LeftSet } from './left-set.ts';
import { soundsLikeRelease } from './kept-alone.ts';
import { beginsUnread, leavesToOthers } from './leaves-to-others.ts';
import { isListHead, takesOff } from '../bodies/list-heads.ts';
import type { LeftDevices } from './link-devices.ts';
import type { KeptMemory } from './only-released.ts';
import type { FreeSite } from '../bodies/may-end-before.ts';
import type { Opened } from './openings.ts';
import { makerIn } from './directory-users.ts';
import { makesUntil } from './made-until.ts';
import type { PernetState, Reason } from './pernet-state.ts';
import { Answers } from '../paths/questions.ts';
import { isUnpublished, type Named } from '../bodies/member-gates.ts';
import { readAs } from '../bodies/reader.ts';
import { isResetLocked, type CallSite } from '../bodies/reset-locked.ts';
import { sectionCalled, type GoneSection } from '../bodies/section-calls.ts';
import type { Place } from '../paths/trace.ts';
import { AskedBodies } from './asked-bodies.ts';
import { callsAny } from '../bodies/body.ts';

/** Who uses what (`PernetState`), with a note of all that rules have asked. */
export class AskedState {
  /** What is asked of what runs by itself. */
  readonly runs = new AskedRuns((key, ask) => this.ask(key, ask));
  /** What is told by the bodies of functions alone. */
  readonly bodies = new AskedBodies((key, ask) => this.ask(key, ask));
  /** What was asked so far. */
  readonly answers = new Answers<PernetState>();
  /** By question, the walks that its answer was made from. */
  private readonly walks = new Map<string, ReadonlySet<string>>();

  /** The answers of `using()`, which is asked of all pairs of ops in each history. */
  private readonly data = new WeakMap<OpsEntry, Record<When, Map<OpsEntry, Reason | null>>>();

  constructor(private readonly state: PernetState) {}

  /** Whether these would be the answers here. */
  wouldGive(answers: Answers<PernetState>): boolean {
    return answers.areThoseOf(this.state);
  }

  /**
   * Whether the answers would be the same of another program, in which some walks lead elsewhere and all else that is
   * asked is the same.
   */
  wouldAnswerAlike(other: AskedState, differing: ReadonlySet<string>): boolean {
    const isConcerned = (key: string): boolean =>
      key.startsWith(ofWholeFile) || [...(this.walks.get(key) ?? [])].some((walk) => differing.has(walk));
    return this.answers.areThoseOf(other.state, isConcerned);
  }

  /** The same of another program and its reach. */
  of(program: Program, reach: Reach): AskedState {
    return new AskedState(this.state.of(program, reach));
  }

  private ask<T>(key: string, ask: (of: PernetState) => T): T {
    const known = this.answers.get(key);
    if (known) return known.answer as T;
    const { value, walks } = this.state.listen(() => readAs('asks', () => ask(this.state)));
    this.answers.set(key, { ask, answer: value });
    this.walks.set(key, walks);
    return value;
  }

  usedBy(step: Acquire, ops: OpsEntry, flags?: ReadonlySet<string>): Reason | null {
    const key = `used|${keyOf(step)}|${ops.id}|${flags ? [...flags].join() : ''}`;
    return this.ask(key, (state) => state.usedBy(step, ops, flags));
  }

  /** What of an ops' state a netdevice notifier uses for devices of the module's own (`PernetState.usedForDevices`). */
  usedForDevices(step: Acquire, ops: OpsEntry): Reason | null {
    return this.ask(`devices|${keyOf(step)}|${ops.id}`, (state) => state.usedForDevices(step, ops));
  }

  /** Whether link ops make devices, and nothing of the module's own is done before a call that may end that (`makesUntil()`). */
  makesUntil(link: Acquire, call: Place): boolean {
    const key = `${ofWholeFile}makes until|${keyOf(link)}|${keyOfCalls([call])}`;
    return this.ask(key, ({ program, table }) => makesUntil({ program, table }, link, call));
  }

  usedBySockets(step: Acquire, ops: OpsEntry, before: readonly OpsEntry[]): Reason | null {
    const key = `${ofWholeFile}sockets|${keyOf(step)}|${[ops, ...before].map(({ id }) => id).join()}`;
    return this.ask(key, ({ program, reach }) => usedBySockets(program, reach, step, ops, before));
  }

  opensSockets(ops: OpsEntry): boolean {
    return this.ask(`opens sockets|${ops.id}`, ({ program, reach }) => opensSockets(program, reach, ops));
  }

  /** What a registrar lets others find before it registers an ops (`PernetState.listedEarly`). */
  listedEarly(site: Place, ops: OpsEntry): ReturnType<PernetState['listedEarly']> {
    const key = `${ofWholeFile}listed|${keyOfCalls([site])}|${ops.id}`;
    return this.ask(key, (state) => state.listedEarly(site, ops));
  }

  asksFor(step: Acquire, gate: string): boolean {
    return this.ask(`gate|${keyOf(step)}|${gate}`, (state) => state.asksFor(step, gate));
  }

  idOf(ops: OpsEntry): string | undefined {
    return this.ask(`id|${ops.id}`, (state) => state.idOf(ops));
  }

  isStrayId(ops: OpsEntry, used: string): boolean {
    return this.ask(`${ofWholeFile}stray|${ops.id}|${used}`, (state) => state.ofOps.isStrayId(ops, used));
  }

  holdsModule(step: Acquire): boolean {
    return this.ask(`holds|${keyOf(step)}|${step.pair.holdsModule === true}`, (state) => state.holdsModule(step));
  }

  makes(step: Acquire, ops: OpsEntry): Reason | null {
    return this.ask(`makes|${keyOf(step)}|${ops.id}`, (state) => state.makes(step, ops));
  }

  /** The gates that a module's init opens. Said by its own body, and what it calls: whoever has the same has the same answer. */
  openedBy(ends: Ends, at: At | null): ReadonlySet<string> {
    return readAs('asks', () => openedBy(this.state.program, ends, at));
  }

  /** The gates that a module's exit has closed when it comes to a place of its own, likewise. */
  closedBefore(ends: Ends, at: At): ReadonlySet<string> {
    return readAs('asks', () => closedBefore(this.state.program, ends, at));
  }

  uses(ops: OpsEntry, name: string, exit: Certainty): { readonly fn: Reason; readonly isInit: boolean } | null {
    return this.ask(`uses|${ops.id}|${name}|${exit}`, (state) => state.uses(ops, name, exit));
  }

  /** The init callback of an ops that makes something in a directory in each namespace (`makerIn()`). */
  makerIn(ops: OpsEntry, name: string, { call, place: { file } }: Acquire): Reason | null {
    return this.ask(`${ofWholeFile}in|${ops.id}|${name}|${call}|${file}`, ({ program }) => {
      const fn = makerIn(program, ops, { name, file, made: call });
      return fn && `${fn.fact.name}()`;
    });
  }

  reads(step: Acquire, at: string, ops: OpsEntry | null, only: string | null = null): boolean {
    return this.ask(`reads|${keyOf(step)}|${at}|${ops?.id ?? ''}|${only ?? ''}`, (state) =>
      state.getsAt.called(step, at, ops, only),
    );
  }

  /** Which function that a work item or a timer of a file runs gets at a place (`reads()`). */
  readsRunning(
    file: string,
    running: { readonly text: string; readonly of: string },
    at: string,
    ops: OpsEntry | null,
    free: FreeSite,
  ): string | null {
    const freed = [free, ...free.through].map(({ file: of, name }) => `${of}#${name}`).join();
    const key = `${file}|${running.text}|${running.of}|${at}|${ops?.id ?? ''}|${freed}|${free.at.join(':')}`;
    return this.ask(`${ofWholeFile}reads running|${key}`, (state) =>
      state.getsAt.running(file, running, at, ops, free),
    );
  }

  /** Whether a function has set a member to NULL, and waited for who had it, on each way to a call. */
  isUnpublished(call: CallSite, member: string): boolean {
    const key = `${ofWholeFile}unpublished|${keyOfCalls([call])}|${member}`;
    return this.ask(key, ({ program }) => isUnpublished(program, call, member));
  }

  /** Whether what an acquisition lets the outside call asks for a member before it uses it, in a locked section. */
  asksForLocked(step: Acquire, name: string, kind: 'member' | 'variable'): boolean {
    return this.ask(`locked|${keyOf(step)}|${kind}|${name}`, (state) => state.asksForLocked(step, name, kind));
  }

  /** Whether an exit ends the module that begins in a file; of what belongs to one that is not at hand that is not known. */
  hasExit(file: string): boolean {
    return this.ask(`${ofWholeFile}exit|${file}`, ({ program }) => {
      const modules = program.modules.filter((each) => each.file === file);
      return modules.length === 0 || modules.some(({ exits }) => exits.length > 0);
    });
  }

  /** Whether a teardown sets what it releases to NULL in a locked section in which others that look for it find nothing. */
  isResetLocked(ways: readonly CallSite[], name: string): boolean {
    const key = `${ofWholeFile}reset|${keyOfCalls(ways)}|${name}`;
    return this.ask(key, ({ program }) => isResetLocked(program, ways, name));
  }

  /** The name of a function that an ops was meant to name as its exit. */
  unnamedExit(ops: OpsEntry): string | null {
    return this.ask(`${ofWholeFile}unnamed|${ops.id}`, (state) => state.ofOps.unnamedExit(ops));
  }

  /** The name of a function that an ops was meant to name as its init. */
  unnamedInit(ops: OpsEntry): string | null {
    return this.ask(`${ofWholeFile}unnamed init|${ops.id}`, (state) => state.ofOps.unnamedInit(ops));
  }

  /** The devices that an ops leaves of those that link ops keep in its data. */
  devicesLeft(ops: OpsEntry): LeftDevices | null {
    return this.ask(`${ofWholeFile}devices|${ops.id}`, (state) => state.ofOps.devicesLeft(ops));
  }

  /** The functions that may give back what a member points at (`OpsFacts.giversOf`). */
  giversOf(member: string, own: OpsEntry | null, struct?: string): readonly string[] | null {
    const key = `${ofWholeFile}givers|${member}|${own?.id ?? ''}|${struct ?? ''}`;
    return this.ask(key, (state) => state.ofOps.giversOf(member, own, struct));
  }

  /** The functions that may give back what a member is, by what they call, or by their names and what they hand on. */
  endersOf(member: string, calls: readonly string[]): string[] {
    return this.ask(`${ofWholeFile}enders|${member}|${calls.join()}`, ({ program }) =>
      program.fileNames().flatMap((file) =>
        Object.entries(program.facts(file)?.mentions ?? {}).flatMap(([name, words]) => {
          if (!words.includes(given(member))) return [];
          const names = program.calls(`${file}#${name}`);
          return soundsLikeRelease.test(name) || calls.some((call) => names.has(call) || words.includes(`${call}()`))
            ? name
            : [];
        }),
      ),
    );
  }

  /** Whether something of a file does more with a variable than to put something there, or others may (`isEverRead`). */
  isEverRead(file: string, name: string): boolean {
    return this.ask(`${ofWholeFile}ever|${file}|${name}`, ({ program }) => isEverRead(program, file, name));
  }

  /** Whether two members lie at the same place in a union of a file's. */
  sharePlace(file: string, one: string, other: string): boolean {
    const key = `${ofWholeFile}union|${file}|${one}|${other}`;
    return this.ask(key, (state) => state.ofOps.sharePlace(file, one, other));
  }

  /** Whether nothing that a file does needs memory that an init keeps to be there. */
  isOnlyReleased(ops: OpsEntry | null, memory: KeptMemory): boolean {
    const key = `${ofWholeFile}idle|${ops?.id ?? ''}|${memory.file}|${memory.at}|${memory.call}|${memory.releases.join()}`;
    return this.ask(key, (state) => state.ofOps.isOnlyReleased(ops, memory));
  }

  /** Whether a function that registers an ops is called by a pointer. */
  isRegisteredByPointer(ops: OpsEntry): boolean {
    return this.ask(`${ofWholeFile}by pointer|${ops.id}`, (state) => state.ofOps.isRegisteredByPointer(ops));
  }

  /** A function in a section that goes away, and that a function calls, or what it calls does. */
  sectionCalled(file: string, name: string, section: GoneSection): Spot | null {
    return this.ask(`${section}|${file}|${name}`, ({ program, reach }) =>
      spotOf(sectionCalled(program, reach, { file, name }, section)),
    );
  }

  /** The pointers outside a module that it leaves set to what is its own. */
  leftSetByModule(init: FunctionEntry, exit: FunctionEntry): readonly LeftSet[] {
    return this.ask(`${ofWholeFile}set|${init.id}|${exit.id}`, ({ program, reach, table }) =>
      leftSetByModule(program, reach, { init, exit }, table),
    );
  }

  /** Whether a pointer that a failing init has set to what is the module's is someone else's. */
  isLeftSetOnFailure(init: FunctionEntry, set: LeftSet): boolean {
    const key = `${ofWholeFile}set on failure|${init.id}|${set.pointer}|${set.value}`;
    return this.ask(key, ({ program, reach, table }) => isLeftSetOnFailure(program, reach, { init, ...set }, table));
  }

  /** Whether others get at what a file has by a global pointer (`isHook()`). */
  isHook(pointer: string, value: string, file: string): boolean {
    return this.ask(`${ofWholeFile}hook|${file}|${pointer}|${value}`, ({ program }) =>
      isHook(program, { pointer, value }, file),
    );
  }

  initCalling(ops: OpsEntry, name: string, most: number): Reason | null {
    return this.ask(`init|${ops.id}|${name}|${most}`, (state) => state.initCalling(ops, name, most));
  }

  /** Which callback of an ops uses the data of another one at a time (`DataUses`). */
  using(ops: OpsEntry, other: OpsEntry, at: When): Reason | null {
    let known = this.data.get(ops);
    if (!known) this.data.set(ops, (known = { init: new Map(), exit: new Map(), gone: new Map() }));
    let reason = known[at].get(other);
    if (reason === undefined) {
      reason = this.ask(`data at ${at}|${ops.id}|${other.id}`, (state) => state.others.by(ops, other, at));
      known[at].set(other, reason);
    }
    return reason;
  }

  /** What the init of an ops lets the outside call that uses another one's data (`openedBy`). */
  opens(ops: OpsEntry, other: OpsEntry): Opened | null {
    return this.ask(`opens|${ops.id}|${other.id}`, (state) => state.opens(ops, other));
  }

  /** The files that the init callback of an ops comes through, beside its own, as far as the words of functions tell. */
  filesOfInit(ops: OpsEntry): readonly string[] {
    return this.ask(`files of init|${ops.id}`, (state) => state.filesOfInit(ops));
  }

  /** Whether the init callback of an ops uses a variable of a file on each path on which it succeeds. */
  usesAtInit(ops: OpsEntry, name: string, file: string): boolean {
    return this.ask(`at init|${ops.id}|${name}|${file}`, (state) => state.others.usesAtInit(ops, name, file));
  }

  mayUse(ops: OpsEntry): readonly DataUse[] {
    return this.ask(`may|${ops.id}`, (state) => state.mayUse(ops));
  }

  /** Whether a variable of a file is the head of a list, or of each of many; with a function, whether that takes off what is there. */
  isListHead(file: string, name: string, off: { readonly file: string; readonly fn: string } | null = null): boolean {
    const key = `${ofWholeFile}head|${file}|${name}|${off ? `${off.file}#${off.fn}` : ''}`;
    return this.ask(key, ({ program }) =>
      off ? takesOff(program, { file, name }, off) : isListHead(program, file, name),
    );
  }

  /** Whether a function may leave what it has to others (`leavesToOthers()`). */
  leavesToOthers({ file, name }: Named): boolean {
    return this.ask(`${ofWholeFile}others|${file}|${name}`, ({ program, table }) => {
      const fn = program.resolveFunction(file, name);
      return !fn || leavesToOthers({ program, table }, fn);
    });
  }

  /**
   * Whether the exit of the module that begins in a file may see to it that nobody comes in any more, as it waits for somebody,
   * or its init that there is none, as it takes a reference of itself.
   */
  goesQuietly(file: string): boolean {
    return this.ask(`${ofWholeFile}quietly|${file}`, ({ program, table }) =>
      program.modules
        .filter((each) => each.file === file)
        .some(
          ({ init, exits }) =>
            exits.some(({ fn }) => waitsForOthers(program, fn) || beginsUnread({ program, table }, fn)) ||
            (init !== null && callsAny(init.fn.fact, /^(?:__|try_)module_get$/)),
        ),
    );
  }

  /** Whether a function leads to one of some calls. */
  callsOneOf(file: string, name: string, calls: readonly string[]): boolean {
    return this.ask(`calls|${file}|${name}|${calls.join()}`, (state) => state.callsOneOf(file, name, calls));
  }

  /** Whether a callback of an ops leads to a call, as `Reach` goes by calls. */
  leadsTo(ops: OpsEntry, callback: string, name: string): boolean {
    return this.ask(`leads|${ops.id}|${callback}|${name}`, (state) => state.leadsTo(ops, callback, name));
  }

  /** Whether such a call may name what has this text as its name. */
  mayRelease(ops: OpsEntry, callback: string, name: string, literal: string | null): boolean {
    return this.ask(`${ofWholeFile}release|${ops.id}|${callback}|${name}|${literal}`, (state) =>
      state.ofOps.mayRelease(ops, callback, name, literal),
    );
  }
}

import { expressionsOf, walkExpression } from '../../facts/ir.ts';
import { asksMember, gateAsked, isPlainGetter } from '../../facts/words.ts';
import type { FunctionEntry, OpsEntry, Program } from '../../program/program.ts';
import type { Reach, Way } from '../../program/reach.ts';
import { callsIn } from '../bodies/calls-at.ts';
import { Callables, callsPassing, firstAsking } from './callables.ts';
import { callbackOf } from '../bodies/callbacks-of.ts';
import { asksFor, certainNames, isClearedIn, usesWhereSet, type Certainty } from '../bodies/certain.ts';
import { DataUses, type DataUse } from './data-uses.ts';
import { generalGetters, idOf } from '../bodies/known.ts';
import { membersOfData, usedByMember } from './kept-data.ts';
import { GetsAt } from './gets-at.ts';
import { LaterRuns } from './later-runs.ts';
import { listedEarly, type Listed } from './listed-early.ts';
import { membersSetIn } from '../bodies/net-members.ts';
import { goesByState, openedBy, type Opened, type Opening } from './openings.ts';
import { OpsFacts } from './ops-facts.ts';
import { EarlyCalls } from './ready-late.ts';
import { dataUnasked, mostStepsToMember } from './data-put.ts';
import { kernelTable, type PairsByCall } from '../resources/index.ts';
import { isLock } from '../bodies/reset-locked.ts';
import type { Place, TraceStep } from '../paths/trace.ts';

/** A handler that makes something for a namespace does so itself, or by one function that it calls. */
const mostStepsToMaking = 2;

/** What makes one thing depend on another, as a reader would say it. */
export type Reason = string;

/**
 * Who uses what: the per-net state that an ops' callbacks make, and the things that they use, found by following the
 * functions that can be called (`Reach`).
 */
export class PernetState {
  /** Which callbacks use the data of another ops. */
  readonly others: DataUses;
  readonly ofOps: OpsFacts;
  /** What is queued to run later, and what of it goes on. */
  readonly later: LaterRuns;
  /** Who gets at a place of the namespace. */
  readonly getsAt: GetsAt;
  /** What callbacks find that is not ready yet. */
  readonly early: EarlyCalls;
  private readonly members = new Map<string, ReadonlyMap<string, boolean>>();
  private readonly callables: Callables;
  private readonly certain: ReturnType<typeof certainNames>;

  constructor(
    readonly program: Program,
    readonly reach: Reach,
    readonly table: PairsByCall = kernelTable,
  ) {
    this.certain = certainNames(program);
    this.callables = new Callables(program, reach);
    this.others = new DataUses(program, this.certain);
    this.ofOps = new OpsFacts(program, reach, table);
    this.early = new EarlyCalls(program, this.callables, table);
    this.later = new LaterRuns(program, reach, { callables: this.callables, always: this.certain.always, table });
    const runnersOf = (file: string, text: string): readonly string[] => this.later.runnersOf(file, text);
    this.getsAt = new GetsAt({ program, reach, table, callables: this.callables, runnersOf });
  }

  /** Notes what something is made from. */
  listen<T>(make: () => T): { readonly value: T; readonly walks: ReadonlySet<string> } {
    return this.reach.listen(make);
  }

  /** The same of another program. */
  of(program: Program, reach: Reach): PernetState {
    return new PernetState(program, reach, this.table);
  }

  /** Why what an acquisition lets the outside call relies on an ops' per-net state; null when it is not known to. */
  usedBy(step: TraceStep & { readonly t: 'acquire' }, ops: OpsEntry, flags?: ReadonlySet<string>): Reason | null {
    if (flags && [...flags].some((flag) => this.asksFor(step, flag))) return null;
    return this.usedIn(this.callables.of(step), step, ops);
  }

  /**
   * The same of a netdevice notifier while link ops of the module still make devices that are its own: of those it does not
   * stop at the first look, and gets to other files as well (net/8021q/vlanproc.c).
   */
  usedForDevices(step: TraceStep & { readonly t: 'acquire' }, ops: OpsEntry): Reason | null {
    const id = this.idOf(ops);
    const way = id === undefined ? undefined : this.callables.of(step).get(id);
    return way?.beside === true && way.steps <= mostStepsToMember ? `net_generic(net, ${id})` : null;
  }

  /** Whether what an acquisition lets the outside call asks for a global, and goes by what it finds. */
  asksFor(step: TraceStep & { readonly t: 'acquire' }, gate: string): boolean {
    const way = this.callables.of(step).get(gateAsked(gate));
    return way !== undefined && way.within && way.steps <= mostStepsToMember;
  }

  /** The same of a member or a variable, by who takes a lock. */
  asksForLocked(step: TraceStep & { readonly t: 'acquire' }, name: string, kind: 'member' | 'variable'): boolean {
    const words = this.callables.of(step);
    const way = words.get(kind === 'member' ? asksMember(name) : gateAsked(name));
    if (!way?.within || way.steps > mostStepsToMember) return false;
    return [...words].some(([word, { within }]) => within && isLock(word.replace('()', '')));
  }

  /** By what the init of an ops lets the outside get at another one's data in each namespace; null when nothing is known. */
  opens(ops: OpsEntry, other: OpsEntry): Opened | null {
    const init = callbackOf(this.program, ops, 'init');
    const id = this.idOf(other);
    if (!init || id === undefined || !this.reach.from(init.file, init.fact.name).has(id)) return null;
    // The other one's exit may end itself what this one's init lets in.
    const gone = callbackOf(this.program, other, 'exit');
    const ends = gone ? callsIn(this.program, { file: gone.file, fn: gone.fact.name }) : [];
    const isEnd = (name: string): boolean =>
      this.table.releases.get(name)?.some(({ exposes }) => exposes === true) === true;
    const hasEnd = ends.some(({ fn }) => fn.k === 'id' && isEnd(fn.name));
    const kept = hasEnd ? [] : membersOfData(this.program, init, id);
    return openedBy(this.program, this.table, init, (of) => {
      const words = this.callables.of(of);
      if (goesByState(words)) return null;
      const member = usedByMember(this.program, init, { words, members: kept, own: this.idOf(ops) });
      return this.usedIn(words, of, other) ?? (member === null ? null : `net_generic(net, ${id}) by ->${member}`);
    });
  }

  /** What a registrar of another module shows of its caller's before it registers an ops, and why that relies on it. */
  listedEarly(site: Place, ops: OpsEntry): (Listed & { readonly uses: Reason }) | null {
    const listed = listedEarly(this.program, site);
    if (!listed) return null;
    const opening = { call: listed.call, args: [listed.arg], place: site };
    const uses = this.usedIn(this.callables.of(opening), opening, ops);
    return uses === null ? null : { ...listed, uses };
  }

  private usedIn(
    words: ReadonlyMap<string, Way>,
    { call, place }: Pick<Opening, 'call' | 'place'>,
    ops: OpsEntry,
  ): Reason | null {
    const id = this.idOf(ops);
    const way = id === undefined ? undefined : words.get(id);
    // A notifier hears of what is not the module's as well, and may well stop at that before it gets to another file.
    const isBeside = way?.beside === true && way.steps <= mostStepsToMember && !call.includes('notifier');
    if (id !== undefined && (way?.within || isBeside)) return `net_generic(net, ${id})`;
    const getter = this.sharedGetter(words, ops);
    if (getter !== null) return getter;
    const data = id === undefined || call.includes('notifier') ? null : dataUnasked(this.program, words, ops, id);
    if (data !== null) return data;
    // Who asks whether a getter found anything can do without.
    const asked = firstAsking(words);
    const isAsked = (way: Way): boolean => way.file.endsWith('.h') && asked <= way.steps;
    for (const [member, isPlace] of this.membersSetBy(ops)) {
      if (!isPlace && place.file !== ops.file) continue;
      for (const [word, way] of words) {
        if (isAsked(way)) continue;
        if (way.within && way.steps <= mostStepsToMember && (word === member || word.startsWith(`${member}.`)))
          return word;
      }
    }
    return null;
  }

  /** The variable that holds an ops' id. */
  idOf(ops: OpsEntry): string | undefined {
    return idOf(this.program, ops);
  }

  /** A getter of per-net data that was not read, by which both a handler and the ops' own callbacks get at what is theirs. */
  private sharedGetter(words: ReadonlyMap<string, Way>, ops: OpsEntry): Reason | null {
    let own: ReadonlySet<string> | undefined;
    for (const [word, { within, file }] of words) {
      if (!within || !/^\w+_(?:per)?net$/.test(word) || !isPlainGetter(word) || generalGetters.has(word)) continue;
      if (this.program.resolveFunction(file, word)) continue;
      own ??= this.callables.ofCallbacks(ops, (field) => /^(?:init|exit|pre_exit)/.test(field));
      if (own.has(word)) return `${word}()`;
    }
    return null;
  }

  /** Whether who uses what an acquisition registers holds the module, so that it is idle when the module's exit runs. */
  holdsModule(step: TraceStep & { readonly t: 'acquire' }): boolean {
    return (
      step.pair.holdsModule === true &&
      (this.callables.of(step).get('THIS_MODULE')?.steps ?? Infinity) <= mostStepsToMaking
    );
  }

  /** What an acquisition lets the outside make on demand and an ops' exit callbacks clean up; null when nothing is known. */
  makes(step: TraceStep & { readonly t: 'acquire' }, ops: OpsEntry): Reason | null {
    return this.madeFor(this.callables.of(step), ops);
  }

  /**
   * Which callback of an ops relies on a thing: `init`, or an exit that uses it always when it runs (or `eachTime` that
   * there is an element of some list to take down).
   */
  uses(ops: OpsEntry, name: string, exit: Certainty): { readonly fn: Reason; readonly isInit: boolean } | null {
    for (const { name: field } of ops.fact.fields) {
      const fn = callbackOf(this.program, ops, field);
      if (!fn) continue;
      const isInit = field === 'init';
      const isAsked = asksFor(fn, name);
      if (isAsked && (isInit || exit !== 'eachTime' || !this.asksInVain(fn, name))) continue;
      const isUsed = isInit
        ? this.reach.from(fn.file, fn.fact.name, 'calls').has(name)
        : isAsked || this.certain[exit].of(fn).has(name) || this.releasesMadeWith(ops, fn, name);
      if (isUsed) return { fn: `${fn.fact.name}()`, isInit };
    }
    return null;
  }

  /** Whether an exit asks for a pointer of its file that is never NULL once it was set, and then uses what it leads to. */
  private asksInVain(exit: FunctionEntry, name: string): boolean {
    const { program, table } = this;
    if (!program.facts(exit.file)?.statics.includes(name)) return false;
    const isUsed = usesWhereSet(exit, name, { program, always: this.certain.always });
    return isUsed && !isClearedIn(program, exit.file, { name, acquires: (call) => table.acquires.has(call) });
  }

  /** Whether an exit gives back what the init has made with a thing: fqdir_exit() of `fqdir_init(&fn->fqdir, &foo_frags, net)`. */
  private releasesMadeWith(ops: OpsEntry, exit: FunctionEntry, name: string): boolean {
    const init = callbackOf(this.program, ops, 'init');
    const made = init ? callsPassing(init, name).flatMap((call) => this.table.acquires.get(call) ?? []) : [];
    const calls = made.length > 0 ? this.reach.from(exit.file, exit.fact.name, 'calls') : null;
    return made.some(({ release }) => release.some((call) => calls?.get(call)?.within === true));
  }

  /** The `init` of an ops, if it calls, or mentions in what it calls, a name. */
  initCalling(ops: OpsEntry, name: string, most: number): Reason | null {
    const fn = callbackOf(this.program, ops, 'init');
    const way = fn && this.reach.from(fn.file, fn.fact.name, 'calls').get(name);
    return way && way.steps <= most ? `${fn.fact.name}()` : null;
  }

  /** The files that the init callback of an ops comes through, beside its own, as far as the words of functions tell. */
  filesOfInit(ops: OpsEntry): readonly string[] {
    const fn = callbackOf(this.program, ops, 'init');
    const words = fn ? this.reach.from(fn.file, fn.fact.name, 'calls') : new Map<string, Way>();
    const files = new Set([...words.values()].map(({ file }) => file));
    files.delete(ops.file);
    return [...files].sort();
  }

  /** Whose per-net data callbacks of an ops may use (`DataUses`). */
  mayUse(ops: OpsEntry): readonly DataUse[] {
    return this.others.mayBy(ops, this.reach);
  }

  /** Whether a function calls one of some others, or what it calls does. */
  callsOneOf(file: string, name: string, calls: readonly string[]): boolean {
    const words = this.reach.from(file, name, 'calls');
    return calls.some((each) => words.has(each));
  }

  /** Whether a callback of an ops calls a function, or what it calls does. */
  leadsTo(ops: OpsEntry, callback: string, name: string): boolean {
    const fn = callbackOf(this.program, ops, callback);
    return fn !== undefined && this.reach.from(fn.file, fn.fact.name, 'calls').has(name);
  }

  /** What such functions make on demand, for the ops' exit callbacks to clean up: its init makes nothing of the kind. */
  private madeFor(words: ReadonlyMap<string, Way>, ops: OpsEntry): Reason | null {
    const exits = this.callables.ofCallbacks(ops, (field) => /^(pre_)?exit/.test(field));
    const inits = this.madeAtOnce(ops);
    for (const [word, way] of words) {
      const pair = way.steps <= mostStepsToMaking ? this.table.acquires.get(word) : undefined;
      if (!pair?.lasting || pair.memory || inits.has(word)) continue;
      if (pair.release.some((release) => exits.has(release))) return `${word}()`;
    }
    return null;
  }

  /** What an ops' init leads to before it decides anything. */
  private madeAtOnce(ops: OpsEntry): Set<string> {
    const words = new Set<string>();
    const init = callbackOf(this.program, ops, 'init');
    for (const expression of expressionsOf((init?.fact.blocks ?? []).slice(0, 1))) {
      for (const e of walkExpression(expression)) {
        if (!init || e.k !== 'call' || e.fn.k !== 'id') continue;
        words.add(e.fn.name);
        for (const word of this.reach.from(init.file, e.fn.name).keys()) words.add(word);
      }
    }
    return words;
  }

  /** The members of struct net that an ops' init sets up, as `net->foo.bar`. */
  private membersSetBy(ops: OpsEntry): ReadonlyMap<string, boolean> {
    let members = this.members.get(ops.id);
    if (!members) {
      const init = callbackOf(this.program, ops, 'init');
      this.members.set(ops.id, (members = init ? membersSetIn(init) : new Map()));
    }
    return members;
  }
}

import { mayBeSetUpBy } from '../bodies/set-up-whole.ts';
import { arrayOf, expressionsOf, walkExpression, type Expr } from '../../facts/ir.ts';
import { definesStruct, given, givenAnywhere, neverSetUp, ofWholeFile, sharePlace } from '../../facts/words.ts';
import type { FunctionEntry, OpsEntry, Program } from '../../program/program.ts';
import type { Reach } from '../../program/reach.ts';
import { callbackOf } from '../bodies/callbacks-of.ts';
import { elementLeftOut, type ElementLeftOut } from './element-left-out.ts';
import { mayRelease } from './init-net.ts';
import { idOf, pernetCalls } from '../bodies/known.ts';
import { devicesLeft, type LeftDevices } from './link-devices.ts';
import { usedBeyondPointer } from '../bodies/pointer-size.ts';
import { printExpression } from '../bodies/print.ts';
import type { PairsByCall } from '../resources/index.ts';
import { ownReference, type OwnReference } from './own-reference.ts';
import type { Place } from '../paths/trace.ts';
import { firstStageLeftOut, type LeftOut } from './two-stages.ts';
import { isOnlyReleased, type KeptMemory } from './only-released.ts';
import { unnamedExit } from './unnamed-exit.ts';
import { unnamedInit } from './unnamed-init.ts';
import { setUpOfFirst, type SetUpOfFirst } from './set-up-of-first.ts';
import { structOfData } from '../bodies/structs.ts';

/** A lock that nothing ever sets up. */
export interface LockNeverSetUp {
  readonly kind: string;
  /** `foo_net->lock`, by the structure in which it lies. */
  readonly member: string;
  readonly place: Place;
}

/** What files say of ops beside what their callbacks do. */
export class OpsFacts {
  constructor(
    private readonly program: Program,
    private readonly reach: Reach,
    private readonly table: PairsByCall,
  ) {}

  /** The name of a function that an ops was meant to name as its exit. */
  unnamedExit(ops: OpsEntry): string | null {
    return unnamedExit(this.program, ops);
  }

  /** The name of a function that an ops was meant to name as its init. */
  unnamedInit(ops: OpsEntry): string | null {
    return unnamedInit(this.program, ops);
  }

  /** A call by which an ops' init sets up what init_net has, whichever namespace it is called for. */
  setUpOfFirst(ops: OpsEntry): SetUpOfFirst | null {
    return setUpOfFirst(this.program, ops);
  }

  /**
   * Whether an id that an ops' callbacks use is no ops' at all, while nothing uses the ops' own: both are variables of its
   * file that no other file can name.
   */
  isStrayId(ops: OpsEntry, used: string): boolean {
    const { statics = [], mentions = {} } = this.program.facts(ops.file) ?? {};
    const own = idOf(this.program, ops);
    const root = /^\w+/.exec(used)?.[0];
    if (own === undefined || root === undefined || ![own, root].every((name) => statics.includes(name))) return false;
    const isUsed = Object.entries(mentions).some(([by, words]) => by !== arrayOf(ops.fact.name) && words.includes(own));
    return (
      !isUsed &&
      !this.isGiven(ops.file, used) &&
      this.program.allOps().every((each) => idOf(this.program, each) !== used)
    );
  }

  /** Whether functions of a file set a variable of its own, or have others set it: `foo_attach(&host_id)`. */
  private isGiven(file: string, variable: string): boolean {
    const isIt = (e: Expr): boolean => (e.k === 'id' || e.k === 'field') && printExpression(e) === variable;
    return (this.program.facts(file)?.functions ?? []).some(({ blocks }) =>
      [...expressionsOf(blocks ?? [])].some((whole) =>
        [...walkExpression(whole)].some(
          (e) => (e.k === 'assign' && isIt(e.to)) || (e.k === 'unary' && e.op === '&' && isIt(e.of)),
        ),
      ),
    );
  }

  /** The first of two stages of a teardown, of which an ops' exits only take the second. */
  firstStageLeftOut(ops: OpsEntry): LeftOut | null {
    return firstStageLeftOut(this.program, this.reach, ops, this.table);
  }

  /** The structure that an ops' data is used as where there is room for a pointer alone. */
  usedBeyondPointer(ops: OpsEntry): string | null {
    return usedBeyondPointer(this.program, ops);
  }

  /** A lock in an ops' data that its file takes and never sets up, and the ops' init, that could have. */
  lockNeverSetUp(ops: OpsEntry): LockNeverSetUp | null {
    const data = structOfData(ops.fact);
    const init = callbackOf(this.program, ops, 'init');
    if (data === undefined || init?.file !== ops.file) return null;
    const words = this.program.facts(ops.file)?.mentions[ofWholeFile] ?? [];
    const start = neverSetUp(data, '', '').replace(/:+$/, ':');
    const [kind, member] =
      words
        .find((word) => word.startsWith(start))
        ?.slice(start.length)
        .split(':') ?? [];
    if (kind === undefined || member === undefined) return null;
    if (mayBeSetUpBy(this.program, init, new Set([data, member.replace(/->.*/, '')]))) return null;
    return { kind, member, place: { file: init.file, fn: init.fact.name, at: init.fact.at } };
  }

  /** A reference of its own namespace that an ops' init keeps. */
  ownReference(ops: OpsEntry): OwnReference | null {
    return ownReference(this.program, { reach: this.reach, table: this.table }, ops);
  }

  /** The element that a loop of an ops' exits leaves out of those that it takes down. */
  elementLeftOut(ops: OpsEntry): ElementLeftOut | null {
    return elementLeftOut(this.program, this.reach, ops);
  }

  /** The devices that an ops leaves of those that link ops keep in its data. */
  devicesLeft(ops: OpsEntry): LeftDevices | null {
    return devicesLeft(this.program, this.reach, ops);
  }

  /**
   * The functions, by their names, that may give back what a member points at by naming that; null where that is not known: a
   * macro may, or the text between functions, or the member is one of an ops' own data (or of a structure of its file's),
   * whose structure others know as well.
   */
  giversOf(member: string, own: OpsEntry | null, ofStruct?: string): readonly string[] | null {
    const struct = ofStruct ?? (own ? structOfData(own.fact) : undefined);
    if (own && (struct === undefined || !this.ofFile(own.file).includes(definesStruct(struct)))) return null;
    const givers = new Set<string>();
    for (const file of own ? [own.file] : this.program.fileNames()) {
      if (this.ofFile(file).includes(givenAnywhere(member))) return null;
      for (const [name, words] of Object.entries(this.program.facts(file)?.mentions ?? {}))
        if (words.includes(given(member)) && name !== ofWholeFile) givers.add(name);
    }
    return [...givers].sort();
  }

  /** Whether nothing that a file does needs memory that an init keeps to be there. */
  isOnlyReleased(ops: OpsEntry | null, memory: KeptMemory): boolean {
    return isOnlyReleased(this.program, ops, memory);
  }

  /** Whether two members lie at the same place in a union of a file's. */
  sharePlace(file: string, one: string, other: string): boolean {
    const isIn = (word: string, member: string): boolean => word.startsWith('|') && word.includes(sharePlace([member]));
    return this.ofFile(file).some((word) => isIn(word, one) && isIn(word, other));
  }

  private ofFile(file: string): readonly string[] {
    return this.program.facts(file)?.mentions[ofWholeFile] ?? [];
  }

  /** Whether such a call may name what has this text as its name. */
  mayRelease(ops: OpsEntry, callback: string, name: string, literal: string | null): boolean {
    return mayRelease(this.program, { ops, callback }, name, literal);
  }

  /** Whether a function registers an ops that something of its file holds a pointer to: who calls it by that is not followed. */
  isRegisteredByPointer(ops: OpsEntry): boolean {
    return this.program.namingOps(ops).some((fn) => this.isRegistrar(fn) && this.isHeld(fn));
  }

  private isRegistrar({ id }: FunctionEntry): boolean {
    return [...this.program.calls(id)].some((name) => pernetCalls.get(name)?.register === true);
  }

  /** Whether something names a function and does not call it. What tables hold stands where they are gone through (tables.ts). */
  private isHeld({ file, fact: { name } }: FunctionEntry): boolean {
    const { functions = [], mentions = {} } = this.program.facts(file) ?? {};
    const isNamed = ([owner, words]: readonly [string, readonly string[]]): boolean =>
      owner !== name && words.includes(name);
    const isInTable = ({ name: by }: FunctionEntry['fact']): boolean =>
      this.program.calls(`${file}#${by}`).has(name) && mentions[by]?.includes(`${name}()`) !== true;
    return Object.entries(mentions).some(isNamed) || functions.some(isInTable);
  }
}

import type { FunctionEntry, Id, OpsEntry, Program } from '../../program/program.ts';
import { Reach } from '../../program/reach.ts';
import { digestOf } from './digest.ts';
import { keptBy } from './kept-by.ts';
import { ofOps } from './hidden.ts';
import { barriers, isModelled, pernetCalls, stops } from '../bodies/known.ts';
import { Questions } from './questions.ts';
import { kernelTable, type PairsByCall } from '../resources/index.ts';
import { isPairWord, ModulePairs } from './symmetric.ts';
import { ANY } from './values.ts';

/**
 * What is known of a program's functions without following any path: which of them matter to a lifecycle, what those that
 * do not can return and set, and who gets at what. It does not depend on the order in which it is asked.
 */
export class Overview {
  /** The pairs of calls that acquire and release, those of the module's own naming among them. */
  readonly pairs: ModulePairs;
  readonly reach: Reach;
  /** What was asked of it, but for its pairs. */
  readonly asked = new Questions<Overview>(this);
  private readonly mattering: Leading;
  /** The answers of `matters`, which is asked most of all. */
  private readonly known = new Map<Id, boolean>();
  private readonly registering: Leading;
  private readonly releasing = new Map<Id, boolean>();
  /** The functions that were gone through for what they lead to undoing. */
  private readonly undoing = new Set<Id>();
  private readonly members = new Map<Id, readonly string[]>();
  private readonly masks = new Map<Id, number>();
  private readonly writes = new Map<Id, ReadonlySet<string>>();
  /** The functions of which it was asked what they keep, with those that they call. */
  private readonly keeps = new Set<Id>();

  /** With `base`, the names and what they lead to are that program's. */
  constructor(
    private readonly program: Program,
    base?: Pick<Overview, 'reach' | 'pairs'>,
    table: PairsByCall = kernelTable,
  ) {
    this.reach = base?.reach ?? new Reach(program);
    this.pairs = base?.pairs ?? new ModulePairs(program, table);
    this.registering = new Leading(program, () => false);
    this.mattering = new Leading(program, (name) => this.pairs.isKnown(name) || barriers.has(name) || stops.has(name));
  }

  /** Whether what a function returns, which globals it sets, or what it keeps, has been asked of it or of who calls it. */
  hasLookedInto(id: Id): boolean {
    return this.masks.has(id) || this.writes.has(id) || this.keeps.has(id);
  }

  /**
   * Whether all that was asked has the same answers if a function mentions some names that it did not, or the other way
   * round: they name neither an ops, nor a call with an effect, nor a function that leads to one.
   */
  isIndifferentTo(id: Id, names: Iterable<string>): boolean {
    if (this.hasLookedInto(id) || this.releasing.has(id) || this.undoing.has(id)) return false;
    const file = id.slice(0, id.indexOf('#'));
    for (const name of names) {
      const callee = this.program.resolveFunction(file, name);
      const hasEffect =
        pernetCalls.has(name) ||
        barriers.has(name) ||
        stops.has(name) ||
        this.pairs.isKnown(name) ||
        (isPairWord(name) && !this.pairs.isIndifferentTo(name)) ||
        this.program.resolveOps(file, name) !== undefined;
      if (hasEffect || (callee && (this.mattering.has(callee.id) || this.registering.has(callee.id)))) return false;
    }
    return true;
  }

  /** The members of struct net that functions were found to touch, and what another reach would make of that. */
  touchesAlike(reach: Reach): boolean {
    return [...this.members].every(([id, members]) => membersIn(reach, id).join() === members.join());
  }

  /** Whether a registration, an acquisition or a release can be reached from a function. */
  matters(id: Id): boolean {
    let matters = this.known.get(id);
    if (matters === undefined) this.known.set(id, (matters = this.asked.ask(`matters|${id}`, (of) => of.leads(id))));
    return matters;
  }

  /** The same for who finds out anew, of another program, what it decides with it. */
  leads(id: Id): boolean {
    return this.mattering.has(id) || this.isPlain(id);
  }

  /** Whether a registration or unregistration can be reached from a function. */
  registers(id: Id): boolean {
    return this.asked.ask(`registers|${id}`, (of) => of.registering.has(id));
  }

  /** `static struct foo_net *foo_pernet(struct net *net) { return net_generic(net, foo_net_id); }`: as well read as its expression. */
  private isPlain(id: Id): boolean {
    const fact = this.program.functionById(id)?.fact;
    return fact !== undefined && digestOf(fact).isPlain;
  }

  /** Whether a release can be reached by calling a name from a file. */
  releases(file: string, name: string): boolean {
    return this.asked.ask(`releases|${file}|${name}`, (of) => of.leadsToRelease(file, name));
  }

  /** Whether something may be acquired by calling a name from a file. */
  acquires(file: string, name: string): boolean {
    const callee = this.program.resolveFunction(file, name) ?? null;
    return this.pairs.acquires(name, callee) !== undefined || (callee !== null && this.matters(callee.id));
  }

  private leadsToRelease(file: string, name: string): boolean {
    const callee = this.program.resolveFunction(file, name);
    if (this.pairs.releases(name, callee ?? null)) return true;
    if (!callee) return false;
    const known = this.releasing.get(callee.id);
    if (known !== undefined) return known;
    this.releasing.set(callee.id, false);
    const found = [...this.program.calls(callee.id)].some((each) => this.leadsToRelease(callee.file, each));
    this.releasing.set(callee.id, found);
    return found;
  }

  /** The kinds of what can be released by calling a name from a file, in `most` functions down (`ofOps`: ops are unregistered). */
  mayUndo(file: string, name: string, most = Infinity): readonly string[] {
    return this.asked.ask(`undoes|${file}|${name}|${most}`, (of) => of.kindsUndone(file, name, most));
  }

  private kindsUndone(file: string, name: string, most: number): string[] {
    const kinds = new Set<string>();
    const seen = new Set<string>();
    const queue = [{ file, name, depth: 0 }];
    for (const { file: from, name: call, depth } of queue) {
      const callee = this.program.resolveFunction(from, call);
      for (const { kind } of this.pairs.releases(call, callee ?? null) ?? []) kinds.add(kind);
      if (pernetCalls.get(call)?.register === false) kinds.add(ofOps);
      if (!callee || depth > most || seen.has(callee.id) || !this.mattering.has(callee.id)) continue;
      seen.add(callee.id);
      this.undoing.add(callee.id);
      for (const inner of this.program.calls(callee.id))
        queue.push({ file: callee.file, name: inner, depth: depth + 1 });
    }
    return [...kinds].sort();
  }

  /** What a function that does not matter can return, by what its `return` statements say. */
  returnMask(id: Id): number {
    return this.asked.ask(`returns|${id}`, (of) => of.maskOf(id));
  }

  /** Which of its arguments a function returns wherever it returns; null where that is none. */
  argumentReturned(id: Id): number | null {
    return this.asked.ask(`hands on|${id}`, (of) => of.paramReturned(id));
  }

  private paramReturned(id: Id): number | null {
    this.maskOf(id);
    const entry = this.program.functionById(id);
    const all = entry ? digestOf(entry.fact).returns : [];
    const params = new Set(all.map((each) => (typeof each === 'object' && 'param' in each ? each.param : null)));
    const [only = null] = params;
    return params.size === 1 ? only : null;
  }

  private maskOf(id: Id): number {
    const known = this.masks.get(id);
    if (known !== undefined) return known;
    this.masks.set(id, ANY);
    const entry = this.program.functionById(id);
    let mask = 0;
    for (const each of entry ? digestOf(entry.fact).returns : [])
      mask |= typeof each === 'number' ? each : 'call' in each ? this.maskOfName(entry!.file, each.call) : ANY;
    if (mask === 0) mask = ANY;
    this.masks.set(id, mask);
    return mask;
  }

  /** Whether an ops may be registered as a device: not where whatever names it calls but what registers subsystems. */
  mayBeDevice(ops: OpsEntry): boolean {
    return this.asked.ask(`device|${ops.id}`, ({ program }) => {
      const kinds = program
        .namingOps(ops)
        .map((fn) => [...program.calls(fn.id)].flatMap((call) => pernetCalls.get(call)?.device ?? []));
      return kinds.length === 0 || kinds.some((each) => each.length === 0 || each.includes(true));
    });
  }

  /** The members of struct net, as `ipv6.foo`, that a function which is not followed can get at by what it calls. */
  membersTouched(id: Id): readonly string[] {
    let members = this.members.get(id);
    if (!members) this.members.set(id, (members = membersIn(this.reach, id)));
    return members;
  }

  /**
   * What of an argument a function that does not matter, or one that it calls, may keep or hand on: members (`ipv6.table`),
   * '' the thing itself. Null where one of them was not read.
   */
  keptOf(id: Id, argument: number): readonly string[] | null {
    return this.asked.ask(`keeps|${id}|${argument}`, (of) =>
      keptBy({ program: of.program, looked: of.keeps }, id, argument),
    );
  }

  /** The globals that a function, or one that it calls, assigns to. */
  globalsWritten(id: Id): ReadonlySet<string> {
    return this.asked.ask(`globals|${id}`, (of) => of.writtenBy(id));
  }

  private writtenBy(id: Id): ReadonlySet<string> {
    const known = this.writes.get(id);
    if (known) return known;
    const found = new Set<string>();
    this.writes.set(id, found);
    const entry = this.program.functionById(id);
    for (const name of entry ? digestOf(entry.fact).globals : [])
      found.add(this.program.statics.nameIn(entry!.file, name));
    for (const callee of this.program.callees(id)) {
      for (const written of this.writtenBy(callee.id)) found.add(written);
    }
    return found;
  }

  private maskOfName(file: string, name: string): number {
    const callee = this.program.resolveFunction(file, name);
    return callee ? this.maskOf(callee.id) : ANY;
  }
}

function membersIn(reach: Reach, id: Id): string[] {
  const [file = '', name = ''] = id.split('#');
  return [...reach.from(file, name, 'calls').keys()].flatMap((word) =>
    word.startsWith('net->') ? [word.slice(5)] : [],
  );
}

/** The functions that lead to a registration or to a call that has an effect, found for those that are asked for. */
class Leading {
  private readonly known = new Map<Id, boolean>();

  constructor(
    private readonly program: Program,
    private readonly hasEffect: (name: string) => boolean,
  ) {}

  has(id: Id): boolean {
    const known = this.known.get(id);
    if (known !== undefined) return known;
    const callers = new Map<Id, Id[]>([[id, []]]);
    const queue: Id[] = [];
    // A map is gone through to its end, what is added on the way included.
    for (const each of callers.keys()) {
      const entry = this.program.functionById(each);
      if (!entry || isModelled(this.program, entry)) continue;
      let leads = this.isDirect(entry);
      for (const callee of this.program.callees(each)) {
        const before = this.known.get(callee.id);
        leads ||= before === true;
        if (before !== undefined) continue;
        const list = callers.get(callee.id);
        if (list) list.push(each);
        else callers.set(callee.id, [each]);
      }
      if (leads) queue.push(each);
    }
    for (const each of callers.keys()) this.known.set(each, false);
    for (let each = queue.pop(); each !== undefined; each = queue.pop()) {
      if (this.known.get(each) === true) continue;
      this.known.set(each, true);
      queue.push(...callers.get(each)!);
    }
    return this.known.get(id) === true;
  }

  private isDirect({ id, fact }: FunctionEntry): boolean {
    if (pernetCalls.has(fact.name)) return false;
    for (const name of this.program.calls(id)) if (pernetCalls.has(name) || this.hasEffect(name)) return true;
    return false;
  }
}

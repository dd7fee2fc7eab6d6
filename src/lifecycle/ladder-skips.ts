import { expressionsOf, walkExpression, type At, type Block, type Expr } from '../facts/ir.ts';
import type { FunctionEntry } from '../program/program.ts';
import { soundsLikeRelease } from './kept-alone.ts';
import { onlyTells } from './known.ts';
import { callsIn, type Call } from './may-stop.ts';
import { Body, type Signs, type Source } from './result-signs.ts';
import { ANY, NEG, POS } from './values.ts';

/** A local that a function gives back where it fails, and does not on one of the ways on which it fails. */
export interface LadderSkip {
  readonly local: string;
  /** The call that made it, and the one that gives it back elsewhere in the function. */
  readonly make: string;
  readonly made: At;
  readonly release: string;
  /** What gives back such a thing: that call, and what it calls of the kind. */
  readonly ends: readonly string[];
  /** The jumps and the return by which it fails without. */
  readonly jumps: readonly At[];
}

/** More states than this are not gone through for one local. */
const mostStates = 500;

/** So many functions are gone through for what they lead to. */
const mostCalled = 50;

/** A name that says that what it is passed is gone afterwards. */
const givesBack =
  /(?:^|_)(?:free|destroy|release|put|unregister|deregister|remove|del|delete|teardown|fini|cleanup)(?:_|$)/;

/** What only holds off others, or asks. */
const aside =
  /^(?:_*rtnl_(?:net_)?(?:un)?lock|mutex_\w+|spin_(?:un)?lock\w*|rcu_read_(?:un)?lock|(?:write|read)_(?:un)?lock\w*|IS_ERR\w*|PTR_ERR\w*|synchronize_\w+|WARN_ON\w*|ASSERT_RTNL|INIT_\w+|unregister_netdevice_many)$/;

/**
 * The locals of a function that a function of its program has made for it, that it gives back by another one of these where
 * it fails, and that it leaves on a way on which it has them and fails. Not where anyone else gets them or a part of them on
 * that way, or where something there may give back more than it is passed.
 */
export function ladderSkips(source: Source, fn: FunctionEntry): readonly LadderSkip[] {
  const blocks = fn.fact.blocks ?? [];
  if (fn.fact.unreadable || fn.fact.returnsVoid || fn.fact.options.length > 0) return [];
  return makingsIn(source, fn).flatMap((making) => {
    const releases = blocks.flatMap(({ steps }) =>
      steps.flatMap((step) =>
        step.s === 'eval' && step.of.k === 'call' && isReleaseOf(source, fn, step.of, making.local) ? [step.of] : [],
      ),
    );
    const [release] = releases;
    if (release?.fn.k !== 'id') return [];
    const name = release.fn.name;
    const giver = source.program.lookUp(fn.file, name);
    const inner = giver ? [...source.program.calls(giver.id)].filter((each) => source.table.releases.has(each)) : [];
    const ends = [name, ...inner];
    const jumps = new Way(source, fn, making, new Set(releases.map(nameOf)), ends).failing();
    if (!jumps) return [];
    const { local, call } = making;
    const made = { local, make: nameOf(call), made: call.at };
    return [{ ...made, release: name, ends, jumps }];
  });
}

function nameOf({ fn }: Call): string {
  return fn.k === 'id' ? fn.name : '';
}

interface Making {
  readonly local: string;
  readonly call: Call;
  readonly block: number;
}

/** The locals that are set once, by a call of the program's own that no table knows. */
function makingsIn({ program, table }: Source, { file, fact }: FunctionEntry): Making[] {
  const blocks = fact.blocks ?? [];
  const set = new Map<string, number>();
  for (const whole of expressionsOf(blocks))
    for (const e of walkExpression(whole))
      if (e.k === 'assign' && e.to.k === 'id') set.set(e.to.name, (set.get(e.to.name) ?? 0) + 1);
  return blocks.flatMap(({ steps }, block) =>
    steps.flatMap((step) => {
      const isDeclared = step.s === 'declare';
      const to = isDeclared ? step.name : step.of.k === 'assign' && step.of.to.k === 'id' ? step.of.to.name : null;
      const call = isDeclared ? step.init : step.of.k === 'assign' ? step.of.from : null;
      if (to === null || call?.k !== 'call' || (set.get(to) ?? 0) !== (isDeclared ? 0 : 1)) return [];
      const name = nameOf(call);
      const isOwn = !table.acquires.has(name) && program.lookUp(file, name)?.fact.blocks;
      return isOwn && isDeclaredIn(blocks, to) ? [{ local: to, call, block }] : [];
    }),
  );
}

function isDeclaredIn(blocks: readonly Block[], name: string): boolean {
  return blocks.some(({ steps }) => steps.some((step) => step.s === 'declare' && step.name === name && !step.isStatic));
}

function isReleaseOf({ program, table }: Source, { file }: FunctionEntry, call: Call, local: string): boolean {
  const name = nameOf(call);
  const [first] = call.args;
  if (first?.k !== 'id' || first.name !== local || !givesBack.test(name) || table.releases.has(name)) return false;
  return Boolean(program.lookUp(file, name)?.fact.blocks);
}

/** The ways on from where a local is made, as long as the function alone has it. */
class Way {
  private readonly body: Body;
  private readonly blocks: readonly Block[];

  constructor(
    private readonly source: Source,
    private readonly fn: FunctionEntry,
    private readonly making: Making,
    private readonly releases: ReadonlySet<string>,
    private readonly ends: readonly string[],
  ) {
    this.blocks = fn.fact.blocks ?? [];
    this.body = new Body(source, fn, this.blocks, 3);
  }

  /** The jumps of the first way on which the function fails and still has it; null where there is none. */
  failing(): readonly At[] | null {
    const { block, call, local } = this.making;
    const seen = new Set<string>();
    const queue: { at: number; signs: Signs; jumps: readonly At[]; isLeft?: boolean; from?: Call }[] = [
      { at: block, signs: new Map(), jumps: [], from: call },
    ];
    for (let next = queue.shift(); next; next = queue.shift()) {
      const key = `${next.at}|${[...next.signs].join(';')}|${next.jumps.length}|${next.isLeft === true}`;
      if (seen.has(key)) continue;
      if (seen.add(key).size > mostStates) return null;
      const { steps, end } = this.blocks[next.at]!;
      const signs = new Map(next.signs);
      let isBehind = next.from === undefined;
      let isOver = false;
      // What is called where it fails may give back all that there is.
      let isLeft = next.isLeft === true;
      for (const step of steps) {
        const e = step.s === 'declare' ? step.init : step.of;
        if (isBehind && e && this.handsOn(e)) isOver = true;
        if (isBehind && e && this.leavesTo(e)) isLeft = true;
        if (step.s === 'eval') this.body.sign(step.of, signs);
        else this.body.set(step.name, step.init ? this.body.sign(step.init, signs) : ANY, signs);
        if (e && next.from && [...walkExpression(e)].includes(next.from)) isBehind = true;
      }
      const asked = end.e === 'branch' || end.e === 'switch' ? end.on : end.e === 'return' ? end.value : null;
      if (isOver || (asked && this.handsOn(asked)) || end.e === 'each') continue;
      if (end.e === 'return') {
        // It was asked for an error, or for NULL, and is none.
        const own = signs.get(local) ?? ANY;
        if (!end.value || this.body.sign(end.value, signs) !== NEG || own === ANY || !(own & POS) || isLeft) continue;
        return [...next.jumps, end.at];
      }
      const jumps = end.e === 'goto' && end.at ? [...next.jumps, end.at] : next.jumps;
      for (const [to, after] of this.body.onwards(end, signs))
        queue.push({ at: to, signs: after, jumps, isLeft: isLeft && !(end.e === 'branch' && jumps.length === 0) });
    }
    return null;
  }

  /** Whether an expression gives the local back, or someone else gets it, or something else may give it back. */
  private handsOn(whole: Expr): boolean {
    const { local } = this.making;
    const isIt = (e: Expr): boolean => e.k === 'id' && e.name === local;
    const isOf = (e: Expr): boolean =>
      isIt(e) ||
      ((e.k === 'field' || (e.k === 'unary' && e.op === '&')) && isOf(e.of)) ||
      (e.k === 'index' && isOf(e.of));
    for (const e of walkExpression(whole)) {
      if (e.k === 'assign' && (isIt(e.from) || (e.from.k === 'unary' && isOf(e.from)))) return true;
      if (e.k === 'init' || e.k === 'cond') if ([...walkExpression(e)].some(isIt)) return true;
      if (e.k !== 'call') continue;
      const name = nameOf(e);
      if (aside.test(name)) continue;
      if (name === '' || this.releases.has(name) || (e.args.some(isOf) && !onlyTells(name))) return true;
      if (soundsLikeRelease.test(name) && !this.source.table.releases.has(name)) return true;
    }
    return false;
  }

  /** Whether an expression calls what is not read, or what leads to what gives such a thing back. */
  private leavesTo(whole: Expr): boolean {
    const { program, table } = this.source;
    return [...walkExpression(whole)].some((e) => {
      if (e.k !== 'call') return false;
      const name = nameOf(e);
      if (table.releases.has(name) || aside.test(name) || onlyTells(name)) return false;
      const callee = program.lookUp(this.fn.file, name);
      if (!callee?.fact.blocks) return true;
      const seen = new Set([callee]);
      for (const each of seen) {
        const names = program.calls(each.id);
        if (this.ends.some((end) => names.has(end)) || seen.size > mostCalled) return true;
        for (const inner of program.callees(each.id)) seen.add(inner);
      }
      return false;
    });
  }
}

/** The functions that a function may leave its things to where it fails: what is not read, and sounds like it gives back. */
export function leavesToUnread({ program, table }: Source, { file, fact }: FunctionEntry): boolean {
  return (fact.blocks ?? []).flatMap(callsIn).some((call) => {
    const name = nameOf(call);
    if (name === '') return true;
    if (aside.test(name)) return false;
    return soundsLikeRelease.test(name) && !table.releases.has(name) && !program.lookUp(file, name)?.fact.blocks;
  });
}

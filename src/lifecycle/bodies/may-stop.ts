import { folderOf } from '../../facts/folder.ts';
import { childrenOf, walkExpression, type Block, type Expr } from '../../facts/ir.ts';
import { droppingCalls } from '../../facts/words.ts';
import type { FunctionEntry, Program } from '../../program/program.ts';
import { handsOn, onlyTells, pernetCalls, steady } from './known.ts';
import { namespaceLocals, rootInMemory, valuesOfLocals } from './namespace-locals.ts';
import { printExpression } from './print.ts';
import { arming } from './queueing.ts';
import type { PairsByCall } from '../resources/index.ts';

export type Call = Expr & { k: 'call' };

/** What is looked through for what stops an item: so many functions, one called by the other. */
const mostDeep = 4;

const isDrop = new RegExp(`^(?:${droppingCalls})$`);

/** A name that is likely a macro's. */
const isMacro = /^[A-Z][A-Z0-9_]*$/;

/**
 * Whether some calls of a function, or what they call, may stop a work item or a timer of a namespace, told from their
 * bodies as they are built: one gets its address, or leads to what was not read and gets the memory in which it lies or the
 * namespace. A word of the text says less: it does not know of macros, nor of other names for the item.
 */
export class StopSearch {
  private readonly seen = new Set<string>();

  constructor(
    private readonly program: Program,
    private readonly table: PairsByCall,
    private readonly member: string,
  ) {}

  /** `held` are the variables that hold the namespace or its data. */
  mayStop(fn: FunctionEntry, calls: readonly Call[], held: ReadonlySet<string>, deep = mostDeep): boolean {
    const aliases = aliasesIn(fn);
    return calls.some((call) => this.isStop(fn, call, { held, aliases, deep }));
  }

  private isStop(
    fn: FunctionEntry,
    { fn: called, args }: Call,
    { held, aliases, deep }: { held: ReadonlySet<string>; aliases: ReadonlyMap<string, string>; deep: number },
  ): boolean {
    if (called.k !== 'id') return true;
    const { name } = called;
    if (arming.has(name) || onlyTells(name) || handsOn.has(name) || steady.has(name)) return false;
    const isItem = (e: Expr): boolean => {
      if (e.k === 'id') return memberOf(aliases.get(e.name) ?? '') === this.member;
      return e.k === 'unary' && e.op === '&' && memberOf(printExpression(e.of)) === this.member;
    };
    if (args.some((arg) => [...walkExpression(arg)].some(isItem))) return true;
    const given = args.flatMap((arg, at) => (isGiven(arg, held) ? [at] : []));
    const callee = this.program.lookUp(fn.file, name);
    if (this.isKnown(name) && (!callee || folderOf(callee.file) !== folderOf(fn.file))) return false;
    if (!callee) return given.length > 0 || isMacro.test(name);
    return given.length > 0 && this.mayStopIn(callee, given, deep - 1);
  }

  private mayStopIn(callee: FunctionEntry, given: readonly number[], deep: number): boolean {
    const { blocks, params } = callee.fact;
    if (!blocks || deep === 0) return true;
    const key = `${callee.id}|${given.join()}`;
    if (this.seen.has(key)) return false;
    this.seen.add(key);
    const held = namespaceLocals(
      this.program,
      callee,
      given.flatMap((at) => params[at] ?? []),
    );
    return this.mayStop(callee, blocks.flatMap(callsIn), held, deep);
  }

  private isKnown(name: string): boolean {
    return (
      name === 'net_generic' || this.table.acquires.has(name) || this.table.releases.has(name) || pernetCalls.has(name)
    );
  }
}

/**
 * Whether a function passes the address of a member by the name of an item's to something, a macro of its file among them.
 * What only takes it off its queue is told by its words; who asks whether that had an effect may have more to do with it.
 */
export function passesOn({ fact }: FunctionEntry, text: string): boolean {
  const member = memberOf(text);
  const isIt = (e: Expr): boolean =>
    e.k === 'unary' && e.op === '&' && member !== null && memberOf(printExpression(e.of)) === member;
  const blocks = fact.blocks ?? [];
  const whole = new Set<Expr>(
    blocks.flatMap(({ steps }) => steps.flatMap((step) => (step.s === 'declare' ? [] : step.of))),
  );
  const isOwn = (call: Call): boolean =>
    call.fn.k === 'id' && (arming.has(call.fn.name) || (isDrop.test(call.fn.name) && whole.has(call)));
  return blocks.flatMap(callsIn).some((call) => !isOwn(call) && call.args.some(isIt));
}

/** Whether a value comes of a variable that holds the namespace or its data, and is not just what a member of it is. */
function isGiven(e: Expr, held: ReadonlySet<string>): boolean {
  if (e.k === 'id') return held.has(e.name);
  if (e.k === 'unary' && e.op === '&' && e.of.k === 'field') return held.has(rootInMemory(e.of) ?? '');
  return e.k !== 'field' && childrenOf(e).some((child) => isGiven(child, held));
}

/** The locals that hold the address of a member, and the expression that names it. */
function aliasesIn(fn: FunctionEntry): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name, values] of valuesOfLocals(fn))
    for (const value of values)
      if (value.k === 'unary' && value.op === '&' && value.of.k === 'field') found.set(name, printExpression(value.of));
  return found;
}

/** The calls of a block, those in conditions and results included. */
export function callsIn({ steps, end }: Block): Call[] {
  const all = steps.flatMap((step) => (step.s === 'declare' ? (step.init ?? []) : step.of));
  const asked =
    end.e === 'branch' || end.e === 'switch' ? [end.on] : end.e === 'return' && end.value ? [end.value] : [];
  return [...all, ...asked].flatMap((whole) => [...walkExpression(whole)].flatMap((e) => (e.k === 'call' ? e : [])));
}

export function memberOf(text: string): string | null {
  return /(?:->|\.)(\w+)$/.exec(text)?.[1] ?? null;
}

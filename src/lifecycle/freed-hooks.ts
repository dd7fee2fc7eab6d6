import { successorsOf, type At, type Block, type Expr } from '../facts/ir.ts';
import type { FunctionEntry, Program } from '../program/program.ts';
import { bodyOf } from './loops.ts';
import { callsIn, type Call } from './may-stop.ts';
import { structBehind } from './structs.ts';
import { plainFrees } from './used-freed.ts';

/** A structure that a teardown frees at once after it has unregistered the netfilter hooks in it. */
export interface FreedHooks {
  readonly struct: string;
  /** The call that unregisters them, and the one that frees it. */
  readonly ends: string;
  readonly frees: string;
  /** Where the function that comes to both goes on to the second one. */
  readonly place: { readonly file: string; readonly fn: string; readonly at: At };
}

const unhooking = /^nf_unregister_net_hooks?$/;
const waiting = /^synchronize_(?:net|rcu\w*|sched)$|^rcu_barrier$/;

/** What a function comes to: the structures whose hooks it unregisters, those that it frees, and whether it waits for RCU. */
interface Comes {
  readonly ends: ReadonlyMap<string, string>;
  readonly frees: ReadonlyMap<string, string>;
  readonly waits: boolean;
}

const nothing: Comes = { ends: new Map(), frees: new Map(), waits: false };

/** A teardown is followed into so many calls. */
const mostDeep = 5;

/**
 * The structure that a function frees after it has unregistered the netfilter hooks which lie in it, while nothing waits in
 * between: a packet that is in such a hook on another CPU looks into what the hook's `priv` leads to
 * (net/netfilter/core.c, nf_unregister_net_hook(); net/netfilter/nf_tables_api.c, struct nft_base_chain).
 */
export function freedHooks(program: Program, fn: FunctionEntry): FreedHooks | null {
  const known = new Map<string, Comes>();
  let found: FreedHooks | null = null;
  const comesOf = (of: FunctionEntry, deep: number): Comes => {
    const before = known.get(of.id);
    if (before || deep > mostDeep) return before ?? nothing;
    known.set(of.id, nothing);
    const sites = (of.fact.blocks ?? []).flatMap((block, index) =>
      callsIn(block).map((call, place) => ({ call, index, place, comes: comesBy(of, call, deep) })),
    );
    const waits = sites.some(({ comes }) => comes.waits);
    for (const first of waits || found ? [] : sites)
      for (const second of sites)
        for (const [struct, ends] of first.comes.ends) {
          const frees = second.comes.frees.get(struct);
          if (frees === undefined || first === second || !isAfter(of.fact.blocks ?? [], first, second)) continue;
          found ??= { struct, ends, frees, place: { file: of.file, fn: of.fact.name, at: second.call.at } };
        }
    const ends = new Map(waits ? [] : sites.flatMap(({ comes }) => [...comes.ends]));
    const comes = { ends, frees: new Map(sites.flatMap((each) => [...each.comes.frees])), waits };
    known.set(of.id, comes);
    return comes;
  };
  const comesBy = (of: FunctionEntry, { fn: called, args }: Call, deep: number): Comes => {
    if (called.k !== 'id') return nothing;
    const { name } = called;
    if (waiting.test(name)) return { ...nothing, waits: true };
    const struct = unhooking.test(name) ? ownerOf(of, args[1]) : undefined;
    if (struct !== undefined && hasPriv(program, of.file)) return { ...nothing, ends: new Map([[struct, name]]) };
    const freed = plainFrees.get(name);
    const gone = freed === undefined ? undefined : structBehind(of.fact, args[freed]);
    if (gone !== undefined) return { ...nothing, frees: new Map([[gone, name]]) };
    const helper = program.resolveFunction(of.file, name);
    return helper ? comesOf(helper, deep + 1) : nothing;
  };
  comesOf(fn, 0);
  return found;
}

/** The structure in which hooks lie that are passed by their address: that of `chain` in `&chain->ops`. */
function ownerOf({ fact }: FunctionEntry, e: Expr | undefined): string | undefined {
  if (e?.k !== 'unary' || e.op !== '&' || e.of.k !== 'field' || !e.of.arrow) return undefined;
  return structBehind(fact, e.of.of);
}

/** Whether a file gives the hooks of its structures something of their own to work with. */
function hasPriv(program: Program, file: string): boolean {
  const { mentions = {} } = program.facts(file) ?? {};
  return Object.values(mentions).some((words) => words.some((word) => /^>\w+->(?:\w+\.)*priv$/.test(word)));
}

interface Site {
  readonly index: number;
  readonly place: number;
}

/** Whether a function can come to a call once it has come to another one, in the same turn of the loops that both are in. */
function isAfter(blocks: readonly Block[], first: Site, second: Site): boolean {
  if (first.index === second.index && second.place > first.place) return true;
  const next = (at: number): readonly number[] => {
    const block = blocks[at]!;
    const { end } = block;
    const body = end.e === 'each' ? end.body : end.e === 'branch' && end.loop ? end.then : null;
    const isAround = body !== null && bodyOf(blocks, at, body).includes(first.index);
    return successorsOf(block).filter((to) => !isAround || to !== body);
  };
  const seen = new Set(next(first.index));
  for (const at of seen) for (const to of next(at)) seen.add(to);
  return seen.has(second.index);
}

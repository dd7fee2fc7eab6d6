import { expressionsOf, successorsOf, walkExpression, type At, type Block, type Expr } from '../../facts/ir.ts';
import type { FunctionEntry, Program } from '../../program/program.ts';
import { bodyOf } from '../bodies/loops.ts';
import { waitsForReaders } from '../bodies/may-end-before.ts';
import { callsIn, type Call } from '../bodies/may-stop.ts';
import { valuesOfLocals } from '../bodies/namespace-locals.ts';
import { structBehind } from '../bodies/structs.ts';
import { plainFrees } from '../bodies/freed-walk.ts';

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
const flushing = /^(?:flush|drain)_workqueue$/;

/** What a function comes to: the structures whose hooks it unregisters, those that it frees, and whether it waits for RCU. */
interface Comes {
  readonly ends: readonly Done[];
  readonly frees: readonly Done[];
  readonly waits: boolean;
}

/** What a call does with a structure, and the member by which a loop around it has it from a list. */
interface Done {
  readonly struct: string;
  readonly call: string;
  readonly list: string | null;
}

const nothing: Comes = { ends: [], frees: [], waits: false };

/** A teardown is followed into so many calls. */
const mostDeep = 5;

/**
 * The structure that a function frees after it has unregistered the netfilter hooks which lie in it, while nothing waits in
 * between: a packet that is in such a hook on another CPU looks into what the hook's `priv` leads to
 * (net/netfilter/core.c, nf_unregister_net_hook(); net/netfilter/nf_tables_api.c, struct nft_base_chain). Not where
 * `earlier`, pre_exit, may have unregistered them already.
 */
export function freedHooks(program: Program, fn: FunctionEntry, earlier?: FunctionEntry): FreedHooks | null {
  const known = new Map<string, Comes>();
  const found: FreedHooks[] = [];
  const comesOf = (of: FunctionEntry, deep: number): Comes => {
    const before = known.get(of.id);
    if (before || deep > mostDeep) return before ?? nothing;
    known.set(of.id, nothing);
    const sites = (of.fact.blocks ?? []).flatMap((block, index) =>
      callsIn(block).map((call, place) => ({
        call,
        index,
        place,
        comes: fromList(of, index, comesBy(of, call, deep)),
      })),
    );
    const waits = sites.some(({ comes }) => comes.waits);
    for (const first of waits ? [] : sites)
      for (const second of sites)
        for (const { struct, call: ends, list } of first.comes.ends) {
          const free = second.comes.frees.find((each) => {
            return each.struct === struct && (each.list === list || each.list === null || list === null);
          });
          if (!free || first === second || !isAfter(of.fact.blocks ?? [], first, second)) continue;
          found.push({
            struct,
            ends,
            frees: free.call,
            place: { file: of.file, fn: of.fact.name, at: second.call.at },
          });
        }
    const ends = waits ? [] : sites.flatMap(({ comes }) => comes.ends);
    const comes = { ends, frees: sites.flatMap((each) => each.comes.frees), waits };
    known.set(of.id, comes);
    return comes;
  };
  const comesBy = (of: FunctionEntry, { fn: called, args }: Call, deep: number): Comes => {
    if (called.k !== 'id') return nothing;
    const { name } = called;
    if (waitsForReaders.test(name) || flushing.test(name)) return { ...nothing, waits: true };
    const struct = unhooking.test(name) ? ownerOf(of, args[1]) : undefined;
    if (struct !== undefined && !goesByMember(of, struct))
      return { ...nothing, ends: [{ struct, call: name, list: null }] };
    const freed = plainFrees.get(name);
    const gone = freed === undefined || isMade(of, args[freed]) ? undefined : structBehind(of.fact, args[freed]);
    if (gone !== undefined) return { ...nothing, frees: [{ struct: gone, call: name, list: null }] };
    const helper = program.resolveFunction(of.file, name);
    return helper ? comesOf(helper, deep + 1) : nothing;
  };
  const before = earlier ? comesOf(earlier, 0).ends : [];
  found.length = 0;
  const gone = new Set(comesOf(fn, 0).frees.map(({ struct }) => struct));
  return (
    found.find(({ struct, place: { file } }) => {
      return !before.some((each) => each.struct === struct) && getsWhatGoes(program, file, struct, gone);
    }) ?? null
  );
}

/** What a call comes to, in the loop over a list that is the innermost one around it. */
function fromList({ fact: { blocks } }: FunctionEntry, index: number, comes: Comes): Comes {
  if (comes.ends.length + comes.frees.length === 0) return comes;
  const around = (blocks ?? []).flatMap(({ end }, head) => {
    const body = end.e === 'each' ? bodyOf(blocks ?? [], head, end.body) : [];
    return end.e === 'each' && body.includes(index) ? [{ end, size: body.length }] : [];
  });
  const [inner] = around.sort((a, b) => a.size - b.size);
  const list = inner?.end.args.flatMap((e) => (e.k === 'unary' && e.of.k === 'field' ? e.of.name : []))[0] ?? null;
  const from = (all: readonly Done[]): Done[] => all.map((each) => ({ ...each, list: each.list ?? list }));
  return { ...comes, ends: from(comes.ends), frees: from(comes.frees) };
}

/** Whether a function that unregisters the hooks of a structure asks a member of it whether to, or sets one. */
function goesByMember({ fact }: FunctionEntry, struct: string): boolean {
  const isMember = (e: Expr): boolean => e.k === 'field' && structBehind(fact, e.of) === struct;
  const isAsked = (e: Expr): boolean => {
    if (isMember(e)) return true;
    if (e.k === 'unary') return isAsked(e.of);
    if (e.k === 'binary') return isAsked(e.l) || isAsked(e.r);
    return e.k === 'call' && e.fn.k === 'id' && /bit|READ_ONCE|likely|acquire/.test(e.fn.name) && e.args.some(isAsked);
  };
  const blocks = fact.blocks ?? [];
  if (blocks.some(({ end }) => (end.e === 'branch' || end.e === 'switch') && isAsked(end.on))) return true;
  const all = [...expressionsOf(blocks)].flatMap((whole) => [...walkExpression(whole)]);
  return all.some((e) => e.k === 'assign' && isMember(e.to));
}

/** Whether what a function frees may be what it has just made itself. */
function isMade(of: FunctionEntry, e: Expr | undefined): boolean {
  const values = e?.k === 'id' ? (valuesOfLocals(of).get(e.name) ?? []) : [];
  return values.some((value) => value.k === 'call' && value.fn.k === 'id' && /alloc|dup/.test(value.fn.name));
}

/** The structure in which hooks lie that are passed by their address: that of `chain` in `&chain->ops`. */
function ownerOf({ fact }: FunctionEntry, e: Expr | undefined): string | undefined {
  if (e?.k !== 'unary' || e.op !== '&' || e.of.k !== 'field' || !e.of.arrow) return undefined;
  return structBehind(fact, e.of.of);
}

/** Whether a file gives the hooks of a structure to work with what goes in the end: the structure, or what goes with it. */
function getsWhatGoes(program: Program, file: string, struct: string, gone: ReadonlySet<string>): boolean {
  const { mentions = {}, functions = [] } = program.facts(file) ?? {};
  return Object.entries(mentions).some(([name, words]) =>
    words.some((word) => {
      const [pointer, value] = /^\$(.+)=(.+)$/.exec(word)?.slice(1) ?? [];
      if (pointer === undefined || value === undefined) return false;
      const fact = functions.find((each) => each.name === name);
      const typeOf = (text: string): string | undefined => text.split(':')[1] ?? fact?.structs?.[text];
      const owner = typeOf(pointer);
      return (owner === struct || owner === 'nf_hook_ops*') && gone.has(typeOf(value) ?? '');
    }),
  );
}

interface Site {
  readonly index: number;
  readonly place: number;
}

/** The calls of some blocks, each with where it stands (`isAfter()`). */
export function sitesOf(blocks: readonly Block[]): (Site & { readonly call: Call })[] {
  return blocks.flatMap((block, index) => callsIn(block).map((call, place) => ({ call, index, place })));
}

/** Whether a function can come to a call once it has come to another one, in the same turn of the loops that both are in. */
export function isAfter(blocks: readonly Block[], first: Site, second: Site): boolean {
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

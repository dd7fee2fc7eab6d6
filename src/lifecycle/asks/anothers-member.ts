import type { At, Expr } from '../../facts/ir.ts';
import type { FunctionEntry, OpsEntry, Program } from '../../program/program.ts';
import { allIn, callsOf, nameOf, within } from '../bodies/body.ts';
import { callbackOf } from '../bodies/callbacks-of.ts';
import { asksWhich } from '../bodies/first-namespace.ts';
import { reachedFrom } from '../bodies/known.ts';
import { printExpression } from '../bodies/print.ts';
import type { PairsByCall } from '../resources/index.ts';

/** A call by which an exit callback gives back what another ops keeps in a member of struct net. */
export interface AnothersMember {
  readonly call: string;
  readonly at: At;
  readonly member: string;
  /** Who sets it up, and for which ops. */
  readonly init: string;
  readonly ops: string;
}

/** What ends the thing itself, not what someone has registered for it. */
const endsEntry = /^proc_remove$/;
const endsSocket = /^(?:netlink_kernel|sock)_release$/;
const endsDevice = /^(?:unregister_netdev(?:ice(?:_queue)?)?|free_netdev)$/;

/** What everybody finds in struct net (include/net/net_namespace.h), whose it is, and what ends that. */
const owners: ReadonlyMap<
  string,
  { readonly file: string; readonly init: string; readonly ops: string; readonly ends: RegExp }
> = new Map(
  (
    [
      ['proc_net', 'fs/proc/proc_net.c', 'proc_net_ns_init', 'proc_net_ns_ops', endsEntry],
      ['proc_net_stat', 'fs/proc/proc_net.c', 'proc_net_ns_init', 'proc_net_ns_ops', endsEntry],
      ['loopback_dev', 'drivers/net/loopback.c', 'loopback_net_init', 'loopback_net_ops', endsDevice],
      ['rtnl', 'net/core/rtnetlink.c', 'rtnetlink_net_init', 'rtnetlink_net_ops', endsSocket],
      ['genl_sock', 'net/netlink/genetlink.c', 'genl_pernet_init', 'genl_pernet_ops', endsSocket],
      ['diag_nlsk', 'net/core/sock_diag.c', 'diag_net_init', 'diag_net_ops', endsSocket],
    ] as const
  ).map(([member, file, init, ops, ends]) => [member, { file, init, ops, ends }]),
);

/** Calls of the own init are looked through so far. */
const mostDeep = 2;

/**
 * A release in an exit callback of a member of struct net that is another ops': `proc_remove(net->proc_net)`. Null where
 * anything in the callback's own file sets that as well, its own init does something with it, or the callback asks which
 * namespace it is.
 */
export function anothersMember(
  program: Program,
  table: PairsByCall,
  { ops, fn }: { readonly ops: OpsEntry; readonly fn: FunctionEntry },
): AnothersMember | null {
  const [net] = fn.fact.params;
  if (net === undefined || fn.fact.structs?.[net] !== 'net*' || asksWhich(fn)) return null;
  const given = callsOf(fn).find((call) => {
    const [first] = call.args;
    const name = nameOf(call);
    const owner = first && owners.get(memberOf(first, net) ?? '');
    return owner?.ends.test(name) === true && table.releases.has(name);
  });
  const member = given ? memberOf(given.args[0]!, net) : null;
  if (!given || member === null) return null;
  const owner = owners.get(member);
  if (!owner || fn.file.endsWith(owner.file)) return null;
  const init = callbackOf(program, ops, 'init');
  const own = init ? within(program, init, mostDeep) : [];
  // Whoever init leads to may set it, in whichever file; another ops that is at hand does not count.
  const reached = init ? [...reachedFrom(program, [init.id])].flatMap((id) => program.functionById(id) ?? []) : [];
  const inFile = (program.facts(fn.file)?.functions ?? []).flatMap(
    ({ name }) => program.resolveFunction(fn.file, name) ?? [],
  );
  const functions = [...inFile, ...reached];
  if (functions.some((each) => sets(each, member)) || own.some((each) => worksOn(each, member))) return null;
  return { call: nameOf(given), at: given.at, member, init: owner.init, ops: owner.ops };
}

/** The member of what a parameter points at that an expression is: `proc_net` of `net->proc_net`. */
function memberOf(e: Expr, net: string): string | null {
  const text = e.k === 'field' ? printExpression(e) : '';
  return text.startsWith(`${net}->`) ? (/^->([\w.]+)$/.exec(text.slice(net.length))?.[1] ?? null) : null;
}

/** Whether a function sets a member by that name, of whichever namespace: `n->diag_nlsk = sk`. */
function sets(fn: FunctionEntry, member: string): boolean {
  return [...allIn(fn)].some((e) => e.k === 'assign' && e.to.k === 'field' && e.to.name === member);
}

/** Whether a function has something done with a member, first of all: `dev_hold(net->loopback_dev)`. */
function worksOn(fn: FunctionEntry, member: string): boolean {
  return callsOf(fn).some(({ args: [first] }) =>
    fn.fact.params.some((net) => first !== undefined && memberOf(first, net) === member),
  );
}

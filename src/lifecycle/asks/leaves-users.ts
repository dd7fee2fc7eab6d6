import type { FunctionEntry, Program } from '../../program/program.ts';
import type { Reach } from '../../program/reach.ts';
import { allIn, callsOf, nameOf, within } from '../bodies/body.ts';
import { exitsOf } from '../bodies/callbacks-of.ts';
import { onlyTells, pernetCalls } from '../bodies/known.ts';
import type { Call } from '../bodies/may-stop.ts';
import { printExpression } from '../bodies/print.ts';
import type { PairsByCall } from '../resources/index.ts';

/** What a module's exit takes off a list, by a call that leaves alone who has found it there. */
export interface LeavesUsers {
  readonly call: string;
  /** Who has found it, and what ends them. */
  readonly users: string;
  readonly ends: string;
}

interface Known {
  readonly users: string;
  /** The call that ends them, and others that may. */
  readonly ends: string;
  readonly also: readonly string[];
  /** What goes through those in which they lie, and ends the ones of which its first argument returns something else than 0. */
  readonly through: string;
}

/**
 * Calls that take away only the name by which a function of the module's is found, so that who has been given it goes on to
 * call it (net/netfilter/nf_conntrack_helper.c; net/netfilter/nf_conntrack_netlink.c, ctnetlink_alloc_expect()).
 */
const known: ReadonlyMap<string, Known> = new Map([
  [
    'nf_ct_helper_expectfn_unregister',
    {
      users: 'expectations',
      ends: 'nf_ct_helper_expectfn_destroy',
      also: [
        'nf_ct_expect_iterate_destroy',
        'nf_ct_expect_iterate_net',
        'nf_ct_remove_expectations',
        'nf_ct_unexpect_related',
        'nf_ct_unlink_expect',
        'nf_ct_unlink_expect_report',
        'nf_ct_remove_expect',
        'nf_ct_iterate_cleanup',
        'nf_ct_iterate_cleanup_net',
        'nf_conntrack_helper_unregister',
        'nf_conntrack_helpers_unregister',
      ],
      through: 'nf_ct_iterate_destroy',
    },
  ],
]);

/** An exit is followed into so many calls. */
const mostDeep = 2;

/** Words of who comes to them by themselves, or to the table in which they lie. */
const comesToThem = /expect/;

/** Calls that end nobody: what unregisters, frees, waits or says something. */
const plain =
  /^(?:synchronize_\w+|rcu_barrier|RCU_INIT_POINTER|rcu_assign_pointer|WRITE_ONCE|net_generic|ARRAY_SIZE|(?:WARN|BUG)\w*|k\w*free\w*|nf_ct_extend_unregister)$/;

/**
 * What the exit of a module takes off a list without an end to who has found it there; null where something may end that: it
 * is not read, is called by a pointer, names them, or is passed what is taken off.
 */
export function leavesUsers(
  program: Program,
  { reach, table }: { readonly reach: Reach; readonly table: PairsByCall },
  exit: FunctionEntry,
): LeavesUsers | null {
  // No body is looked into where none of them is called.
  const words = reach.from(exit.file, exit.fact.name, 'calls');
  if (![...known.keys()].some((name) => words.has(name))) return null;
  for (const call of within(program, exit, mostDeep).flatMap(callsOf)) {
    const of = known.get(nameOf(call));
    if (!of) continue;
    const beside = program.allOps().filter(({ file }) => file === exit.file);
    const all = [exit, ...beside.flatMap((ops) => exitsOf(program, ops))];
    const near = all.flatMap((fn) => within(program, fn, mostDeep));
    const ends = [of.ends, ...of.also];
    const isEnd = (fn: FunctionEntry, name: string): boolean => {
      if (ends.includes(name)) return true;
      if (name === of.through || known.has(name)) return false;
      const callee = program.lookUp(fn.file, name);
      const isOfTable = table.releases.has(name) || pernetCalls.has(name);
      if (!callee || isOfTable) return !isOfTable && !plain.test(name) && !onlyTells(name);
      if (near.includes(callee)) return false;
      const words = reach.from(callee.file, callee.fact.name, 'calls');
      return (
        [...ends, of.through].some((each) => words.has(each)) ||
        [...words.keys()].some((word) => comesToThem.test(word))
      );
    };
    const isEnded = near.some((fn) => callsOf(fn).some((each) => isEnd(fn, nameOf(each))) || comesTo(fn, call));
    if (isEnded || near.some((fn) => goesThrough(fn, of) && !keepsSome(program, fn, of))) continue;
    return { call: nameOf(call), users: of.users, ends: of.ends };
  }
  return null;
}

/** Whether a function names them by anything but the call that takes what they found off its list. */
function comesTo(fn: FunctionEntry, { args: [what] }: Call): boolean {
  const own = what ? printExpression(what).replace(/^&/, '') : '';
  return [...allIn(fn)].some((e) => {
    if (e.k === 'field') return comesToThem.test(e.name);
    return e.k === 'id' && e.name !== own && !known.has(e.name) && comesToThem.test(e.name);
  });
}

function goesThrough(fn: FunctionEntry, { through }: Known): boolean {
  return callsOf(fn).some((call) => nameOf(call) === through);
}

/** Whether what a function has asked of each of those in which they lie says of some that they are kept. */
function keepsSome(program: Program, fn: FunctionEntry, { through }: Known): boolean {
  return callsOf(fn).every((call) => {
    const [asked] = call.args;
    if (nameOf(call) !== through) return true;
    const callee = asked?.k === 'id' ? program.lookUp(fn.file, asked.name) : undefined;
    // Who asks whether there are any keeps those that have none.
    if (!callee || [...allIn(callee)].some((e) => (e.k === 'field' || e.k === 'id') && /expect|help/.test(e.name)))
      return false;
    return (callee.fact.blocks ?? []).some(
      ({ end }) => end.e === 'return' && end.value?.k === 'num' && end.value.value === 0,
    );
  });
}

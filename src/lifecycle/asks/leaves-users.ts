import type { FunctionEntry, Program } from '../../program/program.ts';
import type { Reach } from '../../program/reach.ts';
import { callsOf, nameOf, within } from '../bodies/body.ts';
import { exitsOf } from '../bodies/callbacks-of.ts';

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
        'nf_conntrack_helper_unregister',
        'nf_conntrack_helpers_unregister',
      ],
      through: 'nf_ct_iterate_destroy',
    },
  ],
]);

/** An exit is followed into so many calls. */
const mostDeep = 2;

/** What the exit of a module takes off a list without an end to who has found it there; null where something may end that. */
export function leavesUsers(program: Program, reach: Reach, exit: FunctionEntry): LeavesUsers | null {
  for (const call of within(program, exit, mostDeep).flatMap(callsOf)) {
    const of = known.get(nameOf(call));
    if (!of) continue;
    const beside = program.allOps().filter(({ file }) => file === exit.file);
    const all = [exit, ...beside.flatMap((ops) => exitsOf(program, ops))];
    const near = all.flatMap((fn) => within(program, fn, mostDeep));
    const ends = [of.ends, ...of.also];
    const isEnd = (fn: FunctionEntry, name: string): boolean => {
      if (ends.includes(name)) return true;
      const callee = name === of.through ? undefined : program.lookUp(fn.file, name);
      if (!callee || near.includes(callee)) return false;
      const words = reach.from(callee.file, callee.fact.name, 'calls');
      return [...ends, of.through].some((each) => words.has(each));
    };
    const isEnded = near.some((fn) => callsOf(fn).some((each) => isEnd(fn, nameOf(each))));
    if (isEnded || near.some((fn) => goesThrough(fn, of) && !keepsSome(program, fn, of))) continue;
    return { call: nameOf(call), users: of.users, ends: of.ends };
  }
  return null;
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
    return (callee?.fact.blocks ?? []).some(
      ({ end }) => end.e === 'return' && end.value?.k === 'num' && end.value.value === 0,
    );
  });
}

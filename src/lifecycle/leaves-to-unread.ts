import type { FunctionEntry } from '../program/program.ts';
import { soundsLikeRelease } from './kept-alone.ts';
import { callsIn, type Call } from './may-stop.ts';
import type { Source } from './result-signs.ts';

/** What only holds off others, or asks, or is known by what it is passed. */
const aside =
  /^(?:_*rtnl_(?:net_)?(?:un)?lock|mutex_\w+|spin_(?:un)?lock\w*|rcu_read_(?:un)?lock|(?:write|read)_(?:un)?lock\w*|IS_ERR\w*|PTR_ERR\w*|synchronize_\w+|WARN_ON\w*|ASSERT_RTNL|INIT_\w+|unregister_netdevice_many)$/;

/** Whether a function may leave its things to what is not read, and sounds like it gives back. */
export function leavesToUnread({ program, table }: Source, { file, fact }: FunctionEntry): boolean {
  return (fact.blocks ?? []).flatMap(callsIn).some((call) => {
    const name = nameOf(call);
    if (name === '') return true;
    if (aside.test(name)) return false;
    return soundsLikeRelease.test(name) && !table.releases.has(name) && !program.lookUp(file, name)?.fact.blocks;
  });
}

function nameOf({ fn }: Call): string {
  return fn.k === 'id' ? fn.name : '';
}

import page from './rtnl-in-exit.md';
import { callsInExit } from './exit-calls.ts';
import type { Rule } from './rule.ts';

export const rtnlInExit: Rule = {
  id: 'pernet/rtnl-in-exit',
  severity: 'hint',
  invariant: 'No exit callback takes the RTNL once a namespace.',
  page,
  check: (history) =>
    callsInExit(
      history,
      ['rtnl_lock', 'rtnl_net_lock'],
      (fn, call) =>
        `${fn}() calls ${call}() for each namespace that dies: a batch variant takes the RTNL once for all of them`,
    ),
};

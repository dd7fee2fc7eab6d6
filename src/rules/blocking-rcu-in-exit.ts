import page from './blocking-rcu-in-exit.md';
import { callsInExit } from './exit-calls.ts';
import type { Rule } from './rule.ts';

export const blockingRcuInExit: Rule = {
  id: 'pernet/blocking-rcu-in-exit',
  severity: 'hint',
  invariant: 'No exit callback waits for RCU once a namespace.',
  page,
  check: (history) =>
    callsInExit(
      history,
      ['synchronize_rcu', 'synchronize_net', 'synchronize_rcu_expedited', 'rcu_barrier'],
      (fn, call) =>
        `${fn}() calls ${call}() for each namespace that dies: in exit_batch it is waited for once, and ` +
        (call === 'rcu_barrier'
          ? 'before the namespaces are freed cleanup_net() calls it anyway'
          : 'between pre_exit and exit cleanup_net() waits anyway'),
    ),
};

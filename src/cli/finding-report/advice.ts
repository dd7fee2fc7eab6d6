import type { Finding } from '../../rules/index.ts';

/** What to change, in words, by rule: for findings that carry no edit. */
const advice: Readonly<Record<string, (of: Of) => string>> = {
  'left-registered-on-exit': ({ ops, unregister }) =>
    `Call ${unregister}(&${ops}) in the module's exit function, in the reverse order of init.`,
  'left-registered-on-error': ({ ops, unregister, where }) =>
    `Call ${unregister}(&${ops}) on the way that leaves at ${where}: give it a label of its own in the unwinding chain, before those that undo what was done earlier, and go to that label.`,
  'left-behind-on-error': ({ release, where }) =>
    `Call ${release} on the way that leaves at ${where}, in the reverse order of the acquisitions.`,
  'left-behind-on-exit': ({ release }) =>
    `Call ${release} in the module's exit function, in the reverse order of init.`,
  'unregister-not-registered': ({ where }) =>
    `Do not run the release at ${where} on this path: go to the label below it, or return the error so that the exit function is not called.`,
  'unregister-kind-mismatch': ({ ops }) => `Unregister ${ops} with the variant that it was registered with.`,
  'error-lost': ({ where }) =>
    `Keep the failing step's error in a variable that the unwinding does not assign to, and return it at ${where}.`,
  'register-unchecked': ({ where }) =>
    `Check the result of the registration at ${where}, and undo what was done before it when it fails.`,
  'register-twice': ({ ops, where, isOfEach }) =>
    isOfEach
      ? `Give each namespace an object of its own, in the data of ${ops}, for the registration at ${where}, or register the one object once, in the module's init.`
      : `Drop one of the two registrations of ${ops}: the one at ${where}.`,
  'registered-too-late': ({ ops, where }) =>
    `Register ${ops} before what makes its per-net state reachable (${where}), and turn the unwinding round with it.`,
  'unregistered-too-early': ({ ops, where }) =>
    `Unregister ${ops} (${where}) after what makes its per-net state reachable has been taken away.`,
  'registered-before-resource': ({ ops, where }) =>
    `Move the registration of ${ops} (${where}) behind the set-up of what its callbacks use.`,
  'resource-gone-before-unregister': ({ ops, where }) =>
    `Move the release at ${where} behind the unregistration of ${ops}, whose callbacks still use it.`,
  'cache-destroyed-before-barrier': ({ where }) =>
    `Call rcu_barrier() before ${where}, so that no RCU callback that frees into the cache is pending any more.`,
  'init-section': ({ where }) => `Take the section attribute away from what ${where} names.`,
  'id-without-size': ({ ops }) => `Give ${ops} a .size, or take its .id away.`,
  'size-without-id': ({ ops }) => `Give ${ops} an .id (a static unsigned int), or take its .size away.`,
  'generic-outside-registration': ({ where }) =>
    `Move the use at ${where} to where the ops that the id belongs to is registered, or register that one first.`,
  'init-error-leak': ({ release, where }) =>
    `Call ${release} before init returns its error, on the way that leaves at ${where}: the core calls no exit of an ops whose init failed.`,
  'init-returns-positive': ({ where }) => `Return 0 or a negative errno at ${where}.`,
  'exit-missing': ({ ops, release }) => `Give ${ops} an .exit that calls ${release}.`,
  'exit-leak': ({ ops, release }) => `Call ${release} in an exit callback of ${ops}.`,
  'double-release': ({ where }) => `Drop the second release, at ${where}, or set the pointer to NULL after the first.`,
  'init-order': ({ where }) =>
    `Move the call at ${where} behind the set-up of what its callbacks use, and turn the unwinding round with it.`,
  'exit-order': ({ where }) => `Move the release at ${where} behind the last use of what it releases.`,
  'exit-uses-later-ops': ({ ops, where }) =>
    `Do what ${where} does in the ops whose state it uses, or register ${ops} after that one.`,
  'wrong-kind': ({ ops }) =>
    `Register and unregister ${ops} as a device (register_pernet_device()), so that its exit runs before the subsystems'.`,
  'blocking-rcu-in-exit': ({ where }) =>
    `Wait once for all namespaces that die together: move the call at ${where} to .exit_batch, or what comes before it to .pre_exit, after which cleanup_net() waits anyway.`,
  'rtnl-in-exit': ({ where }) =>
    `Take the RTNL once for all namespaces that die together: move what ${where} guards to .exit_batch (or .exit_batch_rtnl where the tree has it).`,
};

interface Of {
  readonly ops: string;
  readonly where: string;
  readonly unregister: string;
  /** The releasing call, with its parentheses, or words for it. */
  readonly release: string;
  /** Whether it is about what is done in each namespace, not done twice. */
  readonly isOfEach: boolean;
}

/** The proposed fix in words; null for a rule that has none. */
export function adviceFor(finding: Finding): string | null {
  const { rule, ops, file, line, message, related, witness } = finding;
  const device = witness.events.some(({ call }) => call === `register_pernet_device(&${ops ?? ''})`);
  const texts = [message, ...related.map((each) => each.message)].join('\n');
  const release =
    /without (\w+\(\))/.exec(texts)?.[1] ??
    /: (\w+\(\)) is not called/.exec(texts)?.[1] ??
    /which needs (\w+\(\))/.exec(texts)?.[1];
  return (
    advice[rule.replace(/^pernet\//, '')]?.({
      ops: ops ?? 'the ops',
      where: `${file}:${line}`,
      unregister: device ? 'unregister_pernet_device' : 'unregister_pernet_subsys',
      release: release ?? 'what releases it',
      isOfEach: / for each namespace: /.test(message),
    }) ?? null
  );
}

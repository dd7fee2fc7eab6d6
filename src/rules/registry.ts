import { doubleRelease } from './double-release.ts';
import { exitLeak } from './exit-leak.ts';
import { exitMissing } from './exit-missing.ts';
import { initErrorLeak } from './init-error-leak.ts';
import { initReturnsPositive } from './init-returns-positive.ts';
import { registeredTooLate } from './registered-too-late.ts';
import { unregisteredTooEarly } from './unregistered-too-early.ts';
import { registeredBeforeResource } from './registered-before-resource.ts';
import { resourceGoneBeforeUnregister } from './resource-gone-before-unregister.ts';
import { genericOutsideRegistration } from './generic-outside-registration.ts';
import { initSection } from './init-section.ts';
import { wrongKind } from './wrong-kind.ts';
import { blockingRcuInExit } from './blocking-rcu-in-exit.ts';
import { rtnlInExit } from './rtnl-in-exit.ts';
import { initOrder } from './init-order.ts';
import { exitOrder } from './exit-order.ts';
import { exitUsesLaterOps } from './exit-uses-later-ops.ts';
import { cacheDestroyedBeforeBarrier } from './cache-destroyed-before-barrier.ts';
import { errorLost } from './error-lost.ts';
import { idWithoutSize } from './id-without-size.ts';
import { leftBehindOnError } from './left-behind-on-error.ts';
import { leftBehindOnExit } from './left-behind-on-exit.ts';
import { leftRegisteredOnError } from './left-registered-on-error.ts';
import { leftRegisteredOnExit } from './left-registered-on-exit.ts';
import { registerTwice } from './register-twice.ts';
import { registerUnchecked } from './register-unchecked.ts';
import type { Rule } from './rule.ts';
import { sizeWithoutId } from './size-without-id.ts';
import { unregisterKindMismatch } from './unregister-kind-mismatch.ts';
import { unregisterNotRegistered } from './unregister-not-registered.ts';

/** Every rule, in the order of the documentation. A test fails when a rule file is not in it. */
export const rules: readonly Rule[] = [
  leftRegisteredOnExit,
  leftRegisteredOnError,
  leftBehindOnError,
  leftBehindOnExit,
  unregisterNotRegistered,
  unregisterKindMismatch,
  errorLost,
  registerUnchecked,
  registerTwice,
  registeredTooLate,
  unregisteredTooEarly,
  registeredBeforeResource,
  resourceGoneBeforeUnregister,
  cacheDestroyedBeforeBarrier,
  initSection,
  idWithoutSize,
  sizeWithoutId,
  genericOutsideRegistration,
  initErrorLeak,
  initReturnsPositive,
  exitMissing,
  exitLeak,
  doubleRelease,
  initOrder,
  exitOrder,
  exitUsesLaterOps,
  wrongKind,
  blockingRcuInExit,
  rtnlInExit,
];

export function ruleById(id: string): Rule | undefined {
  return rules.find((rule) => rule.id === id || rule.id === `pernet/${id}`);
}

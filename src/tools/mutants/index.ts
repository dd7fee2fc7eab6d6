import { droppedExitField, droppedId, droppedInitField, droppedSize } from './fields.ts';
import { returnInsteadOfGoto, wrongLabelEarly, wrongLabelLate } from './labels.ts';
import type { MutantClass } from './mutant.ts';
import { registeredLate, resourceAfterPernet, resourceGoneEarly, unregisteredEarly } from './order.ts';
import { doubleRegister, uncheckedRegister } from './register.ts';
import {
  doubleRelease,
  droppedReleaseCallbackError,
  droppedReleaseCallbackExit,
  droppedReleaseError,
  droppedReleaseExit,
} from './release.ts';
import { errorLost, positiveInit } from './results.ts';
import { initSection } from './section.ts';
import { invertedCheck, lostResult, otherOps } from './slips.ts';
import { doubleUnregister, droppedUnregisterError, droppedUnregisterExit, swappedKind } from './unregister.ts';

export { apply, type Edit, type Mutant, type MutantClass, type Skipped } from './mutant.ts';

/** All classes, in the order of the report. */
export const mutantClasses: readonly MutantClass[] = [
  droppedUnregisterExit,
  droppedUnregisterError,
  wrongLabelEarly,
  wrongLabelLate,
  returnInsteadOfGoto,
  swappedKind,
  droppedSize,
  droppedId,
  doubleRegister,
  doubleUnregister,
  uncheckedRegister,
  droppedReleaseError,
  droppedReleaseExit,
  droppedReleaseCallbackError,
  droppedReleaseCallbackExit,
  droppedExitField,
  droppedInitField,
  doubleRelease,
  errorLost,
  registeredLate,
  unregisteredEarly,
  resourceAfterPernet,
  resourceGoneEarly,
  positiveInit,
  initSection,
  lostResult,
  invertedCheck,
  otherOps,
];

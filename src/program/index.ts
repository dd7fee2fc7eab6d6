export { Behind } from './behind.ts';
export { livesOf } from './orphans.ts';
export { Reach, type Way } from './reach.ts';
export {
  knowNames,
  namesOf,
  Program,
  shareNames,
  type FunctionEntry,
  type Id,
  type Module,
  type ModuleInfo,
  type OpsEntry,
} from './program.ts';
export * from './kbuild/index.ts';
export { bootOrder, type BootOps, type BootOrder, type Unresolved } from './boot/index.ts';
export { LoadOrder } from './load-order.ts';
export type { Code as BootCode, OutlinedFunction as BootFunction } from './boot/index.ts';

export { bootOrder } from './order.ts';
export type { Code, OutlinedFunction } from './code.ts';
export type { BootOps, BootOrder, Place, Unresolved } from './types.ts';

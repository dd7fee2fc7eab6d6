export type * from './ir.ts';
export { childrenOf, expressionsOf, walkExpression } from './ir.ts';
export { readFile, type Arm, type PreparedText } from './file.ts';

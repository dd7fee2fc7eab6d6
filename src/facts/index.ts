export type * from './ir.ts';
export { childrenOf, expressionsOf, walkExpression } from './ir.ts';
export { outlineOf } from './outline.ts';
export { moveFunction, movedFrom, ReadingMemo } from './memo.ts';
export { mentionsOf } from './mentions.ts';
export { pruneBodies } from './wanted.ts';
export { standIns } from './stand-ins.ts';
export { afterRcu, isGetter, isStep, laterRuns } from './words.ts';
export { readFile, type Arm, type PreparedText } from './file.ts';

export { Engine, type EngineOptions } from './engine.ts';
export { factsOf, largestText, type ReadResult } from './files.ts';
export type * from './types.ts';

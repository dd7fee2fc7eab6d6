export { bootRequestOf, bootStart, type BootRequest, type BootStart } from './boot-start.ts';
export { Engine, type EngineOptions } from './engine.ts';
export { factsOf, largestText, type ReadResult } from './files.ts';
export { timelineOfScenario, type ScenarioOptions } from './scenario.ts';
export type * from './types.ts';

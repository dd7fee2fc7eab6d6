export { Lifecycles, type AnalysisOptions, type Gap } from './analyse.ts';
export {
  causeText,
  type Fate,
  type History,
  type HistoryEvent,
  type Path,
  type Phase,
  type SourceEvent,
} from './history.ts';
export type { PernetCall, Place, TraceStep } from './trace.ts';
export { laneOf, sentenceOf } from './sentence.ts';
export type { Held } from './held.ts';
export { keyOfResource, nameOfHeld, nameOfResource, readable } from './resource.ts';
export { isListedCall, isPairWord } from './symmetric.ts';
export { tableWith, type Failure, type Pair, type PairsByCall } from './resources/index.ts';

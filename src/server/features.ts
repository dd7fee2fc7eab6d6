import type { Connection } from 'vscode-languageserver/node';
import type { Analyses } from './analyses.ts';
import type { InitializationOptions } from './protocol.ts';
import type { Scenarios } from './scenarios.ts';

/** What each feature is registered with. */
export interface Features {
  readonly connection: Connection;
  readonly analyses: Analyses;
  readonly scenarios: Scenarios;
  readonly options: InitializationOptions;
}

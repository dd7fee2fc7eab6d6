import type { Connection } from 'vscode-languageserver/node';
import type { Analyses } from './analyses.ts';
import type { InitializationOptions } from './protocol.ts';

/** What each feature is registered with. */
export interface Features {
  readonly connection: Connection;
  readonly analyses: Analyses;
  readonly options: InitializationOptions;
}

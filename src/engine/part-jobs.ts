import type { FileFacts } from '../facts/index.ts';
import type { Lifecycles } from '../lifecycle/index.ts';
import type { Module, ModuleInfo, Program } from '../program/index.ts';
import { filesOf } from './life-files.ts';
import type { Part, PartResult } from './part.ts';

/** What is known of a module that an ops is told of by. */
type OpsModule = Pick<Module, 'name' | 'file' | 'unloadable'>;

/** A part of the analysis of a whole tree that whoever has the same files can make as well: plain data. */
export type PartJob =
  /** The life of a module, by its place among all that is loaded and unloaded. */
  | { readonly of: 'life'; readonly at: number }
  | { readonly of: 'callbacks'; readonly ops: string; readonly module: OpsModule };

/** Others that make parts of an analysis of the same files, at the same time. */
export interface Helpers {
  /** What jobs come to, in their order. */
  make(jobs: readonly PartJob[], of: HelpedBy): PartResult[];
}

/** What helpers are given beside their jobs. */
export interface HelpedBy {
  readonly facts: readonly FileFacts[];
  /** What Kbuild says of each file that was asked for. */
  readonly modules: ReadonlyMap<string, ModuleInfo | undefined>;
  /** The place of each job, once: those in front are begun first. */
  readonly order: readonly number[];
  /** What the caller makes of one. */
  readonly here: (at: number) => PartResult;
  /** Told of each file that a helper has looked into. */
  readonly onAsked: (file: string) => void;
}

/** Does one job for a part. */
export function doJob(
  job: PartJob,
  part: Part,
  of: { readonly program: Program; readonly lifecycles: Lifecycles; readonly lives: readonly Module[] },
): void {
  const { program, lifecycles, lives } = of;
  if (job.of === 'life') {
    const module = lives[job.at];
    if (!module) throw new Error(`there is no life ${job.at}`);
    part.runModule({ program, lifecycles, module, files: filesOf(module, lifecycles.reach(module), lifecycles) });
    return;
  }
  const ops = program.opsEntry(job.ops);
  if (!ops) throw new Error(`there is no ops ${job.ops}`);
  part.runCallbacks({ lifecycles, ops, module: { ...job.module, init: null, exits: [] } });
}

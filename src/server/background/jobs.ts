import type { ServerFinding } from '../work.ts';
import type { CParser } from '../../syntax/index.ts';
import type { Settings } from '../protocol.ts';
import { checkTree } from './check.ts';
import { orderOfBoot, type BootedList } from './order.ts';
import { readChanged, scanFolders, type IndexedFile, type ScanFolder, type Scanned } from './scan.ts';

// Work on whole trees, which may take seconds or minutes: where there are threads, each job has one of its own, which
// ends with it and takes its memory along.

/** Each job with what it takes and what it gives: plain data. */
export interface Jobs {
  /** The ops of all files of some folders that mention pernet. */
  scan: { params: { readonly folders: readonly ScanFolder[] }; result: Scanned };
  /** The same of some files; one that is not there, that the folders leave out, or that holds no pernet, has no ops. */
  read: {
    params: { readonly files: readonly string[]; readonly folders: readonly ScanFolder[] };
    result: readonly IndexedFile[];
  };
  /** The pernet_list of a tree's kernel, booted; null where the folder is no kernel tree. */
  order: { params: { readonly root: string; readonly kernelConfig: string }; result: BootedList | null };
  /** All findings of a tree, its files as they are on the disk but for some texts. */
  check: { params: CheckParams; result: readonly ServerFinding[] };
}

export interface CheckParams {
  readonly root: string;
  /** The tree's files that mention pernet, relative to its root. */
  readonly files: readonly string[];
  readonly settings: Settings;
  /** Texts that are open, saved or not, by path relative to the root. */
  readonly open: readonly (readonly [path: string, text: string])[];
}

export type JobName = keyof Jobs;

/** How far a job has come: so many of so many, of what is said. */
export interface Progress {
  readonly message: string;
  readonly done: number;
  readonly total: number;
}

export interface Job<T> {
  readonly result: Promise<T>;
  /** Ends it; the result is then a `JobCancelled`. */
  cancel(): void;
}

export class JobCancelled extends Error {}

/** Whoever does jobs, in a thread or not. */
export type Background = <N extends JobName>(
  name: N,
  params: Jobs[N]['params'],
  onProgress: (progress: Progress) => void,
) => Job<Jobs[N]['result']>;

interface Means {
  readonly parser: () => Promise<CParser>;
  readonly onProgress: (progress: Progress) => void;
}

/** Does a job here and now; between files it lets others have their turn. */
export async function doJob<N extends JobName>(
  name: N,
  params: Jobs[N]['params'],
  means: Means,
): Promise<Jobs[N]['result']> {
  return jobs[name](params, means);
}

const jobs: { readonly [N in JobName]: (params: Jobs[N]['params'], means: Means) => Promise<Jobs[N]['result']> } = {
  scan: ({ folders }, means) => scanFolders(folders, means),
  read: ({ files, folders }, means) => readChanged(files, folders, means),
  order: async ({ root, kernelConfig }, { parser }) => orderOfBoot(await parser(), root, kernelConfig),
  check: async (params, { parser }) => checkTree(await parser(), params),
};

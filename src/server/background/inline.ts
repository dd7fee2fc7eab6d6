import type { CParser } from '../../syntax/index.ts';
import { doJob, JobCancelled, type Background, type JobName, type Jobs, type Progress } from './jobs.ts';

/** Does jobs where there are no threads: in a browser the server is in a worker already. */
export function inline(parser: Promise<CParser>): Background {
  return <N extends JobName>(name: N, params: Jobs[N]['params'], onProgress: (progress: Progress) => void) => {
    let isCancelled = false;
    const checked = (progress: Progress): void => {
      if (isCancelled) throw new JobCancelled();
      onProgress(progress);
    };
    return {
      result: doJob(name, params, { parser: () => parser, onProgress: checked }),
      cancel: () => {
        isCancelled = true;
      },
    };
  };
}

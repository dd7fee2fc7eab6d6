import { workerData } from 'node:worker_threads';
import { done, taken, type Batch, type Done, type Given } from './analysts.ts';
import { Means } from './means.ts';
import { unpacked } from './packed.ts';
import { loadParser } from './parser.ts';
import { Part } from './part.ts';
import { doJob } from './part-jobs.ts';
import { diskHost } from './tree.ts';
import { Walk } from './walk.ts';

/** A thread that makes parts of an analysis: a batch of jobs in, what those come to that it takes of them out. */
async function work({ root, options, facts, modules, port }: Given): Promise<void> {
  const disk = diskHost(root);
  const asked = new Set<string>();
  const host: typeof disk = {
    ...disk,
    readText(file) {
      asked.add(file);
      return disk.readText(file);
    },
  };
  const means = new Means({ ...options, parser: await loadParser(), host, isLarge: true });
  means.kernel.takeOver(modules);
  const read = facts.flatMap((text) => {
    const result = unpacked(text);
    return 'facts' in result ? [result.facts] : [];
  });
  const walk = new Walk({ ...means.inputFor(undefined), read: { facts: read, unread: [], loaded: [], rounds: [] } });
  const whole = walk.link();
  const resultOf = (job: Batch['jobs'][number]): Done['result'] => {
    try {
      const part = new Part(walk.input);
      doJob(job, part, whole);
      return part.result();
    } catch {
      // Whoever gave the job does it as well, and says what is wrong.
      return null;
    }
  };
  port.on('message', ({ number, jobs, order, counts }: Batch) => {
    for (let next = Atomics.add(counts, taken, 1); next < order.length; next = Atomics.add(counts, taken, 1)) {
      const at = order[next]!;
      const answer: Done = { batch: number, at, result: resultOf(jobs[at]!), asked: [...asked] };
      asked.clear();
      port.postMessage(answer);
      Atomics.add(counts, done, 1);
      Atomics.notify(counts, done);
    }
  });
}

void work(workerData as Given);

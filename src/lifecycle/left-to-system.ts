import { later } from '../facts/words.ts';
import type { FunctionEntry } from '../program/program.ts';
import type { Reach } from '../program/reach.ts';
import type { Item, LaterItems } from './later-items.ts';

/** Who waits for something that others say they are done with. */
const waiting = /^(?:wait_(?:event|var_event|for_completion|on_bit)|__?wait_)/;
const waking = /^(?:(?:__)?wake_up|complete(?:_all|_and_exit)?$|kref_put|refcount_dec_and)/;

/** What tells others that it is done does so in no more steps than this. */
const mostStepsToWaking = 4;

/** A workqueue of the system's by its name (include/linux/workqueue.h). */
const ofSystem = /^system_\w*wq$/;

/**
 * Whether all that queues a work item leaves it to the system's workqueue: who destroys a workqueue does not wait for that.
 * False where some queue it on another, where another structure's of the same name may be meant, and where what it runs tells
 * somebody that it is done and the exits wait for such.
 */
export function isLeftToSystem(
  items: LaterItems,
  item: Item,
  { reach, runs, isCalled }: Readonly<{ reach: Reach; runs: FunctionEntry; isCalled: (call: RegExp) => boolean }>,
): boolean {
  const files = [...new Set([item.file, runs.file, ...items.filesBeside(item.file), ...items.headers()])];
  let isQueued = false;
  for (const file of files) {
    const words = items.wordsOf(file);
    for (const word of words) {
      const text = queuedBy(word);
      if (text === undefined) continue;
      const which = items.compareByStructs(item, { text, file });
      if (which === 'other') continue;
      if (which === 'unknown' || !isOnlyOfSystem(words, text)) return false;
      isQueued = true;
    }
  }
  const tells = (): boolean =>
    [...reach.from(runs.file, runs.fact.name, 'calls')].some(
      ([word, { steps }]) => steps <= mostStepsToWaking && waking.test(word),
    );
  return isQueued && !(isCalled(waiting) && tells());
}

/** What is queued on a workqueue by name, and on which. */
const onQueue = /^&([^=]*)=(.*)$/;

function queuedBy(word: string): string | undefined {
  const mark = later.queues('');
  return word.startsWith(mark) ? word.slice(mark.length) : onQueue.exec(word)?.[2];
}

function isOnlyOfSystem(words: readonly string[], text: string): boolean {
  const queues = words.flatMap((word) => {
    const [, queue, what] = onQueue.exec(word) ?? [];
    return queue !== undefined && what === text ? [queue] : [];
  });
  return queues.every((queue) => ofSystem.test(queue)) && (queues.length > 0 || words.includes(later.leaves(text)));
}

import { unknownValue, type History, type Pair, type TraceStep } from '../lifecycle/index.ts';
import type { Acquired, Released } from './order.ts';
import { onceFor } from './reading.ts';

type Published = TraceStep & { readonly t: 'published' };

/** A global pointer of others, by which they call the module while it is set. */
const hook: Pair = {
  kind: 'hook',
  acquire: ['rcu_assign_pointer'],
  release: ['RCU_INIT_POINTER'],
  of: [0],
  releaseOf: [0],
  fails: 'never',
  lasting: false,
  exposes: true,
  source: 'include/linux/rcupdate.h rcu_assign_pointer()',
};

/** What a history publishes, each as an acquisition of the pointer, and where it sets that to NULL again. */
export const publishedIn = onceFor(
  (history): { readonly acquired: readonly Acquired[]; readonly released: readonly Released[] } => {
    const acquired: Acquired[] = [];
    const released: Released[] = [];
    const open = new Map<string, Acquired>();
    history.events.forEach(({ trace }, index) => {
      if (trace?.t !== 'published') return;
      const { pointer, value, place } = trace;
      const last = open.get(pointer);
      open.delete(pointer);
      if (value === null) {
        if (last) released.push({ index, step: resetting(trace, last), acquired: last });
      } else if (value !== unknownValue && history.state.isHook(pointer, value, place.file)) {
        const set = { index, step: publishing(trace, value) };
        open.set(pointer, set);
        acquired.push(set);
      }
    });
    return { acquired, released };
  },
);

function publishing({ call, pointer, place }: Published, value: string): Acquired['step'] {
  return {
    t: 'acquire',
    call,
    pair: hook,
    of: [`&${pointer}`],
    result: null,
    at: null,
    checked: true,
    args: [value],
    place,
  };
}

function resetting({ call, place }: Published, { step }: Acquired): Released['step'] {
  const { of } = step;
  const targets = [{ pair: hook, of }];
  return {
    t: 'release',
    call,
    pair: hook,
    of,
    targets,
    origins: [step.place],
    isGuess: false,
    again: false,
    sure: true,
    place,
  };
}

/** Whether a pair is that of a pointer which is published. */
export function isHook(pair: Pair): boolean {
  return pair === hook;
}

/** All that a history lets the outside call. */
export function exposedIn(history: History, acquired: readonly Acquired[]): readonly Acquired[] {
  const { acquired: hooks } = publishedIn(history);
  const exposing = acquired.filter(({ step }) => step.pair.exposes);
  return hooks.length === 0 ? exposing : [...exposing, ...hooks].sort((a, b) => a.index - b.index);
}

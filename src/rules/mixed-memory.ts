import { isLinearFree, nameOfResource, type History } from '../lifecycle/index.ts';
import { releasesOf } from './order.ts';
import { ifCause, spotOf } from './reading.ts';
import type { Problem } from './rule.ts';

/** Memory that may be of vmalloc(), and is freed as what kmalloc() gives. */
export function mixedMemory(history: History): Problem[] {
  return releasesOf(history).flatMap(({ index, step, acquired }) => {
    if (!isLinearFree(step.call) || step.isGuess || !step.sure || step.match !== undefined) return [];
    if (!history.state.bodies.isMixed(acquired.step, step)) return [];
    const { fn } = step.place;
    const name = nameOfResource(acquired.step);
    return [
      {
        spot: spotOf(step),
        fn,
        ops: history.path.of?.ops ?? null,
        message:
          `${ifCause(history)}${fn}() frees ${name} by ${step.call}(), which ${acquired.step.call}() has allocated: ` +
          `where that is memory of vmalloc(), ${step.call}() takes it for a slab object and does not free it; ` +
          `${step.call === 'kfree' ? 'kvfree' : 'kvfree_sensitive'}() takes both`,
        failing: index,
        related: [{ ...spotOf(acquired.step), message: `allocated here by ${acquired.step.call}()` }],
        about: name,
        key: `mixed|${step.place.file}:${step.place.at.join(':')}`,
      },
    ];
  });
}

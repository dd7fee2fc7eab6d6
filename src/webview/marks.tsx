import type { JSX } from 'preact';
import type { TimelineEntry } from '../engine/types.ts';

/** The shape that stands for an event in its lane; told apart without colour. */
export type Shape =
  'init' | 'failed' | 'pre-exit' | 'exit' | 'free' | 'acquire' | 'release' | 'source' | 'point' | 'other';

export function shapeOf(event: TimelineEntry['event']): Shape {
  const ret = event['ret'];
  const failed = typeof ret === 'number' && ret < 0;
  switch (event.event) {
    case 'init':
      return failed ? 'failed' : 'init';
    case 'pre_exit':
      return 'pre-exit';
    case 'exit':
    case 'exit_batch':
      return 'exit';
    case 'free':
    case 'net_free':
    case 'id_free':
      return 'free';
    case 'acquire':
      return 'acquire';
    case 'release':
      return 'release';
    case 'source':
      return 'source';
    case 'synchronize_rcu':
    case 'rcu_barrier':
      return 'point';
    case 'violation':
    case 'panic':
      return 'failed';
    default:
      return failed ? 'failed' : 'other';
  }
}

/** Each shape with what it stands for, in the order of the help. */
export const markSays: readonly (readonly [Shape, string])[] = [
  ['source', "a call in the module's own code"],
  ['init', 'init succeeded'],
  ['failed', 'something failed'],
  ['pre-exit', 'pre_exit ran'],
  ['exit', 'exit or exit_batch ran'],
  ['free', 'memory or an id was freed'],
  ['acquire', 'the module acquired something'],
  ['release', 'the module released it'],
  ['point', 'an RCU grace period or barrier: it holds up everything'],
  ['other', 'anything else that the core did'],
];

const paths: Readonly<Record<Shape, JSX.Element>> = {
  init: <circle cx="6" cy="6" r="4.5" class="filled" />,
  failed: <path d="M2 2 L10 10 M10 2 L2 10" class="thick" />,
  'pre-exit': (
    <>
      <circle cx="6" cy="6" r="4" />
      <path d="M6 2 A4 4 0 0 1 6 10 Z" class="filled" />
    </>
  ),
  exit: <circle cx="6" cy="6" r="4" />,
  free: <path d="M2.5 6 L9.5 6" class="thick" />,
  acquire: <path d="M6 1.5 L10.5 10 L1.5 10 Z" class="filled" />,
  release: <path d="M1.5 2 L10.5 2 L6 10.5 Z" />,
  source: <path d="M6 1 L11 6 L6 11 L1 6 Z" class="filled" />,
  point: <path d="M1 4 L11 4 M1 8 L11 8" />,
  other: <circle cx="6" cy="6" r="2" class="filled" />,
};

export function Mark({ shape }: { readonly shape: Shape }): JSX.Element {
  return (
    <svg class={`mark ${shape}`} width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
      {paths[shape]}
    </svg>
  );
}

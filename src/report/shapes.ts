/** The shape that stands for an event in its lane; told apart without colour. */
export type Shape =
  'init' | 'failed' | 'pre-exit' | 'exit' | 'free' | 'acquire' | 'release' | 'source' | 'point' | 'other';

/** The shape of an event of the model or of the source. */
export function shapeOf(event: { readonly event: string; readonly [member: string]: unknown }): Shape {
  const ret = event['ret'];
  const failed = typeof ret === 'number' && ret < 0;
  switch (event.event) {
    case 'init':
      return failed ? 'failed' : 'init';
    case 'pre_exit':
      return 'pre-exit';
    case 'exit':
    case 'exit_rtnl':
    case 'exit_batch':
    case 'exit_batch_rtnl':
      return 'exit';
    case 'free':
    case 'net_free':
    case 'net_free_deferred':
    case 'id_free':
      return 'free';
    case 'acquire':
      return 'acquire';
    case 'release':
      return 'release';
    case 'source':
      // Also a call that returns NULL has failed; one that returns nonzero may have.
      return event['outcome'] === 'fails' || event['outcome'] === 'returns NULL' ? 'failed' : 'source';
    case 'synchronize_rcu':
    case 'synchronize_rcu_expedited':
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

/** One line of a drawing, as the `d` of an SVG path in a square of 12 by 12; `style` says how it is drawn. */
export interface Stroke {
  readonly d: string;
  readonly style?: 'filled' | 'thick';
}

const ring = 'M2 6 a4 4 0 1 0 8 0 a4 4 0 1 0 -8 0';

/** How each shape is drawn, on the timeline's page and in reports alike. */
export const drawings: Readonly<Record<Shape, readonly Stroke[]>> = {
  init: [{ d: 'M1.5 6 a4.5 4.5 0 1 0 9 0 a4.5 4.5 0 1 0 -9 0', style: 'filled' }],
  failed: [{ d: 'M2 2 L10 10 M10 2 L2 10', style: 'thick' }],
  'pre-exit': [{ d: ring }, { d: 'M6 2 A4 4 0 0 1 6 10 Z', style: 'filled' }],
  exit: [{ d: ring }],
  free: [{ d: 'M2.5 6 L9.5 6', style: 'thick' }],
  acquire: [{ d: 'M6 1.5 L10.5 10 L1.5 10 Z', style: 'filled' }],
  release: [{ d: 'M1.5 2 L10.5 2 L6 10.5 Z' }],
  source: [{ d: 'M6 1 L11 6 L6 11 L1 6 Z', style: 'filled' }],
  point: [{ d: 'M1 4 L11 4 M1 8 L11 8' }],
  other: [{ d: 'M4 6 a2 2 0 1 0 4 0 a2 2 0 1 0 -4 0', style: 'filled' }],
};

import type { JSX } from 'preact';
import { drawings, type Shape } from '../report/shapes.ts';

export { markSays, shapeOf, type Shape } from '../report/shapes.ts';

export function Mark({ shape }: { readonly shape: Shape }): JSX.Element {
  return (
    <svg class={`mark ${shape}`} width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
      {drawings[shape].map(({ d, style }) => (
        <path key={d} d={d} class={style} />
      ))}
    </svg>
  );
}

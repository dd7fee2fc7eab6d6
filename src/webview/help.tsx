import type { JSX, Ref } from 'preact';
import { keyLabel, keyTable } from './keys.ts';
import { Mark, markSays } from './marks.tsx';

/** The keys and the marks, in a dialog that `showModal()` opens and Escape closes. */
export function Help({ ref }: { readonly ref: Ref<HTMLDialogElement> }): JSX.Element {
  return (
    <dialog ref={ref} aria-labelledby="help-title">
      {/* First: what has the focus is in view when the dialog opens. */}
      <form method="dialog">
        <h2 id="help-title">Keys and marks</h2>
        <button type="submit">Close</button>
      </form>
      <dl>
        {keyTable.map(({ act, keys, says }) => (
          <div key={act}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{keyLabel(key)}</kbd>
              ))}
            </dt>
            <dd>{says}</dd>
          </div>
        ))}
        {markSays.map(([shape, says]) => (
          <div key={shape}>
            <dt>
              <Mark shape={shape} />
            </dt>
            <dd>{says}</dd>
          </div>
        ))}
      </dl>
    </dialog>
  );
}

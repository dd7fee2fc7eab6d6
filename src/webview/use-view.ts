import { useLayoutEffect, useState, type Dispatch, type StateUpdater } from 'preact/hooks';
import type { View } from './drawing.ts';

/** The widest that a step is drawn, and the width that it has at first where the run is long, in pixels. */
const widest = 34;
const usual = 14;
/** How much of the view stays ahead of the cursor. */
const ahead = 0.08;

export interface Zoom {
  readonly view: View;
  readonly zoom: (factor: number) => void;
  /** Moves the view by a part of its width. */
  readonly pan: (part: number) => void;
  readonly fit: () => void;
}

/** What of the rows the drawing shows: all of a short run, a part around the cursor of a long one. */
export function useView(count: number, width: number, cursor: number | undefined): Zoom {
  const [wanted, setWanted] = useState<{ from: number; scale: number | undefined }>({ from: 0, scale: undefined });
  const view = within({ ...wanted, width }, count);
  useLayoutEffect(() => {
    if (cursor === undefined) return;
    const from = following(view, cursor);
    if (from !== view.from) setWanted({ from, scale: wanted.scale });
    // Only a new cursor moves the view: who pans away stays there.
  }, [cursor, width, count]);
  return { view, ...controls(view, setWanted, cursor, count) };
}

function controls(
  view: View,
  setWanted: Dispatch<StateUpdater<{ from: number; scale: number | undefined }>>,
  cursor: number | undefined,
  count: number,
): Omit<Zoom, 'view'> {
  const across = view.width / view.scale;
  return {
    zoom: (factor) => {
      const scale = Math.min(Math.max(view.scale * factor, least(view.width, count)), widest);
      const isInView = cursor !== undefined && cursor >= view.from && cursor <= view.from + across;
      const anchor = isInView ? cursor : view.from + across / 2;
      setWanted({ from: anchor - ((anchor - view.from) * view.scale) / scale, scale });
    },
    pan: (part) => {
      setWanted({ from: view.from + across * part, scale: view.scale });
    },
    fit: () => {
      setWanted({ from: 0, scale: least(view.width, count) });
    },
  };
}

/** The scale at which the whole run is in view. */
function least(width: number, count: number): number {
  return Math.min(width / Math.max(count, 1), widest);
}

function within(
  { from, scale, width }: { from: number; scale: number | undefined; width: number },
  count: number,
): View {
  const all = least(width, count);
  const wide = Math.min(Math.max(scale ?? Math.max(all, usual), all), widest);
  const last = Math.max(count - width / wide, 0);
  return { from: Math.min(Math.max(from, 0), last), scale: wide, width };
}

/** Where the view must begin for the cursor to be in it. */
function following({ from, scale, width }: View, cursor: number): number {
  const across = width / scale;
  const margin = across * ahead;
  if (cursor < from + margin) return Math.max(cursor - across / 4, 0);
  if (cursor > from + across - margin - 1) return cursor - across * 0.75;
  return from;
}

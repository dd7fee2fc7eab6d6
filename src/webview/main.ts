import { h, render } from 'preact';
import type { Timeline } from '../engine/types.ts';
import { App } from './app.tsx';
import { otherOf, rowsOf } from './rows.ts';
import { runKey } from './run-key.ts';
import type { FromPage, PageState, ToPage } from './protocol.ts';
import './timeline.css';

const editor = acquireVsCodeApi();
const root = document.body;

function send(message: FromPage): void {
  editor.postMessage(message);
}

/** Where the reader was in this run, when the page has been hidden or the editor restarted meanwhile. */
function keptCursor(run: string): PageState | undefined {
  const state = editor.getState() as PageState | undefined;
  return state?.run === run ? state : undefined;
}

/** The row that a reader who has chosen none wants to see: the failing one, the one at which a load fails, else the first of the module's own. */
function startOf(timeline: Timeline): number {
  const { entries, failing, cause } = timeline;
  if (otherOf(timeline)) {
    const rows = rowsOf(timeline);
    return Math.max(
      rows.findIndex(({ kind }) => kind !== 'same'),
      0,
    );
  }
  const own = entries.findIndex(({ lane }) => lane === 'module');
  return failing ?? cause ?? Math.max(own, 0);
}

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  switch (data.kind) {
    case 'show': {
      const { timeline, restore } = data;
      const kept = keptCursor(runKey(timeline));
      const start = kept ? kept.cursor : startOf(timeline);
      const keep = (cursor: number | undefined): void => {
        const state: PageState = { restore, run: runKey(timeline), ...(cursor === undefined ? {} : { cursor }) };
        editor.setState(state);
      };
      render(h(App, { timeline, start, keep, send }), root);
      break;
    }
    case 'failed':
      render(h('main', { class: 'message', role: 'alert' }, data.message), root);
      break;
  }
});

send({ kind: 'ready' });

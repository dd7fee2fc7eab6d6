import { h, render } from 'preact';
import { App } from './app.tsx';
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

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  switch (data.kind) {
    case 'show': {
      const { timeline, restore } = data;
      const kept = keptCursor(timeline.run);
      const start = kept ? kept.cursor : (timeline.failing ?? 0);
      const keep = (cursor: number | undefined): void => {
        const state: PageState = { restore, run: timeline.run, ...(cursor === undefined ? {} : { cursor }) };
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

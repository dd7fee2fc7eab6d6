import type { CParser } from '../syntax/index.ts';
import type { Analyser, Method, Note, Requests } from './work.ts';
import { Workroom } from './workroom.ts';

/** Analyses in the thread that asks, where there is no other one: in a browser the server is in a worker already. */
export class InlineAnalyser implements Analyser {
  private readonly room: Promise<Workroom>;

  /** Questions wait until there is a parser. */
  constructor(parser: Promise<CParser>) {
    this.room = parser.then((ready) => new Workroom(ready, () => undefined));
    // Whoever asks is told.
    this.room.catch(() => undefined);
  }

  tell(note: Note): void {
    void this.room.then(
      (room) => {
        room.hear(note);
      },
      () => undefined,
    );
  }

  async ask<M extends Method>(method: M, params: Requests[M]['params']): Promise<Requests[M]['result']> {
    return (await this.room).answer(method, params);
  }

  giveUp(): void {
    // An analysis that has begun holds this thread until it ends: there is nobody who could be heard.
  }

  close(): void {
    // The worker ends with its client.
  }
}

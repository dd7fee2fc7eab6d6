import type { Extension, LogOutputChannel, OutputChannel } from 'vscode';

type Level = 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** What the log begins with: an empty one looks as if nothing worked. */
export function firstLine({ packageJSON }: Pick<Extension<unknown>, 'packageJSON'>): string {
  const { version } = packageJSON as { readonly version: string };
  return `Pernet Lifecycle ${version}; at the level Debug it tells what each file comes to ("Developer: Set Log Level…")`;
}

/** How the language client begins a line: its level, and a time, which the channel adds itself. */
const begins = /^\[(Error|Warn|Info|Debug|Trace|LSP)\s* - [^\]]*\] ?/;
const levels: Readonly<Record<string, Level>> = {
  Error: 'error',
  Warn: 'warn',
  Info: 'info',
  Debug: 'debug',
  Trace: 'trace',
  LSP: 'trace',
};

/**
 * A channel for the language client, which knows no levels and writes them as text: what it says goes to the log at its
 * level. A line without one belongs to the line that was written right before it, else it is for debugging.
 */
export class LevelledOutput implements OutputChannel {
  private level: Level = 'debug';
  private begun = '';

  constructor(private readonly log: LogOutputChannel) {}

  get name(): string {
    return this.log.name;
  }

  append(value: string): void {
    this.begun += value;
  }

  appendLine(value: string): void {
    const text = this.begun + value;
    this.begun = '';
    const head = begins.exec(text);
    if (head) {
      this.level = levels[head[1] ?? ''] ?? 'info';
      queueMicrotask(() => {
        this.level = 'debug';
      });
    }
    // Whether a message was shown as well, which the client writes below it, tells nobody anything.
    if (text !== 'true' && text !== 'false') this.log[this.level](head ? text.slice(head[0].length) : text);
  }

  replace(value: string): void {
    this.log.replace(value);
  }

  clear(): void {
    this.log.clear();
  }

  show(...place: readonly unknown[]): void {
    this.log.show(place.includes(true));
  }

  hide(): void {
    this.log.hide();
  }

  dispose(): void {
    this.log.dispose();
  }
}

/** Cuts a stream of text into lines; a line that grows too long is dropped, and stands as undefined. */
export class LineBuffer {
  private parts: string[] = [];
  private length = 0;

  /** `limit`: the greatest length of a line, in characters. */
  constructor(private readonly limit: number) {}

  /** The lines that this piece of text completes. */
  take(text: string): (string | undefined)[] {
    const pieces = text.split('\n');
    const rest = pieces.pop()!;
    const lines = pieces.map((piece) => {
      this.add(piece);
      return this.line();
    });
    this.add(rest);
    return lines;
  }

  /** What is left when the input ends without a line break. */
  end(text: string): (string | undefined)[] {
    this.add(text);
    return this.length === 0 ? [] : [this.line()];
  }

  private add(piece: string): void {
    this.length += piece.length;
    if (this.length <= this.limit) this.parts.push(piece);
    else this.parts = [];
  }

  private line(): string | undefined {
    const line = this.length <= this.limit ? this.parts.join('') : undefined;
    this.parts = [];
    this.length = 0;
    return line;
  }
}

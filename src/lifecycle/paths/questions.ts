/** What can be told from another answer by its text: plain data, sets and maps among it. */
type Answer = unknown;

interface Asked<S> {
  readonly ask: (of: S) => Answer;
  readonly answer: Answer;
}

/** Questions with their answers, without what gave them. */
export class Answers<S> {
  private readonly asked = new Map<string, Asked<S>>();

  get(key: string): Asked<S> | undefined {
    return this.asked.get(key);
  }

  set(key: string, asked: Asked<S>): void {
    this.asked.set(key, asked);
  }

  /** Whether another one gives the same answers to what has been asked, asked in the same order; `of` says to what of it. */
  areThoseOf(other: S, of: (key: string) => boolean = () => true): boolean {
    for (const [key, { ask, answer }] of this.asked) if (of(key) && !isSame(answer, ask(other))) return false;
    return true;
  }
}

/**
 * Questions that are put to something, each answered once and noted: where another one gives the same answers, whatever
 * was made from these comes to the same.
 */
export class Questions<S> {
  readonly answers = new Answers<S>();

  constructor(private readonly of: S) {}

  /** The answer to a question; `key` says all of it. */
  ask<T>(key: string, ask: (of: S) => T): T {
    const known = this.answers.get(key);
    if (known) return known.answer as T;
    const answer = ask(this.of);
    this.answers.set(key, { ask, answer });
    return answer;
  }
}

function isSame(a: Answer, b: Answer): boolean {
  return a === b || (typeof a === 'object' && typeof b === 'object' && textOf(a) === textOf(b));
}

function textOf(answer: Answer): string {
  return JSON.stringify(answer, (_, value: unknown) => (value instanceof Set ? [...(value as Set<unknown>)] : value));
}

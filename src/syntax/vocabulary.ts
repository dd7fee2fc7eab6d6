/** One step of the hash that words are found by. A lexer takes it for each character as it goes. */
export function hashed(hash: number, code: number): number {
  return (Math.imul(hash, 31) + code) | 0;
}

function hashOf(word: string): number {
  let hash = 0;
  for (let at = 0; at < word.length; at++) hash = hashed(hash, word.charCodeAt(at));
  return hash;
}

/**
 * The roles of words, found by the characters of a text without making a string of each word: a file of a megabyte has
 * a hundred thousand.
 */
export class Vocabulary {
  #slots: Int32Array;
  readonly #words: string[];
  readonly #roles: number[];

  constructor(entries: Iterable<readonly [string, number]>) {
    this.#words = [];
    this.#roles = [];
    this.#slots = new Int32Array(16).fill(-1);
    for (const [word, role] of entries) this.add(word, role);
  }

  /** A vocabulary with the same words, to which others can be added. */
  copy(): Vocabulary {
    return new Vocabulary(this.#words.map((word, index) => [word, this.#roles[index]!] as const));
  }

  /** Gives a word a role, in place of the one it had. */
  add(word: string, role: number): void {
    const known = this.#slots[this.#slotOf(hashOf(word), (candidate) => candidate === word)]!;
    if (known >= 0) {
      this.#roles[known] = role;
      return;
    }
    this.#words.push(word);
    this.#roles.push(role);
    if (this.#words.length * 4 > this.#slots.length) this.#rebuild();
    else this.#place(this.#words.length - 1);
  }

  role(word: string): number {
    return this.#roles[this.#slots[this.#slotOf(hashOf(word), (candidate) => candidate === word)]!] ?? 0;
  }

  /** The role of the word that stands from start to end, whose hash is known; 0 for a word without one. */
  roleAt(units: Uint16Array, start: number, end: number, hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const index = this.#slots[slot]!;
      if (index < 0) return 0;
      const word = this.#words[index]!;
      if (word.length !== end - start) continue;
      let at = 0;
      while (at < word.length && word.charCodeAt(at) === units[start + at]) at++;
      if (at === word.length) return this.#roles[index]!;
    }
  }

  /** The slot of the word that a test accepts, or the free slot where it would go. */
  #slotOf(hash: number, accept: (word: string) => boolean): number {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    while (this.#slots[slot]! >= 0 && !accept(this.#words[this.#slots[slot]!]!)) slot = (slot + 1) & mask;
    return slot;
  }

  #place(index: number): void {
    this.#slots[this.#slotOf(hashOf(this.#words[index]!), () => false)] = index;
  }

  #rebuild(): void {
    this.#slots = new Int32Array(this.#slots.length * 4).fill(-1);
    for (let index = 0; index < this.#words.length; index++) this.#place(index);
  }
}

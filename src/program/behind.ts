import type { Id, Program } from './program.ts';

const nowhere: readonly number[] = [];

/**
 * For each function, variable and ops of a program, the files that hold anything to which it can lead: what it calls or
 * merely names, and so on, without end. What is found by following a function depends on nothing outside these files.
 */
export class Behind {
  private readonly files: readonly string[];
  private readonly index = new Map<Id, number>();
  /** The nodes of each file, by their names. */
  private readonly inFiles: ReadonlyMap<string, number>[] = [];
  /** A row of bits a node: one for each file. */
  private readonly bits: Uint32Array;
  private readonly width: number;

  constructor(private readonly program: Program) {
    this.files = program.fileNames();
    this.width = Math.ceil(this.files.length / 32);
    const known = new Set<string>();
    for (const file of this.files) {
      const { functions, ops, mentions, aliases } = program.facts(file)!;
      const inFile = new Map<string, number>();
      this.inFiles.push(inFile);
      const own = [...functions.map(({ name }) => name), ...Object.keys(mentions), ...ops.map(({ name }) => name)];
      for (const name of own) {
        if (inFile.has(name)) continue;
        known.add(name);
        inFile.set(name, this.index.size);
        this.index.set(`${file}#${name}`, this.index.size);
      }
      for (const name of Object.keys(aliases)) known.add(name);
    }
    this.bits = new Uint32Array(this.index.size * this.width);
    this.spread(this.callersOf(known));
  }

  /** By node, those that lead to it; `known` are the names that mean anything anywhere. */
  private callersOf(known: ReadonlySet<string>): number[][] {
    const callers = Array.from({ length: this.index.size }, (): number[] => []);
    this.inFiles.forEach((inFile, file) => {
      const { ops, mentions } = this.program.facts(this.files[file]!)!;
      // By the words as they stand: most are said again and again, and mean nothing.
      const meant = new Map<string, readonly number[]>();
      const targetsOf = (word: string): readonly number[] => {
        const name = word.endsWith('()') ? word.slice(0, -2) : word;
        return known.has(name) ? this.targets(file, name) : nowhere;
      };
      for (const [own, node] of inFile) {
        this.bits[node * this.width + (file >> 5)]! |= 1 << (file & 31);
        const lead = (word: string): void => {
          let targets = meant.get(word);
          if (!targets) meant.set(word, (targets = targetsOf(word)));
          // The last one is this node where another of its names has led there.
          for (const target of targets) if (callers[target]!.at(-1) !== node) callers[target]!.push(node);
        };
        for (const name of this.program.calls(`${this.files[file]!}#${own}`)) lead(name);
        for (const word of mentions[own] ?? []) lead(word);
        for (const { text } of ops.find(({ name }) => name === own)?.fields ?? [])
          for (const word of text.match(/[A-Za-z_]\w*/g) ?? []) lead(word);
      }
    });
    return callers;
  }

  /** The files behind some functions or ops, in the order of their paths. */
  of(ids: Iterable<Id>): string[] {
    const row = new Uint32Array(this.width);
    for (const id of ids) {
      const node = this.index.get(id);
      if (node === undefined) continue;
      for (let word = 0; word < this.width; word++) row[word]! |= this.bits[node * this.width + word]!;
    }
    return this.files.filter((_, file) => row[file >> 5]! & (1 << (file & 31)));
  }

  /** The files behind all that a file holds, or could name with these words. */
  ofWords(file: string, words: Iterable<string>): string[] {
    const ids = new Set<Id>();
    for (const word of words) {
      ids.add(`${file}#${word}`);
      for (const found of [this.program.resolveFunction(file, word), this.program.resolveOps(file, word)])
        if (found) ids.add(found.id);
    }
    return this.of(ids);
  }

  /** What a name means in a file: often one thing, which is all of these. */
  private targets(file: number, name: string): readonly number[] {
    const path = this.files[file]!;
    const found: number[] = [];
    const add = (node: number | undefined): void => {
      if (node !== undefined && !found.includes(node)) found.push(node);
    };
    add(this.inFiles[file]!.get(name));
    for (const entry of [this.program.resolveFunction(path, name), this.program.resolveOps(path, name)])
      if (entry) add(this.index.get(entry.id));
    return found;
  }

  private spread(callers: readonly (readonly number[])[]): void {
    const queue = callers.map((_, node) => node);
    const isQueued = new Uint8Array(callers.length).fill(1);
    for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
      isQueued[node] = 0;
      for (const caller of callers[node]!) {
        let grew = false;
        for (let word = 0; word < this.width; word++) {
          const before = this.bits[caller * this.width + word]!;
          const after = (before | this.bits[node * this.width + word]!) >>> 0;
          if (after === before) continue;
          this.bits[caller * this.width + word] = after;
          grew = true;
        }
        if (!grew || isQueued[caller]) continue;
        isQueued[caller] = 1;
        queue.push(caller);
      }
    }
  }
}

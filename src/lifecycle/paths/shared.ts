/**
 * A map whose copies share one table until one of them is written: paths fork far more often than they differ. The
 * order of iteration is that of a Map.
 */
export class SharedMap<K, V> implements ReadonlyMap<K, V> {
  private isShared: boolean;

  constructor(
    private table: Map<K, V> = new Map(),
    isShared = false,
  ) {
    this.isShared = isShared;
  }

  copy(): SharedMap<K, V> {
    this.isShared = true;
    return new SharedMap(this.table, true);
  }

  get size(): number {
    return this.table.size;
  }

  get(key: K): V | undefined {
    return this.table.get(key);
  }

  has(key: K): boolean {
    return this.table.has(key);
  }

  set(key: K, value: V): this {
    this.own().set(key, value);
    return this;
  }

  delete(key: K): boolean {
    return this.table.has(key) && this.own().delete(key);
  }

  keys(): MapIterator<K> {
    return this.table.keys();
  }

  values(): MapIterator<V> {
    return this.table.values();
  }

  entries(): MapIterator<[K, V]> {
    return this.table.entries();
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.table[Symbol.iterator]();
  }

  forEach(each: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    this.table.forEach((value, key) => {
      each(value, key, this);
    });
  }

  private own(): Map<K, V> {
    if (this.isShared) {
      this.table = new Map(this.table);
      this.isShared = false;
    }
    return this.table;
  }
}

/** The same for a set. */
export class SharedSet<T> implements ReadonlySet<T> {
  private isShared: boolean;

  constructor(
    private table: Set<T> = new Set(),
    isShared = false,
  ) {
    this.isShared = isShared;
  }

  copy(): SharedSet<T> {
    this.isShared = true;
    return new SharedSet(this.table, true);
  }

  get size(): number {
    return this.table.size;
  }

  has(value: T): boolean {
    return this.table.has(value);
  }

  add(value: T): this {
    if (!this.table.has(value)) this.own().add(value);
    return this;
  }

  delete(value: T): boolean {
    return this.table.has(value) && this.own().delete(value);
  }

  keys(): SetIterator<T> {
    return this.table.keys();
  }

  values(): SetIterator<T> {
    return this.table.values();
  }

  entries(): SetIterator<[T, T]> {
    return this.table.entries();
  }

  [Symbol.iterator](): SetIterator<T> {
    return this.table[Symbol.iterator]();
  }

  forEach(each: (value: T, again: T, set: ReadonlySet<T>) => void): void {
    this.table.forEach((value) => {
      each(value, value, this);
    });
  }

  private own(): Set<T> {
    if (this.isShared) {
      this.table = new Set(this.table);
      this.isShared = false;
    }
    return this.table;
  }
}

/** Whether a set has all that another one has. */
export function includesAll<T>(set: ReadonlySet<T>, other: ReadonlySet<T>): boolean {
  if (other.size > set.size) return false;
  for (const each of other) if (!set.has(each)) return false;
  return true;
}

/** The same as `map`, but for that a list of which nothing changes stays what it is: what is known of it is still known. */
export function mapped<T>(all: readonly T[], change: (each: T) => T): readonly T[] {
  let changed: T[] | null = null;
  for (let index = 0; index < all.length; index++) {
    const now = change(all[index]!);
    if (now !== all[index]) (changed ??= all.slice())[index] = now;
  }
  return changed ?? all;
}

/** Pools of small integers as lib/idr.c hands them out: the lowest free id from some start. */
import type { IdPool } from './state.ts';

/** The id that an allocation without an upper bound gets. */
export function lowest_free<T>(pool: IdPool<T>): number {
  let id = pool.lowest;
  while (pool.taken.has(id)) id += 1;
  return id;
}

export function take_id<T>(pool: IdPool<T>, id: number, owner: T): void {
  pool.taken.set(id, owner);
  if (id === pool.lowest) pool.lowest = id + 1;
}

export function give_back_id<T>(pool: IdPool<T>, id: number): void {
  pool.taken.delete(id);
  pool.lowest = Math.min(pool.lowest, id);
}

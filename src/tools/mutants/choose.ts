/** How many bugs of each class a file offers a place for. */
export interface Counted {
  readonly file: string;
  readonly counts: ReadonlyMap<string, number>;
}

/**
 * Of each class `each` bugs, evenly spaced over all files in their order (all, where there are no more): for each file
 * that has any, which of its bugs of a class, numbered from 0.
 */
export function chooseEach(
  files: readonly Counted[],
  each: number,
): Map<string, ReadonlyMap<string, readonly number[]>> {
  const chosen = new Map<string, Map<string, number[]>>();
  for (const name of new Set(files.flatMap(({ counts }) => [...counts.keys()]))) {
    const total = files.reduce((sum, { counts }) => sum + (counts.get(name) ?? 0), 0);
    const take = Math.min(each, total);
    const turns = new Set(Array.from({ length: take }, (_, index) => Math.floor(((index + 0.5) * total) / take)));
    let turn = 0;
    for (const { file, counts } of files) {
      for (let own = 0; own < (counts.get(name) ?? 0); own++) {
        if (!turns.has(turn++)) continue;
        const ofFile = chosen.get(file) ?? new Map<string, number[]>();
        chosen.set(file, ofFile);
        ofFile.set(name, [...(ofFile.get(name) ?? []), own]);
      }
    }
  }
  return chosen;
}

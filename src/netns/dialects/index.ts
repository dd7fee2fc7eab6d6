/** The dialects that there are. The next kernel's is one more file here and one more line in the list. */
import type { Dialect, NetNamespaceTexts } from './dialect.ts';
import { reference } from './reference.ts';
import { v6_1 } from './v6.1.ts';
import { v6_12 } from './v6.12.ts';

/** From the newest to the oldest, which is the order in which a tree's texts are asked. */
const NEWEST_FIRST = [v6_12, v6_1, reference];

/** The dialects from the oldest to the newest; the first is the default. */
export const dialects: readonly Dialect[] = [...NEWEST_FIRST].reverse();

/** The dialect of that name, or undefined. */
export function dialectNamed(name: string): Dialect | undefined {
  return NEWEST_FIRST.find((dialect) => dialect.name === name);
}

/** The dialect of a tree, by its own header and source: the newest whose marks they carry, else the reference text. */
export function detectDialect(texts: NetNamespaceTexts): Dialect {
  // The reference text, which comes last, recognises everything.
  return NEWEST_FIRST.find((dialect) => dialect.recognises(texts))!;
}

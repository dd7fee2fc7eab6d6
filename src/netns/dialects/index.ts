/** The dialects that there are. The next kernel's is one more file here and one more line in the list. */
import type { Dialect, NetNamespaceTexts } from './dialect.ts';
import { reference } from './reference.ts';
import { v6_1 } from './v6.1.ts';
import { v6_12 } from './v6.12.ts';
import { v7_3 } from './v7.3.ts';

/** From the newest to the oldest, which is the order in which a tree's texts are asked. */
const NEWEST_FIRST = [v7_3, v6_12, v6_1, reference];

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

/**
 * The dialect itself where it has all these members of struct pernet_operations; else the oldest one that has them: who
 * sets a member compiles with a header that declares it, which may not be at hand.
 */
export function dialectWith(dialect: Dialect, members: Iterable<string>): Dialect {
  const callbacks = [...members].filter((name) => dialects.some((each) => has(each, name)));
  const fits = (each: Dialect): boolean => callbacks.every((name) => has(each, name));
  return fits(dialect) ? dialect : (dialects.find(fits) ?? dialect);
}

function has({ callbacks }: Dialect, member: string): boolean {
  return callbacks.some((name) => name === member);
}

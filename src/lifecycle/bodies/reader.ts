/**
 * Why a function's body is looked at: to follow its paths, to answer what rules ask of a program (`AskedState`), or for
 * anything else. Who notes what is read can tell by it what has to be found out again when a body changes.
 */
export type Reader = 'follows' | 'asks' | 'other';

let current: Reader = 'other';

/** Reads as someone while something is made. */
export function readAs<T>(reader: Reader, make: () => T): T {
  const before = current;
  current = reader;
  try {
    return make();
  } finally {
    current = before;
  }
}

/** Who reads now. */
export function readerNow(): Reader {
  return current;
}

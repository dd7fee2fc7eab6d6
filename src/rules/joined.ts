import type { History, LeftJoined } from '../lifecycle/index.ts';

/** What a namespace has put where all have theirs, as a reader would name it. */
export function joinedName({ entry, to }: LeftJoined): string {
  return entry === null ? to : `${entry} in ${to}`;
}

/** The same with who puts it there, and by which call. */
export function joinedText(left: LeftJoined, history: History): string {
  const init = history.init?.fact.name ?? 'init';
  return left.entry === null
    ? `${left.to} counted up, as ${init}() does for every namespace by ${left.call}()`
    : `${left.entry} in ${left.to}, where ${init}() puts it for every namespace by ${left.call}()`;
}

/** What comes of it when it is left there. */
export function joinedEffect({ entry, to }: LeftJoined): string {
  return entry === null
    ? `${to} is never off again`
    : `who goes through ${to} then gets to memory that is gone with the namespace`;
}

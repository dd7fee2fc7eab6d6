import { given } from './words.ts';

/** More of a text before a use, or around a variable's, is not looked at: what is done there is not known then. */
const most = { statement: 2000, body: 200_000 };

/**
 * A call by whose name what it is passed may be gone afterwards, or belongs to someone else: it frees, takes down, hands
 * on for later, or puts something else in its place.
 */
const takes =
  /(?:^|_)(?:k|v|kv)?(?:un\w+|de\w+|dis\w+|free\w*|release|remove|rm|put|exit|fini\w*|clean\w*|clear|stop|end|done|off|abort|cancel|flush|drain|empty|expire|gc|shutdown|kill|zap|purge|drop|pop|splice|move|take|steal|give|teardown|close|call|queue|schedule|x?chg|cmpxchg|swap|replace|action|reset)(?:_|\d|$)/i;

/** A member as the last thing of an argument or a statement: what it points at is passed on, kept or returned. */
const valueOf = /(?:->|\.)\s*(\w+)\s*[,);]/g;
const isReturn = /\breturn\b/;
const call = /\b([A-Za-z_]\w*)\s*\(/g;
const kept = /\b([A-Za-z_]\w*)\s*=(?!=)/g;

/**
 * The members of which a function, by its text alone, may give back what they point at: they are passed to what frees by
 * its name (`kfree(fn->table)`, `kfree(rcu_dereference(fn->table))`), returned, or kept in a variable that is.
 */
export function givenIn(text: string): Set<string> {
  const members = new Set<string>();
  const taken = new Map<string, boolean>();
  const isTaken = (name: string): boolean => {
    const known = taken.get(name);
    if (known !== undefined) return known;
    taken.set(name, false);
    const answer = isTakenIn(text, name, isTaken);
    taken.set(name, answer);
    return answer;
  };
  for (const { index, 1: member = '' } of text.matchAll(valueOf)) {
    if (members.has(member)) continue;
    const statement = statementBefore(text, index);
    if (givesAfter(statement, isTaken)) members.add(member);
  }
  return members;
}

const macro = /^[ \t]*#[ \t]*define[ \t]+\w+\(((?:\\\r?\n|[^\n])*)$/gm;
const valueInMacro = /(?:->|\.)\s*(\w+)\s*(?=[,)]|$)/g;

/** The members that macros of a file may name for whoever uses them: what becomes of those is not known. */
export function givenInMacros(text: string): string[] {
  if (!text.includes('define')) return [];
  const members = new Set<string>();
  for (const [, body = ''] of text.matchAll(macro))
    for (const [, member = ''] of body.matchAll(valueInMacro)) members.add(member);
  return [...members].map(given);
}

/** Whether what a variable holds is passed to what frees by its name, or returned, or kept in another one that is. */
function isTakenIn(text: string, name: string, isTaken: (other: string) => boolean): boolean {
  if (text.length > most.body) return true;
  return [...text.matchAll(new RegExp(`\\b${name}\\s*[,);]`, 'g'))].some(({ index }) => {
    const statement = statementBefore(text, index);
    return givesAfter(statement, isTaken);
  });
}

/** Whether a statement gives away the value with which it goes on; null is one that is too long. */
function givesAfter(statement: string | null, isTaken: (name: string) => boolean): boolean {
  return (
    statement === null ||
    isReturn.test(statement) ||
    callsIn(statement).some((name) => takes.test(name)) ||
    [...statement.matchAll(kept)].some(([, name = '']) => isTaken(name))
  );
}

/** What of a statement stands before a place of a text; null where that is too much. */
function statementBefore(text: string, index: number): string | null {
  const before = text.slice(Math.max(0, index - most.statement), index);
  const begin = Math.max(before.lastIndexOf(';'), before.lastIndexOf('{'), before.lastIndexOf('}'));
  return begin < 0 && before.length === most.statement ? null : before.slice(begin + 1);
}

function callsIn(statement: string): string[] {
  return [...statement.matchAll(call)].map((match) => match[1]!);
}

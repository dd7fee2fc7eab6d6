import { matchesOf } from './matches.ts';
import { neverSetUp } from './words.ts';

const structure = /^(?:static\s+)?struct\s+(\w+)\s*\{([^{}]*)\}/gm;
const size = /\.size\s*=\s*sizeof\s*\(\s*struct\s+(\w+)\s*\)/g;
const pointer = /\bstruct\s+(\w+)\s*\*?\s*(?:const\s+)?(\w+)\b/g;
/** Its name may be blanked with all texts. */
const including = /^[ \t]*#[ \t]*include\b/gm;
const lock = /\bstruct\s+(mutex|rw_semaphore)\s+(\w+)\s*;/g;

/** What takes and gives back a lock that is there, right before the pointer that leads to it, by its kind. */
const taking: Readonly<Record<string, RegExp>> = {
  mutex:
    /\b(?:mutex_(?:lock|lock_interruptible|lock_killable|lock_nested|trylock|unlock|is_locked|destroy)|lockdep_assert_\w+|lockdep_is_held|guard\s*\(\s*mutex\s*\))\s*\(\s*&\s*[\w.>()\s-]*$/,
  rw_semaphore:
    /\b(?:(?:down|up)_(?:read|write)(?:_trylock|_interruptible|_killable)?|downgrade_write|lockdep_assert_\w+|lockdep_is_held)\s*\(\s*&\s*[\w.>()\s-]*$/,
};

/**
 * Words of the mutexes and semaphores in the data of a file's ops that the file takes, and that it never does anything else
 * with: nothing sets them up. Only those in structures that it defines itself, which no other file knows.
 */
export function* locksNeverSetUp(text: string): Generator<string> {
  const sizes = new Set(matchesOf(text, size).map((match) => match[1]!));
  // A macro that makes names of parts may make that of a member.
  if (sizes.size === 0 || text.includes('##')) return;
  const all = matchesOf(text, structure);
  const structures = new Map(all.map((match) => [match[1]!, match[2]!]));
  // What is included behind a structure knows it: a template, another file of functions.
  const included = matchesOf(text, including).at(-1)?.index ?? -1;
  for (const [struct, members] of structures) {
    const owners = [...sizes].filter(
      (each) => each === struct || new RegExp(`\\bstruct\\s+${struct}\\s+\\w+\\s*;`).test(structures.get(each) ?? ''),
    );
    if (included > all.find((match) => match[1] === struct)!.index) continue;
    const pointers = pointersTo(text, new Set([struct, ...owners]));
    for (const [, kind = '', member = ''] of owners.length > 0 ? matchesOf(members, lock) : [])
      if (isOnlyTaken(text, taking[kind]!, member, pointers))
        for (const owner of owners) yield neverSetUp(owner, kind, `${struct}->${member}`);
  }
}

/** Whether a file takes a member wherever it names it, and names it nowhere else. */
function isOnlyTaken(text: string, takes: RegExp, member: string, pointers: ReadonlySet<string>): boolean {
  const uses = matchesOf(text, new RegExp(`(?:->|\\.)\\s*${member}\\b`, 'g'));
  // Who is passed its name alone may be a macro that sets it up.
  const isNamed = new RegExp(`[(,]\\s*${member}\\s*[,)]`).test(text);
  const before = uses.map(({ index }) => text.slice(Math.max(0, index - 120), index));
  // One by a pointer of its own structure there must be: another structure may have a lock of that name.
  const isOwn = before.some((each) => pointers.has(/(\w+)(?:(?:->|\.)\w+)*$/.exec(each)?.[1] ?? ''));
  return isOwn && !isNamed && before.every((each) => takes.test(each));
}

/** The names of pointers at one of some structures, or of variables of them, that a text declares. */
function pointersTo(text: string, structs: ReadonlySet<string>): Set<string> {
  return new Set(matchesOf(text, pointer).flatMap(([, struct = '', name = '']) => (structs.has(struct) ? name : [])));
}

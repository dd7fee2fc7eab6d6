import { asksMember, given, givenAnywhere, isGetter, isMemberWord, ofWholeFile } from '../../facts/words.ts';
import type { Program } from '../../program/program.ts';

/** A member of struct net, or of a structure of a file's, that holds what an init has made. */
export interface NeededMember {
  readonly member: string;
  readonly ofNet: boolean;
  readonly file: string;
}

/** The functions that make it, and the others that an init comes through to these, or an exit to give it back. */
export interface Through {
  readonly makers: readonly string[];
  readonly others: readonly string[];
}

/**
 * Whether what a member points at has to be there: some function uses it that is none of these, and none
 * but its makers asks whether it is there. A member of struct net is looked for in all files, one of anything else in the
 * folder of the file that keeps it.
 */
export function isNeeded(
  program: Program,
  { member, ofNet, file }: NeededMember,
  { makers, others }: Through,
): boolean {
  const folder = folderOf(file);
  let isUsed = false;
  for (const each of program.fileNames()) {
    if (!ofNet && folderOf(each) !== folder) continue;
    for (const [name, words] of Object.entries(program.facts(each)?.mentions ?? {})) {
      if (makers.includes(name)) continue;
      // Who gets it from a macro may ask there.
      if (words.includes(name === ofWholeFile ? givenAnywhere(member) : asksMember(member))) return false;
      if (name === ofWholeFile || others.includes(name) || givesBack(words, member)) continue;
      isUsed ||= words.some((word) => isMemberWord(word, member) || isOfNet(word, member));
    }
  }
  return isUsed;
}

/** Calls by which a function gets at something, and does nothing with it. */
const getting = /^(?:net_generic|r(?:cu|tnl)_\w+|srcu_\w+|lockdep_\w+|READ_ONCE|smp_load_acquire|WARN_ON\w*)\(\)$/;

/** Whether a function does no more than to hand a member on to who calls it, who may ask then: `return fn->table;`. */
function givesBack(words: readonly string[], member: string): boolean {
  const isOther = (word: string): boolean =>
    /^\w+\(\)$/.test(word) && !getting.test(word) && !isGetter(word.slice(0, -2));
  return words.includes(given(member)) && !words.some(isOther);
}

function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf('/') + 1);
}

/** Whether a word is that of a member of struct net, or of a part of that: `net->ipv4.foo`. */
export function isOfNet(word: string, member: string): boolean {
  return word.startsWith('net->') && /[.>](\w+)$/.exec(word)?.[1] === member;
}
